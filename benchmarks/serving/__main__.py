"""Measure the platform under load on one machine, print it, and write it into the page.

``tools/postgis.sh python -m benchmarks.serving [--quick] [--sqlite] [--soak MINUTES]``. wrk has to
be installed (Debian: wrk). Server, database and wrk share the machine; the load of others is told.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console

from benchmarks import machine
from benchmarks import page
from benchmarks.serving import house
from benchmarks.serving import requests
from benchmarks.serving.load import Measured
from benchmarks.serving.load import drive
from benchmarks.serving.made_up_city import OUTLETS
from benchmarks.sheets import Sheet

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "platform-performance.md"
_HEAD = ("请求", "每秒", "中位 ms", "p95 ms", "p99 ms", "没答对", "目标", "光架子每秒", "别的负载")
_UNCACHED = "benchmarks.serving.unremembering"


class Session:
    """Measure one load after another against one base address."""

    def __init__(self, told: dict[str, Any], seconds: int) -> None:
        self.places = [tuple(one) for one in told["places"]]
        self.cookie = ("Cookie", f"sessionid={told['session']}")
        self.token = ("Authorization", f"Bearer {told['token']}")
        self.seconds = seconds
        self.found: dict[str, tuple[Measured, float]] = {}

    def ask(self, name: str, paths: list[str], header: tuple[str, str] | None = None) -> None:
        """Load some addresses, and keep what came of it and how busy the machine was before."""
        busy = os.getloadavg()[0]
        drive(house.BASE, paths, header or self.cookie, seconds=2)
        found = drive(house.BASE, paths, header or self.cookie, seconds=self.seconds)
        self.found[name] = (found, busy)


def main() -> None:
    """Parse the words, measure, print and write."""
    words = _words()
    out = Console(width=140)
    seconds = 4 if words.quick else 10
    with tempfile.TemporaryDirectory() as folder:
        address = os.environ.get("LIVINGCIRCLE_TEST_DATABASE", "")
        if words.sqlite or not address:
            address = f"sqlite:///{folder}/platform.sqlite3"
        place = house.Place(Path(folder), address)
        start = time.perf_counter()
        told = house.prepare(place, words.outlets)
        out.print(f"虚构城市 {words.outlets:,} 家网点：{time.perf_counter() - start:.0f} 秒")
        house_found, bare_found = _measure(place, told, seconds)
        sheet = _sheet(house_found, bare_found)
        sheet.show(out)
        blocks = {_name(place): sheet.markdown()}
        if words.soak:
            soaked = _soak(place, told, words.soak)
            soaked.show(out)
            blocks["soak"] = soaked.markdown()
    if not words.quick:
        about = machine.describe({}, {})
        blocks["machine"] = Sheet("", about.head, about.rows[:7]).markdown()
        page.write(blocks, PAGE)


def _measure(
    place: house.Place, told: dict[str, Any], seconds: int
) -> tuple[dict[str, tuple[Measured, float]], dict[str, tuple[Measured, float]]]:
    """Load the house without tile memory, the house as it is, and the bare stack."""
    many = requests.tiles([tuple(one) for one in told["places"]], 3_000)
    house_load, bare_load = Session(told, seconds), Session(told, seconds)
    with house.platform(place, settings=_UNCACHED):
        house_load.ask("瓦片 z12–17，每次现做", many)
    with house.platform(place):
        house_load.ask("瓦片 z12–17，记得的", many[:300])
        house_load.ask("查找（1 个字起）", requests.searches(), house_load.token)
        house_load.ask("附近 50 家", requests.nears(house_load.places, filtered=False))
        house_load.ask(
            "附近 50 家，一种业态、现在营业", requests.nears(house_load.places, filtered=True)
        )
        for address in requests.pages():
            page, asked, _ = address.partition("?")
            house_load.ask(f"页面 {page}{'?q=…' if asked else ''}", [address])
    if not place.database.startswith("sqlite"):
        with house.bare(place):
            bare_load.ask("瓦片 z12–17，每次现做", many)
            bare_load.ask("查找（1 个字起）", requests.searches())
            bare_load.ask("附近 50 家", requests.nears(bare_load.places, filtered=False))
    return house_load.found, bare_load.found


TARGETS = {
    "瓦片 z12–17，每次现做": "≥ 400，p99 ≤ 100",
    "瓦片 z12–17，记得的": "≥ 1,500，p99 ≤ 30",
    "查找（1 个字起）": "≥ 200，p99 ≤ 100",
    "附近 50 家": "≥ 250，p99 ≤ 120",
    "附近 50 家，一种业态、现在营业": "≥ 250，p99 ≤ 120",
}


def _sheet(
    found: dict[str, tuple[Measured, float]], bare: dict[str, tuple[Measured, float]]
) -> Sheet:
    rows = []
    for name, (one, busy) in found.items():
        floor = f"{bare[name][0].rate:,.0f}" if name in bare else ""
        aim = TARGETS.get(name, "p95 ≤ 300")
        told = (f"{one.rate:,.0f}", f"{one.p50:.0f}", f"{one.p95:.0f}", f"{one.p99:.0f}")
        rows.append((name, *told, f"{one.failed}", aim, floor, f"{busy:.1f}"))
    return Sheet("", _HEAD, tuple(rows))


def _soak(place: house.Place, told: dict[str, Any], minutes: float) -> Sheet:
    """Load everything at once for a while; watch memory and connections."""
    load = Session(told, 30)
    port = urlsplit(place.database).port or 0
    mixed = [
        *requests.tiles(load.places, 200), *requests.searches(), *requests.pages(),
        *requests.nears(load.places, filtered=True)[:50],
    ]  # fmt: skip
    rows = []
    with house.platform(place) as process:
        drive(house.BASE, mixed, load.cookie, seconds=20)
        began = time.monotonic()
        while time.monotonic() - began < minutes * 60:
            one = drive(house.BASE, mixed, load.cookie, seconds=30, connections=8)
            passed = (time.monotonic() - began) / 60
            rows.append(
                (f"{passed:.1f}", f"{one.rate:,.0f}", f"{one.p99:.0f}", f"{one.failed}",
                 f"{house.megabytes(process):,.0f}", f"{house.connections(process, port)}")
            )  # fmt: skip
    head = ("分钟", "每秒", "p99 ms", "没答对", "自有内存 MB（全部进程）", "数据库连接")
    return Sheet("", head, tuple(rows))


def _name(place: house.Place) -> str:
    return "sqlite" if place.database.startswith("sqlite") else "postgis"


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short loads; the page stays as it is")
    parser.add_argument("--sqlite", action="store_true", help="measure on SQLite")
    parser.add_argument("--soak", type=float, default=0, metavar="MINUTES")
    parser.add_argument("--outlets", type=int, default=OUTLETS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
