"""Read a workbook or a text table as rows of cells, in a process that may die.

A workbook is read by :mod:`livingcircle.io._excel.child` after
:func:`livingcircle.io.guard.check_file`; whatever the file does, this process goes on.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from livingcircle.errors import InputError
from livingcircle.errors import UnsafeFileError
from livingcircle.io._geo import grid_text
from livingcircle.io.guard import check_file

_MEMORY_MB = 1024
_SECONDS = 60
_OUT_OF_MEMORY = "MemoryError"
_CHILD = Path(__file__).with_name("child.py")


@dataclass(frozen=True)
class Sheet:
    """Hold one sheet as text: its rows from row 1 on, and its merged ranges.

    ``merged`` lists first row, first column, last row, last column, counted from 0.
    """

    name: str
    rows: Sequence[Sequence[str]]
    hidden: bool = False
    merged: Sequence[tuple[int, int, int, int]] = ()


def read_sheets(
    path: Path | str, *, encoding: str = "", memory_mb: int = _MEMORY_MB, seconds: int = _SECONDS
) -> tuple[Sheet, ...]:
    """Read every sheet of a workbook (.xlsx, .xls), or the one grid of a .csv or .txt.

    Raises
    ------
    UnsafeFileError
        When the file is refused before it is opened.
    InputError
        When it cannot be read within the limits; the calling process is never harmed.
    """
    path = Path(path)
    kind = check_file(path)
    if kind in {"csv", "txt", "tsv"}:
        return (Sheet("", grid_text.read_grid(path, encoding)),)
    if kind not in {"xlsx", "xls"}:
        raise InputError("这不是表格文件", where=path.name, remedy="导入 .xlsx、.xls 或 .csv 文件")
    command = [sys.executable, "-I", str(_CHILD), str(path.resolve()), str(memory_mb), str(seconds)]
    try:
        child = subprocess.run(  # noqa: S603 - our own script, and a path that is never a shell word
            command, capture_output=True, timeout=seconds * 2, check=False, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired as error:
        what = f"读了 {seconds * 2} 秒还没有读完"
        raise InputError(what, where=path.name, remedy="分成几个文件再导入") from error
    if child.returncode != 0:
        raise _refusal(path, child)
    sheets = json.loads(child.stdout)
    if not sheets:
        what = "工作簿里没有工作表，只有图表"
        raise InputError(what, where=path.name, remedy="导入放着数据的那个工作簿")
    return tuple(
        Sheet(s["name"], s["rows"], s["hidden"], tuple(tuple(m) for m in s["merged"]))
        for s in sheets
    )


def _refusal(path: Path, child: subprocess.CompletedProcess[bytes]) -> InputError:
    said = child.stderr.decode("utf-8", "replace")
    if "encrypted" in said.lower() or "password" in said.lower():
        remedy = "在 Excel 里取消打开密码，保存后再导入"
        return UnsafeFileError("工作簿设了打开密码", where=path.name, remedy=remedy)
    if child.returncode < 0 or _OUT_OF_MEMORY in said:
        what = "读这个工作簿用的内存或时间超过了限度，已停止读取"
        return InputError(
            what, where=path.name, remedy="删去多余的空白行列和工作表，或分成几个文件"
        )
    what = "这个工作簿读不出来，可能已损坏"
    return InputError(what, where=path.name, remedy="用 Excel 打开后另存为新的 .xlsx 再导入")
