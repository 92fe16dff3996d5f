"""Check rows against themselves and against each other: people, copies, totals, trades."""

import difflib
import re
import unicodedata
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from livingcircle import trades
from livingcircle._tables.cells import Cell
from livingcircle._tables.cells import has_controls
from livingcircle._tables.cells import without_controls
from livingcircle._tables.columns import Column
from livingcircle._tables.columns import Kind
from livingcircle._tables.columns import Table
from livingcircle._tables.issues import ERROR
from livingcircle._tables.issues import REVIEW
from livingcircle._tables.issues import WARNING
from livingcircle._tables.issues import Issue

Grid = Mapping[str, Sequence[str]]  # column identifier → cleaned text, one for each row

_TOTAL = re.compile(r"(?:本?页?合计|总计|小计|共计|汇总|总数)(?:[:：(（].*|\d+.{0,3})?")
_EXAMPLE = re.compile(r"(?:填写)?(?:示例|样例)(?:行|数据)?(?:[（(].*[)）])?")


@dataclass
class Findings:
    """Collect what is wrong with the rows of one sheet while it is being read.

    Issues name a column by the header that stands in the file, so that it can be found there.
    """

    table: Table
    file: str
    sheet: str
    numbers: Sequence[int]
    titles: Mapping[str, str]  # column identifier → the header as written in the file
    issues: list[Issue] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)

    def add(self, position: int, column: Column | None, value: str, cell: Cell) -> None:
        """Note a problem of one row (or of the table, at position -1); an error refuses the row."""
        number = self.numbers[position] if position >= 0 else 0
        title = self.titles.get(column.name, column.title) if column else ""
        self.issues.append(
            Issue(
                self.file,
                self.sheet,
                number,
                title,
                value,
                cell.severity,
                cell.problem,
                cell.remedy,
            )
        )
        if cell.severity == ERROR and position >= 0:
            self.refused.add(position)


def is_example(row_id: str) -> bool:
    """Say whether the id marks the example row of a template; “示例店5” is a shop."""
    return "例" in row_id and _EXAMPLE.fullmatch(row_id) is not None


def refuse_totals(found: Findings, grid: Grid) -> None:
    """Refuse rows that add the others up: counted as a place they would be counted twice."""
    leading = [grid[name] for name in _leading(found.table) if name in grid]
    # One of these two characters stands in every word for a total; most ledgers have neither.
    hints = {p for cells in leading for p, word in enumerate(cells) if "计" in word or "总" in word}
    for position in sorted(hints):
        words = [column[position] for column in leading if column[position]]
        total = next((w for w in words if _TOTAL.fullmatch(re.sub(r"\s", "", w))), "")
        if total:
            problem = f"这一行是“{total}”，不是一个{found.table.title}"
            found.add(
                position, None, total, Cell(None, problem, "删去这一行，合计由系统计算", ERROR)
            )


def _leading(table: Table) -> list[str]:
    # 序号 columns are not kept, so a total stands in the id, the name or the column beside it.
    return [column.name for column in table.columns[:3]]


def refuse_copies(found: Findings, grid: Grid, shapes: NDArray[np.object_] | None) -> None:
    """Refuse the second of two identical rows, and of two rows with one id."""
    ids = list(grid.get(found.table.id, [""] * len(found.numbers)))
    keys = [unicodedata.normalize("NFKC", row_id) for row_id in ids]
    if all(keys) and len(set(keys)) == len(keys):
        return
    cells = pd.DataFrame(dict(grid), index=range(len(ids)), dtype="object")
    if shapes is not None:
        cells["geometry"] = shapely.to_wkb(shapes)
    copied = cells.duplicated(keep=False).to_numpy()
    named = np.array([bool(key) for key in keys]) & pd.Index(keys).duplicated(keep=False)
    seen_rows: dict[tuple[object, ...], int] = {}
    seen_ids: dict[str, int] = {}
    column = found.table.columns[0]
    twins = [int(position) for position in np.flatnonzero(copied | named)]
    rows = zip(twins, cells.iloc[twins].itertuples(index=False, name=None), strict=True)
    for position, row in rows:
        if position in found.refused:
            continue
        first = seen_rows.setdefault(row, position)
        if first != position:
            problem = f"与第 {found.numbers[first]} 行完全相同"
            found.add(position, None, "", Cell(None, problem, "删去重复的一行", ERROR))
            continue
        key = keys[position]
        if key and seen_ids.setdefault(key, position) != position:
            problem = f"编号“{ids[position]}”与第 {found.numbers[seen_ids[key]]} 行重复"
            remedy = "改成不同的编号；如果是同一个，只留一行"
            found.add(position, column, ids[position], Cell(None, problem, remedy, ERROR))


def check_people(found: Findings, rows: pd.DataFrame) -> None:
    """Refuse rows whose people contradict each other (parts larger than the whole)."""
    whole = next((n for n in ("population", "residents") if n in found.table), "")
    if not whole:
        return
    pairs = [
        ("age_0_3", whole),
        ("age_60_plus", whole),
        ("age_65_plus", whole),
        ("age_80_plus", whole),
        ("age_65_plus", "age_60_plus"),
        ("age_80_plus", "age_65_plus"),
        ("age_80_plus", "age_60_plus"),
        ("households", whole),
    ]
    for part, total in pairs:
        if part in found.table and total in found.table:
            _compare(found, found.table[part], found.table[total], rows)
    if "age_0_3" in found.table and "age_60_plus" in found.table:
        _add_up(found, whole, rows)


def _compare(found: Findings, part: Column, total: Column, rows: pd.DataFrame) -> None:
    too_many = (rows[part.name] > rows[total.name]).to_numpy().nonzero()[0]
    for position in too_many:
        value = f"{rows[part.name].iloc[position]:g}"
        limit = f"{rows[total.name].iloc[position]:g}"
        problem = f"{part.title} {value} 多于{total.title} {limit}"
        found.add(int(position), part, value, Cell(None, problem, "核对这两个数", ERROR))


def _add_up(found: Findings, whole: str, rows: pd.DataFrame) -> None:
    parts = rows["age_0_3"] + rows["age_60_plus"]
    alone = (rows["age_0_3"] <= rows[whole]) & (rows["age_60_plus"] <= rows[whole])
    for position in (alone & (parts > rows[whole])).to_numpy().nonzero()[0]:
        value, limit = f"{parts.iloc[position]:g}", f"{rows[whole].iloc[position]:g}"
        title = found.table[whole].title
        problem = f"0-3岁与60岁及以上合计 {value}，多于{title} {limit}"
        remedy = "各年龄段加起来不能多于总人数，核对这几个数"
        found.add(int(position), found.table[whole], limit, Cell(None, problem, remedy, ERROR))


def resolve_trades(found: Findings, grid: Grid, column: Column) -> list[str]:
    """Return the trades of each row as written, and note what is not known.

    A shop of an unknown trade stays a shop: it counts for no trade until a person has decided.
    Words are kept, known or not, because a standard may have trades of its own by these names.
    """
    texts = grid[column.name]
    names = grid.get("name", [""] * len(texts))
    settled = frozenset(found.refused)
    matches = {text: trades.match_names(text) for text in dict.fromkeys(texts)}
    return [
        ""
        if position in settled
        else _trades_of(found, position, column, (text, name, matches[text]))
        for position, (text, name) in enumerate(zip(texts, names, strict=True))
    ]


def _trades_of(
    found: Findings, position: int, column: Column, row: tuple[str, str, trades.Match]
) -> str:
    text, name, match = row
    foreign = _crosswalk(text) if match.unmatched else ()
    codes = tuple(dict.fromkeys((*match.codes, *foreign)))
    names = "、".join(trades.trade_name(code) for code in codes)
    if foreign:
        problem = f"“{text}”不是业态名称，按分类对照认作{names}"
        found.add(position, column, text, Cell(None, problem, "核对；不对时直接填写业态名称"))
    elif match.unmatched:
        words = "、".join(match.unmatched)
        problem = f"不认识业态“{words}”" + ("" if codes else "，这个网点暂不计入任何业态")
        hints = [hint for word in match.unmatched for hint in match.suggestions.get(word, ())]
        found.add(position, column, text, Cell(None, problem, _suggest(hints, name), REVIEW))
    elif not codes:
        problem = "没有填业态，这个网点暂不计入任何业态"
        found.add(position, column, text, Cell(None, problem, _suggest([], name), REVIEW))
    return names if foreign or not (codes or match.unmatched) else text


def _crosswalk(text: str) -> tuple[str, ...]:
    """Read a class of GB/T 4754 or a map vendor's category written where a trade is asked."""
    if re.fullmatch(r"[A-Ta-t]?\d{3,4}", text):
        codes = trades.from_gbt4754(text)
        return codes if len(codes) == 1 else ()  # a class of several trades proves none of them
    return trades.from_vendor(text) if ";" in text or "|" in text else ()


def _suggest(hints: Sequence[str], name: str) -> str:
    from_name = [trades.trade_name(code) for code in trades.from_shop_name(name)] if name else []
    likely = "、".join(dict.fromkeys([*hints, *from_name]))
    if likely:
        return f"看起来是：{likely}；确认后填写目录里的业态名称"
    return "从业态目录里选一个名称填写；目录里没有的留待人工核定"


def note_controls(found: Findings, raw: Grid) -> None:
    """Say which cells held characters that cannot be seen and were left out."""
    for name, texts in raw.items():
        if "".join(texts).isprintable():
            continue
        for position, text in enumerate(texts):
            if has_controls(text):
                problem = "这一格里有看不见的控制字符，已去掉"
                cell = Cell(None, problem, "在原来的表里重新输入这一格")
                found.add(position, found.table[name], without_controls(text), cell)


def note_unused(found: Findings, headers: Sequence[str]) -> None:
    """Say which columns were not used, so that nothing is left out in silence."""
    if not headers:
        return
    titles = [column.title for column in found.table.columns]
    hints = []
    for header in headers:
        near = difflib.get_close_matches(header, titles, n=1, cutoff=0.6)
        hints.append(f"“{header}”（是不是“{near[0]}”？）" if near else f"“{header}”")
    problem = f"没有用到这些列：{'、'.join(hints)}"
    remedy = "需要采用时，把列名改成规定的名称，或在 district.toml 的 columns 里对应"
    found.add(-1, None, "", Cell(None, problem, remedy, WARNING))


def is_trades(column: Column) -> bool:
    """Say whether a column holds trades to be resolved against the catalogue."""
    return column.kind is Kind.TRADES
