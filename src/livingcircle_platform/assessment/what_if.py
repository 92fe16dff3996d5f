"""Play 方案 against how things are: who gains, who loses, which verdicts change."""

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import dataclass

import pandas as pd

from livingcircle.assessment import Assessment
from livingcircle.documents import diff_edit
from livingcircle.errors import InputError
from livingcircle.memory import Memory
from livingcircle.scenarios import ACTION_WORDS
from livingcircle.scenarios import Outcome
from livingcircle.scenarios import Scenario
from livingcircle.scenarios import play
from livingcircle.scenarios import read_scenarios
from livingcircle.tables import ERROR
from livingcircle.tables import check
from livingcircle_platform.assessment.comparing import ChangeRow
from livingcircle_platform.assessment.comparing import PeopleRow
from livingcircle_platform.assessment.comparing import people_rows
from livingcircle_platform.assessment.rows import GapRow
from livingcircle_platform.assessment.rows import rows_of
from livingcircle_platform.assessment.running import Meter
from livingcircle_platform.assessment.running import Progress

INDEX = "basic_coverage"


@dataclass(frozen=True)
class ScenarioStep:
    """Hold one step of a scenario: what is done to which object, and where.

    Attributes
    ----------
    action
        A key of :data:`livingcircle.scenarios.ACTION_WORDS`, such as ``add_outlet``.
    object
        Id of the outlet or gate; blank for a new outlet.
    trades
        Names of the trades of a new outlet, separated by 、.
    space
        Id of a room of the ledger, instead of a place.
    """

    scenario: str
    action: str
    object: str = ""
    trades: str = ""
    space: str = ""
    hours: str = ""
    lon: float | None = None
    lat: float | None = None
    to_lon: float | None = None
    to_lat: float | None = None


@dataclass(frozen=True)
class ScenarioRow:
    """Hold what one scenario comes to.

    Attributes
    ----------
    what
        Its steps in words.
    gaps_before, gaps_after
        How many gaps there are.
    coverage_before, coverage_after
        基本保障类步行覆盖率 of the district, in per cent.
    people
        Units and trades where people are served, lacking or unknown otherwise than before.
    changes
        Verdicts and shortfalls that change.
    closed, opened
        Gaps of units and trades that lack nothing any more, and of those that lacked nothing
        before; a trade that lacks in number now and in reach before is neither.
    """

    scenario: str
    what: str
    gaps_before: int
    gaps_after: int
    coverage_before: float | None
    coverage_after: float | None
    people: tuple[PeopleRow, ...]
    changes: tuple[ChangeRow, ...]
    closed: tuple[GapRow, ...]
    opened: tuple[GapRow, ...]


def what_if(
    made: Assessment,
    steps: Sequence[ScenarioStep],
    *,
    memory: Memory | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[ScenarioRow, ...]:
    """Return what each scenario comes to; every one starts from how things are.

    Parameters
    ----------
    made
        The run as things are, from ``Outcome.run``.
    steps
        Those of one scenario bear its name, and are taken in their order.
    memory
        That of the run, from ``Workshop.memory``; without one the first scenario takes longer.

    Raises
    ------
    InputError
        If a step cannot be read or taken; it says which, and what is missing.
    """
    meter = Meter(progress, cancelled)
    scenarios = read_steps(steps)
    outcomes = play(made, scenarios, memory or Memory(), meter.part(0, 90))
    meter.tell(90, "汇总方案")
    return tuple(map(_row, outcomes))


def read_steps(steps: Sequence[ScenarioStep]) -> list[Scenario]:
    """Return steps as scenarios, checked like a sheet that was uploaded.

    Raises
    ------
    InputError
        If a step cannot be read; it says which, and what is missing.
    """
    unknown = [step.action for step in steps if step.action not in ACTION_WORDS]
    if unknown or not steps:
        what = f"不认识动作“{unknown[0]}”" if unknown else "方案里没有一步"
        raise InputError(
            what, where="方案", remedy=f"从这些里选：{'、'.join(ACTION_WORDS.values())}"
        )
    cells = pd.DataFrame([asdict(step) for step in steps])
    cells.insert(0, "scenario_id", [str(number) for number in range(1, len(steps) + 1)])
    checked = check("scenarios", cells, file="方案", first_row=1)
    wrong = [issue for issue in checked.issues if issue.severity == ERROR]
    if wrong:
        first = wrong[0]
        raise InputError(first.problem, where=f"方案第{first.row}步", remedy=first.remedy)
    return read_scenarios(checked.rows)


def _row(one: Outcome) -> ScenarioRow:
    """Return an outcome as a row."""
    before, after = (rows_of(GapRow, run.gaps) for run in (one.before, one.after))
    lacked, lacks = (frozenset(map(_key, gaps)) for gaps in (before, after))
    return ScenarioRow(
        scenario=one.scenario.name,
        what="；".join(step.words for step in one.scenario.steps),
        gaps_before=len(before),
        gaps_after=len(after),
        coverage_before=_coverage(one.before),
        coverage_after=_coverage(one.after),
        people=people_rows(one.before.coverage, one.after.coverage),
        changes=rows_of(ChangeRow, diff_edit(one.before, one.after)),
        closed=tuple(gap for gap in before if _key(gap) not in lacks),
        opened=tuple(gap for gap in after if _key(gap) not in lacked),
    )


def _key(gap: GapRow) -> tuple[str, str, str]:
    """Return what a gap is about: a trade in a unit, or a requirement about no trade."""
    return gap.level, gap.unit_id, gap.trade or gap.requirement_id


def _coverage(run: Assessment) -> float | None:
    """Return 基本保障类步行覆盖率 of the district."""
    rows = run.indices[(run.indices["index"] == INDEX) & (run.indices["level"] == "district")]
    value = rows["value"].iloc[0] if len(rows) else None
    return None if value is None or pd.isna(value) else float(value)
