"""Read and accept one workbook of made-up shops, and the same again with some of them changed.

``python -m benchmarks.serving.importing`` in the environment of a house whose city has no shops.
Prints seconds as JSON; the first is what somebody waits before seeing what the file would change.
"""

import argparse
import json
import random
import sys
import threading
import time
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import django
import xlsxwriter

from benchmarks.serving.made_up_city import SOUTH
from benchmarks.serving.made_up_city import STEP
from benchmarks.serving.made_up_city import WEST

_HEAD = ("网点编号", "网点名称", "业态", "经度", "纬度", "地址", "营业时间", "联系电话")
_HOURS = ("8:00-20:00", "07:00-22:00", "24小时", "周一至周五9:00-17:30", "")
_CHANGED = 10  # every so many'th row, the second time


def main() -> None:
    """Import twice and tell how long each step took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=50_000)
    rows = parser.parse_args().rows
    django.setup()
    told = {}
    with TemporaryDirectory() as folder:
        for name, changed in (("new", False), ("changed", True)):
            book = _book(Path(folder) / f"{name}.xlsx", rows, changed=changed)
            told |= {f"{name} {step}": one for step, one in _import(book).items()}
    json.dump(told, sys.stdout)


def _import(book: Path) -> dict[str, float]:
    """Return the seconds of reading and laying beside the record, and of accepting."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    asking = import_module("livingcircle_platform.imports.actions.asking")
    models = import_module("livingcircle_platform.imports.models")
    jobs = import_module("livingcircle_platform.core.jobs")
    area = import_module("livingcircle_platform.territory.models").Area.objects.get(code="10")
    user = import_module("livingcircle_platform.accounts.models").User.objects.get(username="load")
    batch = models.Batch(table="outlets", area=area, coordinates="WGS-84")
    began = time.perf_counter()
    asking.upload(batch, [SimpleUploadedFile(book.name, book.read_bytes())], acting_user=user)
    jobs.work(threading.Event(), once=True)
    read = time.perf_counter()
    batch = models.Batch.objects.get(pk=batch.pk)
    asking.have_accepted(batch, acting_user=user, seen=batch.version)
    jobs.work(threading.Event(), once=True)
    accepted = time.perf_counter()
    batch.refresh_from_db()
    if batch.state != models.Batch.State.ACCEPTED:
        raise RuntimeError(f"{batch.get_state_display()}：{batch.problem}")
    written = batch.summary["written"]
    return {"read": read - began, "accepted": accepted - read, "written": written}


def _book(path: Path, rows: int, *, changed: bool) -> Path:
    """Write a workbook of shops in the first district of the made-up city."""
    rand = random.Random(7)  # noqa: S311 - the same each time
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("网点")
    sheet.write_row(0, 0, _HEAD)
    for n in range(rows):
        lon, lat = WEST + rand.random() * 10 * STEP, SOUTH + rand.random() * 4 * STEP
        other = changed and n % _CHANGED == 0
        cells = (
            f"Y-{n:06d}", f"虚构{rand.choice('安康福乐')}{n}药店", "药店", round(lon, 6),
            round(lat, 6), f"虚构路{n % 900}号{'甲' * other}", rand.choice(_HOURS), f"010{n:08d}",
        )  # fmt: skip
        sheet.write_row(n + 1, 0, cells)
    book.close()
    return path


if __name__ == "__main__":
    main()
