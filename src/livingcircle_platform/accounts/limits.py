"""Say how long somebody has to wait who tried too often.

The counting is allauth's; this reads its counters to answer in minutes instead of "later".
"""

import math
import time

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest

APP = "allauth.account"
# Wrong passwords: for one address, and for one user name, whichever address it comes from.
PASSWORDS = {"login_failed": "10/5m/ip,10/5m/key"}


def seconds_to_wait(
    request: HttpRequest, action: str, *, key: str, config: dict[str, str] | None = None
) -> int:
    """Return after how many seconds the next try counts again."""
    longest = 0.0
    for rate in ratelimit.get_rates(app=APP, action=action, config=config):
        name = ratelimit.get_cache_key(request, app=APP, action=action, rate=rate, key=key)
        tries = cache.get(name, [])  # the latest first
        if len(tries) >= rate.amount:
            longest = max(longest, tries[rate.amount - 1] + rate.duration - time.time())
    return math.ceil(longest)


def wait_in_words(seconds: int) -> str:
    """Return a wait as a person says it."""
    if seconds <= 60:  # noqa: PLR2004
        return f"{max(seconds, 1)}秒"
    if seconds <= 7200:  # noqa: PLR2004
        return f"{math.ceil(seconds / 60)}分钟"
    return f"{math.ceil(seconds / 3600)}小时"
