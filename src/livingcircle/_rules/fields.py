"""Read one table of a standard pack field by field, and collect every problem on the way.

A district officer writes packs by hand, so one reading must report all mistakes at once, each
with the file, the requirement, the key and what would have been allowed.
"""

import difflib
import math
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from datetime import datetime
from types import MappingProxyType
from typing import Any

from livingcircle._rules.trade_names import TradeNames
from livingcircle.errors import StandardError

Span = tuple[float | None, float | None]
"""A lower and an upper bound; ``None`` where the plan names no bound."""

OPEN: Span = (None, None)


def problem(what: str, where: str, remedy: str) -> StandardError:
    """Make one problem of a pack, in the three parts of every error sentence."""
    return StandardError(what, where=where, remedy=remedy)


def list_words(words: Iterable[str]) -> str:
    """Join words the Chinese way for an error sentence."""
    return "、".join(words)


@dataclass
class Fields:
    """Read the keys of one TOML table, remembering which were asked for.

    Parameters
    ----------
    values
        The table as read from TOML.
    where
        File and row as printed in problems: ``"青岛.toml，配置要求“count_pharmacy”"``.
    problems
        Shared list that every reader of the same pack appends to.
    names
        What the pack calls its trades.
    """

    values: Mapping[str, Any]
    where: str
    problems: list[StandardError]
    names: TradeNames = field(default_factory=TradeNames)
    asked: list[str] = field(default_factory=list)

    def report(self, what: str, remedy: str) -> None:
        """Note one problem of this table."""
        self.problems.append(problem(what, self.where, remedy))

    def raw(self, key: str) -> Any:  # noqa: ANN401 - TOML values are of any type
        """Return the untyped value and remember the key as known."""
        if key not in self.asked:
            self.asked.append(key)
        return self.values.get(key)

    def has(self, key: str) -> bool:
        """Tell whether the key is written, and remember it as known."""
        return self.raw(key) is not None

    def text(self, key: str, default: str | None = None) -> str:
        """Read a text; without ``default`` the key is required."""
        value = self.raw(key)
        if isinstance(value, str) and (value.strip() or default is not None):
            return value.strip()
        if value is None and default is not None:
            return default
        self._wrong(key, value, "一段带引号的文字")
        return default or ""

    def texts(self, key: str) -> tuple[str, ...]:
        """Read a list of texts; a single text counts as a list of one."""
        value = self.raw(key)
        if value is None:
            return ()
        items = [value] if isinstance(value, str) else value
        if isinstance(items, list) and _are_texts(items):
            return tuple(item.strip() for item in items)
        self._wrong(key, value, '一组带引号的文字，例如 ["便利店", "药店"]')
        return ()

    def groups(self, key: str) -> tuple[tuple[str, ...], ...]:
        """Read a list of lists of texts; one list alone counts as a list of one."""
        value = self.raw(key)
        rows = [value] if isinstance(value, list) and value and _are_texts(value) else value
        if value is None:
            return ()
        if isinstance(rows, list) and all(
            isinstance(row, list) and _are_texts(row) for row in rows
        ):
            return tuple(tuple(item.strip() for item in row) for row in rows)
        self._wrong(key, value, '几组带引号的文字，例如 [["便利店", "社区超市"]]')
        return ()

    def number(
        self,
        key: str,
        default: float | None = None,
        *,
        required: bool = False,
        least: float = 0.0,
        most: float = float("inf"),
    ) -> float | None:
        """Read a number between ``least`` and ``most``."""
        value = self.raw(key)
        if value is None and not required:
            return default
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and least <= value <= most
            and math.isfinite(value)
        ):
            return float(value)
        bounds = f"不小于{least:g}" + (f"且不大于{most:g}" if most < float("inf") else "")
        self._wrong(key, value, f"一个{bounds}的数字")
        return default

    def count(self, key: str, default: int | None = None, *, least: int = 0) -> int:
        """Read a whole number; without ``default`` the key is required."""
        value = self.number(key, default, required=default is None, least=least)
        if value is None:
            return least
        if value != int(value):
            self._wrong(key, f"{value:g}", "一个整数")
        return int(value)

    def flag(self, key: str, *, default: bool | None = None) -> bool | None:
        """Read ``true`` or ``false``."""
        value = self.raw(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self._wrong(key, value, "true（是）或 false（否），不加引号")
        return default

    def choice(
        self,
        key: str,
        labels: Mapping[str, str],
        default: str | None = None,
        also: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        """Read one word of a list, written as its identifier or as its Chinese label.

        ``also`` are further words for some identifiers.
        """
        value = self.raw(key)
        if value is None and default is not None:
            return default
        chosen = also.get(value.strip()) if isinstance(value, str) else None
        chosen = chosen or _lookup(value, labels)
        if chosen is None:
            self._wrong(key, value, _allowed(labels))
        return chosen or default or ""

    def choices(self, key: str, labels: Mapping[str, str]) -> tuple[str, ...]:
        """Read several words of a list."""
        found = []
        for word in self.texts(key):
            chosen = _lookup(word, labels)
            if chosen is None:
                self._wrong(key, word, _allowed(labels))
            else:
                found.append(chosen)
        return tuple(found)

    def day(self, key: str) -> date | None:
        """Read a date, written as a TOML date or as a text like ``"2025-12-31"``."""
        value = self.raw(key)
        if value is None or value == "":
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if isinstance(value, str):
            try:
                return date.fromisoformat(value.strip())
            except ValueError:
                pass
        self._wrong(key, value, "一个日期，例如 2025-12-31")
        return None

    def span(self, key: str, *, required: bool = False) -> Span:
        """Read a range ``[low, high]`` (``inf`` = open); one number alone is both ends."""
        value = self.raw(key)
        if value is None and not required:
            return OPEN
        ends = value if isinstance(value, list) else [value, value]
        two = len(ends) == 2 and all(_is_number(end) for end in ends)  # noqa: PLR2004
        if two and 0 <= ends[0] <= ends[1] and ends[0] < float("inf"):
            return (float(ends[0]), None if ends[1] == float("inf") else float(ends[1]))
        self._wrong(key, value, "一个数字或从小到大的两个数字，例如 [200, 300]")
        return OPEN

    def bounds(self, least_key: str = "least", most_key: str = "most") -> Span:
        """Read a lower and an upper bound, at least one of which must be written."""
        low, high = self.number(least_key), self.number(most_key)
        if not self.has(least_key) and not self.has(most_key):
            self.report(
                f"缺少“{least_key}”（不少于）或“{most_key}”（不多于）", "至少填写其中一个数字"
            )
        if low is not None and high is not None and low > high:
            self.report(
                f"“{least_key}”（{low:,g}）大于“{most_key}”（{high:,g}）", "核对原文后改正其中一个"
            )
        return (low, high)

    def table(self, key: str) -> "Fields | None":
        """Open an inner table such as ``where = { … }``."""
        value = self.raw(key)
        if value is None:
            return None
        if isinstance(value, dict):
            return self._inner(value, f"{self.where}的“{key}”")
        self._wrong(key, value, "一个用花括号写的表，例如 { area_min = 50 }")
        return None

    def tables(self, key: str) -> list["Fields"]:
        """Open every row of an inner list of tables."""
        value = self.raw(key)
        if value is None:
            return []
        if isinstance(value, list) and all(isinstance(row, dict) for row in value):
            return [
                self._inner(row, f"{self.where}的“{key}”第{number}项")
                for number, row in enumerate(value, 1)
            ]
        if isinstance(value, dict):
            rows = f"[[{key}]]" if key in _SECTIONS else f"{key} = [{{ … }}, {{ … }}]"
            self.report(f"“{key}”只写了一个表", f"写成 {rows}，一项也要有方括号")
            return []
        self._wrong(key, value, "一组用花括号写的表，例如 [{ … }, { … }]")
        return []

    def close(self) -> None:
        """Report every key nobody asked for, with the nearest allowed one."""
        for key in self.values:
            if key in self.asked:
                continue
            near = difflib.get_close_matches(key, self.asked, n=1)
            hint = f"可能想写“{near[0]}”；" if near else ""
            self.report(f"不认识的键“{key}”", f"{hint}这里可用的键有：{list_words(self.asked)}")

    def _inner(self, values: Mapping[str, Any], where: str) -> "Fields":
        return replace(self, values=values, where=where, asked=[])

    def _wrong(self, key: str, value: Any, expected: str) -> None:  # noqa: ANN401
        if value is None:
            self.report(f"缺少“{key}”", f"补上{expected}")
        else:
            self.report(f"“{key}”写成了“{_show(value)}”", f"改成{expected}")


_SECTIONS = frozenset({"trade", "requirement"})
_SPOKEN = {True: "true", False: "false"}


def _lookup(value: object, labels: Mapping[str, str]) -> str | None:
    if not isinstance(value, str):
        return None
    word = value.strip()
    if word in labels:
        return word
    for code, label in labels.items():
        if word in (label, label + "生活圈", label + "型", label + "级"):
            return code
    return None


def _allowed(labels: Mapping[str, str]) -> str:
    words = (f"{code}（{label}）" if label != code else code for code, label in labels.items())
    return "下列之一：" + list_words(words)


def _are_texts(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _show(value: object) -> str:
    if isinstance(value, dict):
        return "{ … }"
    text = _SPOKEN[value] if isinstance(value, bool) else str(value)
    return text if len(text) <= 40 else text[:40] + "…"  # noqa: PLR2004 - a readable length
