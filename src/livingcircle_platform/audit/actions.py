"""Check the whole chain, and remember what was found."""

import time
from collections.abc import Callable
from itertools import islice
from typing import Any

from django.db import transaction

from livingcircle_platform.audit import chain
from livingcircle_platform.audit import writing
from livingcircle_platform.audit.models import Verification


def verify(
    *, acting_user: Any, printed: str = "", tell: Callable[[int, int], None] = lambda *_: None  # noqa: ANN401
) -> Verification:  # fmt: skip
    """Check the chain from the first entry to the head, and keep the outcome."""
    begun = time.monotonic()
    number, tail = chain.head()
    broken = islice(chain.verify(printed=printed, tell=tell), chain.MOST_FINDINGS)
    findings = [[one.number, one.what] for one in broken]
    with transaction.atomic():
        found = Verification.objects.create(
            by=acting_user, number=number, hash=tail, printed=printed, findings=findings,
            seconds=round(time.monotonic() - begun, 2),
        )  # fmt: skip
        writing.note(
            "audit.verify", acting_user=acting_user, kind="audit", object_id=found.pk,
            object_name=f"到第{number}条", after={"findings": findings},
        )  # fmt: skip
    return found
