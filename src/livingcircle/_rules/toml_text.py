"""Read TOML that a person typed, and say in Chinese where it cannot be read."""

import re
import tomllib
from typing import Any
from typing import Final

from livingcircle.errors import StandardError

_PLACE: Final = re.compile(r"\(at line (\d+), column (\d+)\)")
_REMEDY: Final = (
    "核对这一处：文字两边要有英文引号，键后面要有等号，括号要成对，日期写成 2025-12-31，"
    "同一个键不要写两次"
)


def read_toml(content: bytes, label: str) -> tuple[dict[str, Any] | None, list[StandardError]]:
    """Return the tables of a TOML text, or the sentence that says why there are none."""
    try:
        text = content.decode("utf-8-sig")  # Windows editors write a mark at the start
    except UnicodeDecodeError:
        remedy = "用记事本打开，另存为时编码选 UTF-8"
        return None, [StandardError("不是 UTF-8 编码的文本", where=label, remedy=remedy)]
    try:
        return tomllib.loads(text), []
    except RecursionError:
        remedy = "检查是否多写了方括号或花括号"
        return None, [StandardError("括号嵌套太深，读不下去", where=label, remedy=remedy)]
    except ValueError as problem:
        what = f"{_place(str(problem), text)}不合 TOML 的写法"
        return None, [StandardError(what, where=label, remedy=_REMEDY)]


def _place(message: str, text: str) -> str:
    """Say where reading stopped, with the line as typed."""
    found = _PLACE.search(message)
    if found is None:
        return "文件末尾" if "end of document" in message else "文件中有一处"
    line, column = int(found[1]), int(found[2])
    typed = text.splitlines()[line - 1 : line]
    shown = f"（{typed[0].strip()[:40]}）" if typed and typed[0].strip() else ""
    return f"第{line}行第{column}个字符附近{shown}"
