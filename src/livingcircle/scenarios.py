"""Play 方案: what if an outlet were added, closed or moved, a gate opened, a footbridge built.

Every scenario starts from how things are. Its steps are edits of the district; the assessment is
run again on the same memory, so that only what the steps touch is computed anew, and held
against the one before.
"""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import shapely

from livingcircle import edits
from livingcircle.assessment import Assessment
from livingcircle.assessment import assess
from livingcircle.district import District
from livingcircle.errors import InputError
from livingcircle.hours import open_spans
from livingcircle.memory import Memory
from livingcircle.trades import match_names

Progress = Callable[[int, int, str], None]
ACTION_WORDS = {
    "add_outlet": "新增网点",
    "close_outlet": "停业",
    "move_outlet": "迁移",
    "open_gate": "开门",
    "footbridge": "新建天桥",
    "change_hours": "调整营业时间",
}


@dataclass(frozen=True)
class Step:
    """Hold one edit of a scenario: a row of the scenario table."""

    row: int
    action: str
    object: str
    trades: str
    space: str
    hours: str
    place: tuple[float, float] | None
    to: tuple[float, float] | None

    @property
    def words(self) -> str:
        """Say what is done, for readers."""
        about = [self.object, self.trades, self.space and f"空间{self.space}", self.hours]
        told = "，".join(one for one in about if one)
        return f"{ACTION_WORDS[self.action]}：{told}" if told else ACTION_WORDS[self.action]


@dataclass(frozen=True)
class Scenario:
    """Name some steps that are taken together."""

    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Outcome:
    """Hold what a scenario comes to.

    Attributes
    ----------
    scenario
        What was done.
    before, after
        The assessment as things are, and as they would be.
    """

    scenario: Scenario
    before: Assessment
    after: Assessment

    @property
    def people(self) -> pd.DataFrame:
        """Return people lacking each trade in each unit, before and after, where that changed.

        Columns: level, unit_id, trade, lacking_before, lacking_after, served_before,
        served_after, unknown_before, unknown_after.
        """
        keys = ["level", "unit_id", "trade"]
        numbers = ["lacking", "served", "unknown"]
        both = self.before.coverage[[*keys, *numbers]].merge(
            self.after.coverage[[*keys, *numbers]], on=keys, suffixes=("_before", "_after")
        )
        was, now = (both[[f"{one}_{when}" for one in numbers]] for when in ("before", "after"))
        changed = (was.to_numpy() != now.to_numpy()).any(axis=1)
        return pd.DataFrame(both[changed]).reset_index(drop=True)


def read_scenarios(rows: pd.DataFrame) -> list[Scenario]:
    """Return the scenarios of a checked ``scenarios`` table, each in the order of its rows."""
    found: dict[str, list[Step]] = {}
    for row in rows.sort_values("row", kind="stable").astype(object).to_dict("records"):
        found.setdefault(str(row["scenario"]), []).append(_step(row))
    return [Scenario(name, tuple(steps)) for name, steps in found.items()]


def _step(row: Mapping[Any, Any]) -> Step:
    """Return one row as a step."""
    words = {
        name: "" if pd.isna(row[name]) else str(row[name])
        for name in ("action", "object", "trades", "space", "hours")
    }
    return Step(
        row=int(row["row"]),
        place=_place(row["lon"], row["lat"]),
        to=_place(row["to_lon"], row["to_lat"]),
        **words,
    )


def _place(lon: Any, lat: Any) -> tuple[float, float] | None:  # noqa: ANN401 - cells
    return None if pd.isna(lon) or pd.isna(lat) else (float(lon), float(lat))


def apply(district: District, scenario: Scenario) -> District:
    """Return the district as it would be; the old one is left as it is.

    Raises
    ------
    InputError
        If a step cannot be taken: it says which row, and what is missing.
    """
    for step in scenario.steps:
        try:
            district = _ACTIONS[step.action](district, scenario, step)
        except InputError as problem:
            where = f"方案“{scenario.name}”第{step.row}行"
            if problem.where:
                where = f"{where}，{problem.where}"
            raise InputError(problem.what, where=where, remedy=problem.remedy) from problem
    return district


def play(
    before: Assessment,
    scenarios: Sequence[Scenario],
    memory: Memory,
    progress: Progress | None = None,
) -> list[Outcome]:
    """Return what each scenario comes to.

    Parameters
    ----------
    before
        How things are, assessed with ``memory``.
    scenarios
        What might be done.
    memory
        That of ``before``; only what a scenario touches is computed again.
    progress
        Called with (done, total, scenario).
    """
    found = []
    for done, scenario in enumerate(scenarios):
        if progress is not None:
            progress(done, len(scenarios), scenario.name)
        after = assess(
            apply(before.district, scenario),
            before.standard,
            walker=before.situation.walker.name,
            at=before.at,
            on=before.on,
            memory=memory,
        )
        found.append(Outcome(scenario, before, after))
    return found


def _add(district: District, scenario: Scenario, step: Step) -> District:
    """Open a new outlet in a room of the ledger, or anywhere."""
    matched = match_names(step.trades)
    if not matched.codes or matched.unmatched:
        what = f"认不出的业态“{'、'.join(matched.unmatched) or step.trades}”"
        raise InputError(what, remedy="写业态表里的名称，如 药店")
    outlet = step.object or f"方案-{scenario.name}-{step.row}"
    cells: dict[str, edits.Cell] = {"name": f"拟设{step.trades}", "hours": step.hours}
    if step.space:
        cells["area_m2"] = float(_space(district, step)["area_m2"])
    return edits.add_outlet(district, outlet, matched.codes, _where(district, step), cells)


def _close(district: District, scenario: Scenario, step: Step) -> District:
    """Close an outlet."""
    del scenario
    return edits.change_outlet(district, _object(step, "网点"), {"status": "closed"})


def _move(district: District, scenario: Scenario, step: Step) -> District:
    """Move an outlet to a room of the ledger, or anywhere."""
    del scenario
    return edits.move_outlet(district, _object(step, "网点"), _where(district, step))


def _hours(district: District, scenario: Scenario, step: Step) -> District:
    """Change when an outlet is open."""
    del scenario
    if not step.hours:
        raise InputError("没有写调整后的营业时间", remedy="如 06:00-22:00")
    if open_spans(step.hours) is None:
        raise InputError(f"读不懂的营业时间“{step.hours}”", remedy="如 06:00-22:00，或 24小时")
    return edits.change_outlet(district, _object(step, "网点"), {"hours": step.hours})


def _open_gate(district: District, scenario: Scenario, step: Step) -> District:
    """Open a gate to everybody, at all hours."""
    del scenario
    cells = {"gate_class": "public", "hours": step.hours}
    return edits.change_gate(district, _object(step, "小区门"), cells)


def _bridge(district: District, scenario: Scenario, step: Step) -> District:
    """Build a footbridge."""
    if step.place is None or step.to is None:
        raise InputError("天桥要写两端的经纬度", remedy="填 经度、纬度、到经度、到纬度")
    name = step.object or f"方案-{scenario.name}-{step.row}"
    return edits.add_footbridge(district, name, step.place, step.to)


_ACTIONS: Mapping[str, Callable[[District, Scenario, Step], District]] = {
    "add_outlet": _add,
    "close_outlet": _close,
    "move_outlet": _move,
    "change_hours": _hours,
    "open_gate": _open_gate,
    "footbridge": _bridge,
}


def _object(step: Step, kind: str) -> str:
    """Return the id a step is about."""
    if not step.object:
        raise InputError(f"没有写{kind}编号", remedy="在“对象编号”里填上")
    return step.object


def _where(district: District, step: Step) -> tuple[float, float]:
    """Return where a step puts an outlet."""
    if step.place is not None and step.space:
        raise InputError("空间编号和经纬度写了两样", remedy="只留一样")
    if step.place is not None:
        return _in_extent(district, step.place)
    if not step.space:
        raise InputError("没有写放在哪里", remedy="填 空间编号，或 经度、纬度")
    point = _space(district, step).geometry
    if point is None or point.is_empty:
        raise InputError(f"空间“{step.space}”没有登记位置", remedy="补登位置，或填 经度、纬度")
    place = point.representative_point()
    return place.x, place.y


def _in_extent(district: District, place: tuple[float, float]) -> tuple[float, float]:
    """Return a place inside the data; beyond them nobody knows who lives there."""
    point = shapely.Point(*place)
    if district.extent is not None and not district.extent.intersects(point):
        what = f"“{place[0]}, {place[1]}”不在数据范围内"
        raise InputError(what, remedy="核对经度、纬度，先写经度")
    return place


def _space(district: District, step: Step) -> Any:  # noqa: ANN401 - a row of spaces
    if step.space not in district.spaces.index:
        raise InputError(f"空间台账里没有“{step.space}”", remedy="核对空间编号")
    return district.spaces.loc[step.space]
