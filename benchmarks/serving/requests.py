"""List what is asked for: tiles, needles, places and pages, the same each time."""

import random
from collections.abc import Sequence
from urllib.parse import urlencode

from benchmarks.serving.made_up_city import tile

Point = tuple[float, float]
_NEEDLES = (
    "药", "店", "京", "惠民", "便利", "药店", "京惠", "修鞋铺", "康乐药店", "福顺便利店",
    "yd", "bld", "yaodian", "x", "kl", "z", "安", "东西南北", "理发店", "zaodian",
)  # fmt: skip
PAGES = ("/", "/registry/outlets/", "/registry/outlets/?q=药店", "/registry/freshness/", "/me/")


def tiles(places: Sequence[Point], many: int) -> list[str]:
    """Return tiles of zooms 12 to 17 where shops are, all zooms alike often."""
    rand = random.Random(12)  # noqa: S311 - the same load each time
    found = [tile(*rand.choice(places), rand.randint(12, 17)) for _ in range(many)]
    return [f"/api/tiles/outlets/{one}.mvt" for one in found]


def searches() -> list[str]:
    """Return searches with needles of one character and more, in characters, pinyin, initials."""
    return [f"/api/outlets?{urlencode({'q': needle})}" for needle in _NEEDLES]


def nears(places: Sequence[Point], *, filtered: bool) -> list[str]:
    """Return places to look around from: any trade, or one trade that is open now."""
    rand = random.Random(13)  # noqa: S311
    more = {"trade": "trade0", "open_now": "true"} if filtered else {}
    return [
        f"/api/near?{urlencode({'lon': lon, 'lat': lat, 'most': 50, **more})}"
        for lon, lat in rand.choices(places, k=2_000)
    ]


def pages() -> list[str]:
    """Return pages that people have open all day."""
    return [page if "?" not in page else f"{page[: page.index('=') + 1]}%E8%8D%AF%E5%BA%97"
            for page in PAGES]  # fmt: skip
