"""Describe one thing wrong with one cell, row or table, as a sentence a clerk can act on."""

from collections.abc import Iterable
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import fields

import pandas as pd

ERROR = "error"  # the row is refused
WARNING = "warning"  # the row is kept, with a note
REVIEW = "review"  # the row is kept, a person has to decide something


@dataclass(frozen=True)
class Issue:
    """Point at one problem: where it is, what stands there, what is wrong, what to do.

    Attributes
    ----------
    file, sheet
        The file as named in the district folder and, for workbooks, the sheet.
    row
        The row number as the spreadsheet shows it; 0 when the whole table is meant.
    column
        The column title as the reader sees it; empty when the whole row is meant.
    value
        What stands in the cell, as text.
    severity
        ``"error"`` (row refused), ``"warning"`` (kept with a note), ``"review"`` (needs a human).
    problem, remedy
        What is wrong and what to do about it, each without a full stop.
    """

    file: str
    sheet: str
    row: int
    column: str
    value: str
    severity: str
    problem: str
    remedy: str = ""

    @property
    def where(self) -> str:
        """Return the place in words: file, sheet, row, column."""
        parts = [self.file]
        if self.sheet:
            parts.append(f"工作表“{self.sheet}”")
        if self.row:
            parts.append(f"第 {self.row} 行")
        if self.column:
            parts.append(f"“{self.column}”列")
        return "，".join(part for part in parts if part)

    @property
    def sentence(self) -> str:
        """Return where, what and what to do, as one Chinese sentence."""
        head = f"{self.where}：{self.problem}" if self.where else self.problem
        return f"{head}。{self.remedy}。" if self.remedy else f"{head}。"

    @property
    def label(self) -> str:
        """Return the Chinese word for the severity."""
        return {ERROR: "错误", WARNING: "提醒", REVIEW: "待核"}[self.severity]


def issues_frame(issues: Iterable[Issue]) -> pd.DataFrame:
    """Lay issues out as a table, one row each, in the order they were found."""
    names = [*(field.name for field in fields(Issue)), "sentence"]
    frame = pd.DataFrame(
        [{**asdict(issue), "sentence": issue.sentence} for issue in issues], columns=names
    )
    frame["row"] = frame["row"].astype("int64")
    return frame.astype({name: "str" for name in names if name != "row"})
