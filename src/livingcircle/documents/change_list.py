"""Tell what changed between two runs: verdicts, gaps, people; as table, sentences and Excel."""

from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from livingcircle.assessment import Assessment
from livingcircle.documents import _wording as wording
from livingcircle.documents._assessed import records
from livingcircle.documents._desk import Compared
from livingcircle.documents._provenance import provenance
from livingcircle.documents._workbook import Field
from livingcircle.documents._workbook import Sheet
from livingcircle.documents._workbook import write_workbook

FILE_NAME = "变化清单.xlsx"
COLUMNS = (
    "change", "level", "unit_id", "unit_name", "requirement_id", "subject",
    "old", "new", "difference", "sentence",
)  # fmt: skip
CHANGES = {
    "terms": "口径变化",
    "added": "新增要求",
    "removed": "不再对照",
    "verdict": "结论变化",
    "shortfall": "缺口变化",
    "surplus": "超出变化",
    "people": "居民变化",
}
NOTHING = "两次运行的结论、缺口和居民数都没有变化。"
FIELDS = (
    Field("序号", 6, "short"),
    Field("变化", 11, "short"),
    Field("层级", 11, "short"),
    Field("单位", 20, "short"),
    Field("业态或要求", 24),
    Field("上次", 14, "short"),
    Field("本次", 14, "short"),
    Field("增减", 11, "decimal"),
    Field("说明", 60),
)
JUDGED = {"served", "lacking"}
# What a trade is asked for, by the unit it is counted in.
ASKED = {
    "个": "数量",
    "种": "种类数",
    "类": "种类数",
    "%": "服务半径",
    "平方米": "面积",
    "处": "单处面积",
}
AMOUNTS = {"shortfall": "缺口", "surplus": "超出"}


def diff_assessments(old: Compared, new: Compared) -> pd.DataFrame:
    """Compare two runs requirement by requirement.

    Returns
    -------
    One row for each change: ``change`` (terms, added, removed, verdict, shortfall, surplus,
    people), the unit, what the requirement is about, ``old`` and ``new`` as readers see them, the
    difference where both are numbers, and a sentence. Empty when nothing changed.
    """
    rows = [
        *_terms(old, new),
        *_judged(records(old.findings), records(new.findings)),
        *_people(old.circle_facts, new.circle_facts),
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def diff_edit(old: Assessment, new: Assessment) -> pd.DataFrame:
    """Compare a run with the next one of the same memory, an edit later.

    Findings that nothing touched are the very same, so only the others are looked at; the answer
    is that of :func:`diff_assessments`.
    """
    known, kept = ({id(one) for one in run.found} for run in (old, new))
    was = (one for one in old.found if id(one) not in kept)
    now = (one for one in new.found if id(one) not in known)
    alike = old.standard.sha256 == new.standard.sha256
    alike &= old.situation.walker == new.situation.walker
    rows = [
        *(() if alike else _terms(old, new)),
        *_judged(was, now),
        *(() if _counted(old) == _counted(new) else _people(old.circle_facts, new.circle_facts)),
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _counted(run: Assessment) -> dict[str, float | None]:
    """Return the people of each circle."""
    return {one.unit_id: one.population for one in run.facts if one.level == "circle"}


def change_sentences(changes: pd.DataFrame) -> list[str]:
    """Return the sentences of a comparison, or one that says nothing changed."""
    return list(changes["sentence"]) or [NOTHING]


def write_change_list(old: Compared, new: Compared, path: Path) -> Path:
    """Write the comparison to an Excel file and return its path."""
    facts, earlier = provenance(new), provenance(old)
    changes = diff_assessments(old, new)
    rows: list[list[object]] = [
        [
            place, CHANGES[row.change], wording.level(row.level).short, row.unit_name,
            row.subject, row.old, row.new, row.difference, row.sentence,
        ]
        for place, row in enumerate(records(changes), start=1)
    ]  # fmt: skip
    title = f"{facts.district}两次运行的变化清单"
    notes = (
        f"上次：运行编号{earlier.run_id}，{earlier.dates}。",
        f"本次：运行编号{facts.run_id}，{facts.dates}。",
    )
    sheet = Sheet("变化清单", title, FIELDS, rows, notes, paper="A4", empty=NOTHING, freeze=1)
    return write_workbook(path, facts, title, (sheet,))


def _judged(old: Iterable[Any], new: Iterable[Any]) -> Iterator[dict[str, object]]:
    """Yield what changed of the findings, given as such or as rows of their table."""
    before, after = _by_key(old), _by_key(new)
    for key in [*after, *sorted(before.keys() - after.keys())]:
        if key not in before:
            yield _row("added", key, after[key], "—", _verdict(after[key]))
        elif key not in after:
            yield _row("removed", key, before[key], _verdict(before[key]), "—")
        else:
            yield from _compare(key, before[key], after[key])


def _by_key(rows: Iterable[Any]) -> dict[tuple[str, str], Any]:
    """Return findings by requirement and unit; of several the first."""
    found: dict[tuple[str, str], Any] = {}
    for row in rows:
        found.setdefault((row.requirement_id, row.unit_id), row)
    return found


def _terms(old: Compared, new: Compared) -> Iterator[dict[str, object]]:
    """Warn first where two runs were judged by different rules or for different walkers."""
    before, after = provenance(old), provenance(new)
    pairs = (
        ("对照标准", before.standard, after.standard),
        ("步行参数", before.walker, after.walker),
    )
    for subject, was, now in pairs:
        if was != now:
            yield {
                "change": "terms", "level": "district", "unit_id": "", "unit_name": after.district,
                "requirement_id": "", "subject": subject, "old": was, "new": now,
                "difference": None,
                "sentence": f"注意：两次的{subject}不同，上次{was}，本次{now}；"
                "下列变化有的只是口径不同，不能当作补建的成效。",
            }  # fmt: skip


def _compare(
    key: tuple[str, str],
    before: Any,  # noqa: ANN401 - a finding, or a row of their table
    after: Any,  # noqa: ANN401
) -> Iterator[dict[str, object]]:
    if before.verdict != after.verdict:
        yield _row("verdict", key, after, _verdict(before), _verdict(after))
    if not {before.verdict, after.verdict} <= JUDGED:
        return  # what nobody has checked is no shortfall, so none came or went
    for amount in AMOUNTS:
        was, now = getattr(before, amount), getattr(after, amount)
        if wording.known(was) and wording.known(now) and was != now:
            difference = float(now - was)
            old, new = wording.difference(was, before.unit), wording.difference(now, after.unit)
            yield _row(amount, key, after, old, new, difference)


def _asked(row: Any) -> str:  # noqa: ANN401
    """Say what is asked of a trade; requirements about no trade bear their own name."""
    return ASKED.get(str(row.unit), "") if len(row.trades) else ""


def _checked(row: Any) -> str:  # noqa: ANN401
    """Say what a verdict that was open before or is open now means."""
    if row.verdict == "lacking":
        told = wording.balance(row)
        return f"（{f'{told}，' if told != wording.NONE else ''}是核实出来的，不是新增的）"
    return "（不等于已补上）" if row.verdict == "unknown" else ""


def _row(
    change: str,
    key: tuple[str, str],
    row: Any,  # noqa: ANN401
    old: str,
    new: str,
    difference: float | None = None,
) -> dict[str, object]:
    requirement, unit = key
    subject = f"{row.subject}{_asked(row)}"
    named = f"{row.unit_name}{subject}"
    opened = _checked(row) if wording.UNKNOWN in (old, new) else ""
    sentences = {
        "added": f"{named}：本次新增这项要求，结论为“{new}”。",
        "removed": f"{named}：本次不再对照这项要求，上次结论为“{old}”。",
        "verdict": f"{named}：由“{old}”变为“{new}”{opened}。",
    }
    amount = f"{named}：{AMOUNTS.get(change)}由{old}变为{new}。"
    return {
        "change": change, "level": row.level, "unit_id": unit, "unit_name": row.unit_name,
        "requirement_id": requirement, "subject": subject, "old": old, "new": new,
        "difference": difference, "sentence": sentences.get(change, amount),
    }  # fmt: skip


def _verdict(row: Any) -> str:  # noqa: ANN401
    return wording.word(wording.UNIT_VERDICTS, row.verdict)


def _people(old: pd.DataFrame, new: pd.DataFrame) -> Iterator[dict[str, object]]:
    before, after = old["population"], new["population"]
    for circle in after.index.intersection(before.index, sort=False):
        was, now = before[circle], after[circle]
        if not (wording.known(was) and wording.known(now)) or was == now:
            continue
        name = str(new.loc[circle, "name"])
        yield {
            "change": "people", "level": "circle", "unit_id": circle, "unit_name": name,
            "requirement_id": "", "subject": "居民",
            "old": wording.people(was), "new": wording.people(now), "difference": float(now - was),
            "sentence": f"{name}：服务居民由{wording.people(was)}变为{wording.people(now)}。",
        }  # fmt: skip
