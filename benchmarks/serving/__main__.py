"""Measure the platform under load on one machine, print it, and write it into the page.

``tools/postgis.sh python -m benchmarks.serving [--quick] [--sqlite] [--soak MINUTES]``. wrk has to
be installed (Debian: wrk). Server, database and wrk share the machine; the load of others is told.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple
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

if TYPE_CHECKING:
    import psutil

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "platform-performance.md"
_HEAD = (
    "请求", "同时几个", "每秒", "中位 ms", "p95 ms", "p99 ms", "没答对", "目标", "每次用 CPU ms",
    "光架子每秒", "光架子 CPU ms", "开始时负载",
)  # fmt: skip
_FEW = 2_000  # rows of the workbook in a short run
_OFFICE = 4  # people who click in the same instant
_UNCACHED = "benchmarks.serving.unremembering"


class Answer(NamedTuple):
    """Hold what came of one load: the figures, CPU for each request, and how busy it was before."""

    measured: Measured
    cpu_ms: float
    busy: float
    connections: int


class Session:
    """Measure one load after another against one server."""

    def __init__(self, place: house.Place, told: dict[str, Any], seconds: int) -> None:
        self.place = place
        self.places = [tuple(one) for one in told["places"]]
        self.cookie = ("Cookie", f"sessionid={told['session']}")
        self.token = ("Authorization", f"Bearer {told['token']}")
        self.seconds = seconds
        self.found: dict[str, Answer] = {}
        self.server: psutil.Process | None = None

    def ask(
        self,
        name: str,
        paths: list[str],
        header: tuple[str, str] | None = None,
        connections: int = 16,
        warm: int = 2,
    ) -> None:
        """Load some addresses, and keep what came of it, after some seconds of getting warm."""
        busy, header = os.getloadavg()[0], header or self.cookie
        drive(house.BASE, paths, header, seconds=warm, connections=connections)
        before = self._cpu()
        found = drive(house.BASE, paths, header, seconds=self.seconds, connections=connections)
        cpu = (self._cpu() - before) / max(found.rate * self.seconds, 1) * 1e3
        self.found[name] = Answer(found, cpu, busy, connections)

    def _cpu(self) -> float:
        return house.cpu_seconds(self.server, self.place) if self.server is not None else 0.0


def main() -> None:
    """Parse the words, measure, print and write."""
    words = _words()
    out = Console(width=140)
    seconds = 4 if words.quick else 10
    before = machine.describe({}, {})
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
        imports = _imports(house.import_twice(place, _FEW if words.quick else OUTLETS))
        imports.show(out)
        if not words.quick:
            about = Sheet("", before.head, before.rows[:7])
            name = _name(place)
            blocks = {name: sheet.markdown(), f"{name} machine": about.markdown()}
            page.write({**blocks, f"{name} import": imports.markdown()}, PAGE)
        if words.soak:
            soaked = _soak(place, told, words.soak)
            soaked.show(out)
            page.write({f"{_name(place)} soak": soaked.markdown()}, PAGE)


def _measure(
    place: house.Place, told: dict[str, Any], seconds: int
) -> tuple[dict[str, Answer], dict[str, Answer]]:
    """Load the house without tile memory, the house as it is, and the bare stack."""
    many = requests.tiles([tuple(one) for one in told["places"]], 3_000)
    house_load, bare_load = (Session(place, told, seconds) for _ in range(2))
    with house.platform(place, settings=_UNCACHED) as house_load.server:
        house_load.ask("瓦片 z12–17，每次现做", many)
    with house.platform(place) as house_load.server:
        # Every process remembers for itself, and has to be asked for each tile once.
        house_load.ask("瓦片 z12–17，记得的", many[:300], warm=15)
        house_load.ask("查找（1 个字起）", requests.searches(), house_load.token)
        house_load.ask("附近 50 家", requests.nears(house_load.places, filtered=False))
        house_load.ask(
            "附近 50 家，一种业态、现在营业", requests.nears(house_load.places, filtered=True)
        )
        for address in requests.pages():
            name = f"页面 {address.split('=')[0]}{'=…' if '=' in address else ''}"
            house_load.ask(name, [address], connections=_OFFICE)
    if not place.database.startswith("sqlite"):
        with house.bare(place) as bare_load.server:
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


def _sheet(found: dict[str, Answer], bare: dict[str, Answer]) -> Sheet:
    rows = []
    for name, (one, cpu, busy, many) in found.items():
        floor = ("", "")
        if name in bare:
            floor = (f"{bare[name].measured.rate:,.0f}", f"{bare[name].cpu_ms:.1f}")
        aim = TARGETS.get(name, "p95 ≤ 300")
        told = (f"{one.rate:,.0f}", f"{one.p50:.0f}", f"{one.p95:.0f}", f"{one.p99:.0f}")
        rows.append(
            (name, f"{many}", *told, f"{one.failed}", aim, f"{cpu:.1f}", *floor, f"{busy:.1f}")
        )
    return Sheet("", _HEAD, tuple(rows))


def _imports(told: dict[str, Any]) -> Sheet:
    """Tell how long a workbook takes from upload to record."""
    rows = [
        (title, f"{told['rows']:,}", f"{told[f'{name} written']:,}", f"{told[f'{name} read']:.1f}",
         f"{told[f'{name} accepted']:.1f}")
        for name, title in (("new", "全是新网点"), ("changed", "同一张表，十分之一改过"))
    ]  # fmt: skip
    head = ("一张 Excel", "行", "写入", "读取、检查、对照（秒）", "入库（秒）")
    return Sheet("", head, tuple(rows))


def _soak(place: house.Place, told: dict[str, Any], minutes: float) -> Sheet:
    """Load everything at once for a while; watch memory and connections."""
    load = Session(place, told, 30)
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
