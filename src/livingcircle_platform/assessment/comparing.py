"""Compare two saved runs: verdicts that changed, people who gained or lost, inputs that differ."""

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from livingcircle.documents import change_sentences
from livingcircle.documents import diff_assessments
from livingcircle.results import SavedRun
from livingcircle.results import read_results
from livingcircle_platform.assessment.rows import rows_of

_KEYS = ["level", "unit_id", "trade"]
_PEOPLE = ("served", "lacking", "unknown")
# What a run is judged by, and what to call it.
_TERMS = {
    "standard_title": "配置标准",
    "standard_sha256": "配置标准的内容",
    "walker_label": "步行者",
    "at": "评估钟点",
    "on": "评估日期",
    "method": "测距方法",
    "engine": "引擎版本",
}


@dataclass(frozen=True)
class ChangeRow:
    """Hold one thing that is otherwise in the later run; see the engine's change list."""

    change: str
    level: str
    unit_id: str
    unit_name: str
    requirement_id: str
    subject: str
    old: str
    new: str
    difference: float | None
    sentence: str


@dataclass(frozen=True)
class PeopleRow:
    """Hold how many people of a unit gained or lost a trade between two runs.

    ``gained`` are those known to be served now and not before, as far as sums can tell: the
    difference of the served, where it is positive; ``lost`` where it is negative.
    """

    level: str
    unit_id: str
    unit_name: str
    trade: str
    served_before: float
    served_after: float
    lacking_before: float
    lacking_after: float
    unknown_before: float
    unknown_after: float
    gained: float
    lost: float
    counted: str


@dataclass(frozen=True)
class InputNote:
    """Say one thing that differs between what two runs were made from."""

    subject: str
    old: str
    new: str
    sentence: str


@dataclass(frozen=True)
class Comparison:
    """Hold everything that differs between two runs.

    Attributes
    ----------
    changes
        Verdicts, shortfalls and people of circles, warnings on other terms first.
    people
        Units and trades where the people served, lacking or unknown are others.
    inputs
        What the runs were made from that is not the same.
    sentences
        The changes in words; one that says so where there are none.
    """

    changes: tuple[ChangeRow, ...]
    people: tuple[PeopleRow, ...]
    inputs: tuple[InputNote, ...]
    sentences: tuple[str, ...]


def compare(old: Path | str, new: Path | str) -> Comparison:
    """Return what changed from one saved run to another.

    Raises
    ------
    InputError
        If a folder does not hold the results of a run, or they are damaged.
    """
    before, after = read_results(old), read_results(new)
    changes = diff_assessments(before, after)
    return Comparison(
        changes=rows_of(ChangeRow, changes),
        people=people_rows(before.coverage, after.coverage),
        inputs=tuple(_inputs(before, after)),
        sentences=tuple(change_sentences(changes)),
    )


def people_rows(before: pd.DataFrame, after: pd.DataFrame) -> tuple[PeopleRow, ...]:
    """Return the units and trades of two coverage tables where the people differ."""
    kept = [*_KEYS, "unit_name", *_PEOPLE, "counted"]
    names = before[kept].merge(after[kept], on=_KEYS, suffixes=("_before", "_after"))
    # People and doors are no sums of one kind.
    both = names[names["counted_before"] == names["counted_after"]]
    was, now = (both[[f"{one}_{when}" for one in _PEOPLE]] for when in ("before", "after"))
    both = both[(was.to_numpy() != now.to_numpy()).any(axis=1)]
    more = both["served_after"] - both["served_before"]
    told = both.assign(
        gained=more.clip(lower=0.0),
        lost=(-more).clip(lower=0.0),
        unit_name=both["unit_name_after"],
        counted=both["counted_after"],
    )
    return rows_of(PeopleRow, told)


def _inputs(before: SavedRun, after: SavedRun) -> Iterator[InputNote]:
    """Yield what differs in terms and in sources."""
    for key, subject in _TERMS.items():
        was, now = (str(run.run.get(key, "")) for run in (before, after))
        if was != now:
            yield _note(subject, was, now)
    old, new = (_by_file(run.run["sources"]) for run in (before, after))
    for name in dict.fromkeys([*old, *new]):
        was, now = (_told(some.get(name)) for some in (old, new))
        if old.get(name) != new.get(name):
            title = (new.get(name) or old.get(name) or {}).get("title", name[1])
            yield _note(str(title), was, now)


def _by_file(sources: list[dict[str, Any]]) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {(one["table"], one["file"]): one for one in sources}


def _told(source: Mapping[str, Any] | None) -> str:
    """Return a source in a few words: how many rows, of when, with which content."""
    if source is None:
        return "没有"
    parts = [f"{source['rows']}行", source["date"], f"内容{source['sha256'][:8]}"]
    return "，".join(part for part in parts if part)


def _note(subject: str, was: str, now: str) -> InputNote:
    sentence = f"{subject}：上次{was or '没有写'}，这次{now or '没有写'}。"
    return InputNote(subject, was, now, sentence)
