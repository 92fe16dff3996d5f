"""Measure everything in one run on one machine, print it, and write it into the page.

``python -m benchmarks [--peers] [--quick] [--only W1,W2,…] [--sizes N,N,…] [--extract FILE …]``.
Only a run of everything writes the page, so that all its numbers come from the same run.
"""

import argparse
import time
from pathlib import Path

from rich.console import Console

from benchmarks import machine
from benchmarks import page
from benchmarks import peers
from benchmarks.plan import FULL
from benchmarks.plan import QUICK
from benchmarks.plan import with_sizes
from benchmarks.runs import RUNNERS
from benchmarks.sheets import Sheet
from benchmarks.sheets import markdown


def main() -> None:
    """Parse the words, measure, print and write."""
    words = _words()
    out = Console(width=140)
    failed = peers.install() if words.peers else {}
    plan = with_sizes(QUICK if words.quick else FULL, words.sizes, words.extract)
    about = machine.describe(peers.versions(), failed)
    about.show(out)
    start = time.perf_counter()
    blocks = {}
    for part, run in RUNNERS.items():
        if words.only and part not in words.only:
            continue
        for name, sheets in run(plan).items():
            for sheet in sheets:
                sheet.show(out)
            blocks[name] = markdown(sheets)
    took = f"{(time.perf_counter() - start) / 60:.1f} 分钟"
    if not words.only:
        kind = "快速一遍（`--quick`）：规模缩小，数字只作样子" if words.quick else "完整一遍"
        rows = (*about.rows, ("这一遍", f"{kind}，用时 {took}"))
        page.write({**blocks, "machine": Sheet("", about.head, rows).markdown()})
    out.print(f"用时 {took}")


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--peers", action="store_true", help="install the peers first")
    parser.add_argument("--quick", action="store_true", help="small sizes, at most three minutes")
    parser.add_argument(
        "--only", type=_list, default=[], metavar="W1,W2,…", help=", ".join(RUNNERS)
    )
    parser.add_argument("--sizes", type=_list, default=[], metavar="N,N,…", help="nodes for W1")
    parser.add_argument("--extract", type=Path, action="append", default=[], metavar="FILE.osm.pbf")
    words = parser.parse_args()
    unknown = set(words.only) - set(RUNNERS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(RUNNERS)}")
    return words


def _list(text: str) -> list[str]:
    return [word for word in text.split(",") if word]


if __name__ == "__main__":
    main()
