"""Match what people reported to the requirements it answers.

Some of what a plan asks cannot be computed from tables of outlets: confirmations, satisfaction,
how many circles are finished, grades. People report these; here each report finds the
requirement it is about, by id, title or measure. What finds none is told, never dropped.
"""

import calendar
import difflib
import re
import unicodedata
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from typing import Any

import pandas as pd

from livingcircle._rules.plans import QualitativeRule
from livingcircle._rules.plans import TargetRule
from livingcircle._rules.sizes import MeasureRule
from livingcircle.errors import InputError
from livingcircle.standards import Requirement
from livingcircle.standards import Standard
from livingcircle.tables import REVIEW
from livingcircle.tables import WARNING
from livingcircle.tables import Issue

# Items that say which grade a unit was given (国家2023 五（三）).
GRADE_ITEMS = frozenset({"等级", "评定等级", "评级", "分级", "grade"})
UnitKey = tuple[str, str]


@dataclass
class Reported:
    """Hold what was reported of one unit.

    Attributes
    ----------
    evidence
        Confirmations by requirement id, as written.
    measures, samples
        Measured numbers by name of the measure, shares as fractions of one; and how many people
        were asked, where that was told.
    progress
        Dated cumulative numbers by requirement id, in order of their dates.
    grade
        The latest grade; None where nobody graded the unit.
    """

    evidence: dict[str, str] = field(default_factory=dict)
    measures: dict[str, float] = field(default_factory=dict)
    samples: dict[str, int] = field(default_factory=dict)
    progress: dict[str, tuple[tuple[date, float], ...]] = field(default_factory=dict)
    grade: str | None = None


def parse_day(text: str) -> date | None:
    """Return the last day that a date such as ``2026``, ``2026年6月`` or ``2026-06-30`` covers."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = re.fullmatch(r"(\d{4})年?(?:[-/.]?(\d{1,2})月?(?:[-/.]?(\d{1,2})日?)?)?", plain)
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 1, month or 12, day or 1)
    except ValueError:
        return None
    last = calendar.monthrange(first.year, first.month)[1]
    return first if day else first.replace(day=last)


def check_day(text: str) -> date | None:
    """Return the day of an assessment as typed; None where nothing was.

    Raises
    ------
    InputError
        If it is not a day.
    """
    if not text:
        return None
    day = parse_day(text)
    if day is None:
        raise InputError(f"“{text}”不是日期", remedy="写成 2026-06-30 的样子")
    return day


def match_reports(
    reports: pd.DataFrame, standard: Standard, on: date | None
) -> tuple[Mapping[UnitKey, Reported], list[Issue]]:
    """Return what is reported of each unit by the day of the assessment.

    Parameters
    ----------
    reports
        The ``reports`` table with ``level`` and ``unit`` resolved.
    standard
        Whose requirements the items name.
    on
        Day of the assessment; later reports are left out. None takes them all.

    Returns
    -------
    Reports by (level, unit id), and an issue for each row that answers no requirement of this
    standard or whose result cannot be read.
    """
    found: dict[UnitKey, Reported] = {}
    issues: list[Issue] = []
    index = _index(standard)
    for row in _in_order(reports, on):
        about = found.setdefault((row["level"], row["unit"]), Reported())
        problem = _take(about, row, index, standard)
        if problem is not None:
            where = (row["source"], row["sheet"], int(row["row"]))
            issues.append(Issue(*where, *problem))
    return found, sorted(issues, key=lambda issue: (issue.file, issue.row))


def _in_order(reports: pd.DataFrame, on: date | None) -> Iterator[Mapping[Any, Any]]:
    """Yield reports with their day, undated ones first, none from after the assessment."""
    rows = reports.drop(columns="geometry", errors="ignore").reset_index()
    rows["day"] = [parse_day(text) or date.min for text in rows["date"]]
    for name in ("source", "sheet"):
        rows[name] = rows[name] if name in rows.columns else ""
    rows["row"] = rows["row"] if "row" in rows.columns else 0
    for row in rows.sort_values(["day", "report_id"], kind="stable").to_dict("records"):
        if on is None or row["day"] <= on:
            yield row


def _index(standard: Standard) -> Mapping[str, list[Requirement]]:
    """Return the requirements a word may mean: by id, title, measure or its label."""
    found: dict[str, list[Requirement]] = {}
    for one in standard.requirements:
        rule = one.rule
        if isinstance(rule, QualitativeRule | TargetRule | MeasureRule):
            words = [one.id, one.title]
            words += [rule.measure, rule.label] if isinstance(rule, MeasureRule) else []
            for word in dict.fromkeys(_key(word) for word in words if word):
                found.setdefault(word, []).append(one)
    return found


def _key(word: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", word)).lower()


def _take(
    about: Reported,
    row: Mapping[Any, Any],
    index: Mapping[str, list[Requirement]],
    standard: Standard,
) -> tuple[str, str, str, str, str] | None:
    """Note one report; return column, value, severity, problem and remedy where it fails."""
    item, value = str(row["item"]), str(row["value"])
    if _key(item) in GRADE_ITEMS:
        if standard.defaults.grade_rank(value) is None:
            known = "、".join(name for _, name in standard.defaults.grades)
            return (
                "结果",
                value,
                WARNING,
                f"没有等级“{value}”，没有采用",
                f"从这些里选：{known}、不达标",
            )
        about.grade = value
        return None
    asked = [one for one in index.get(_key(item), []) if one.level == row["level"]]
    if not asked:
        problem = f"本次所用的配置标准里没有{_LEVEL_WORDS[row['level']]}的事项“{item}”，没有采用"
        near = difflib.get_close_matches(_key(item), list(index), n=2)
        known = "、".join(dict.fromkeys(index[word][0].title or index[word][0].id for word in near))
        return "事项", item, REVIEW, problem, f"是不是“{known}”" if known else "核对事项的写法"
    for one in asked:
        if isinstance(one.rule, QualitativeRule):
            about.evidence[one.id] = value
            continue
        number = _number(value, percent=isinstance(one.rule, MeasureRule) and one.rule.unit == "%")
        if number is None:
            return "结果", value, WARNING, f"“{value}”不是数字，没有采用", "写数字，例如 12 或 92%"
        if isinstance(one.rule, MeasureRule):
            about.measures[one.rule.measure] = number
            about.samples.pop(one.rule.measure, None)
            if pd.notna(row.get("sample")):
                about.samples[one.rule.measure] = int(row["sample"])
        elif row["day"] == date.min:
            return (
                "日期",
                "",
                WARNING,
                f"“{item}”的进度没有日期，没有采用",
                "写明是截至哪一天的累计数",
            )
        else:
            about.progress[one.id] = (*about.progress.get(one.id, ()), (row["day"], number))
    return None


_LEVEL_WORDS = {"community": "社区", "circle": "生活圈", "subdistrict": "街道", "district": "全区"}


def _number(text: str, *, percent: bool) -> float | None:
    """Read a number; shares may be written 92%, 92 or 0.92."""
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").replace(",", "")
    found = re.fullmatch(r"([+-]?\d+(?:\.\d+)?)(%|个|家|处|人|分)?", plain)
    if found is None:
        return None
    number = float(found[1])
    return number / 100 if found[2] == "%" or (percent and number > 1) else number
