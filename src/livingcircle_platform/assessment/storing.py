"""Turn what a run found into rows of the record."""

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from livingcircle_platform.assessment.explaining import ExplanationRow
from livingcircle_platform.assessment.models import BlindArea
from livingcircle_platform.assessment.models import Finding
from livingcircle_platform.assessment.models import Gap
from livingcircle_platform.assessment.models import IndexValue
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.assessment.models import Unit
from livingcircle_platform.assessment.rows import CircleRow
from livingcircle_platform.assessment.rows import Figure
from livingcircle_platform.assessment.rows import UnitRow
from livingcircle_platform.assessment.running import Outcome
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import CircleMember

_CHUNK = 1_000
_GAP = (
    "gap_id", "circle_name", "trade", "trade_name", "tier", "required", "found", "shortfall",
    "surplus", "people", "elders", "infants", "nearest_m", "urgency", "reason", "remedy",
    "measure", "clause",
)  # fmt: skip
_FINDING = (
    "requirement_id", "subject", "trade", "tier", "severity", "verdict", "required", "found",
    "shortfall", "people", "reason", "explanation", "clause",
)  # fmt: skip
_BLIND = (
    "blind_area_id", "circle_name", "trade", "trade_name", "tier", "radius_m", "doors", "people",
    "elders", "infants", "nearest_m", "farthest_m", "nearest_name", "place",
)  # fmt: skip
_INDEX = ("index", "name", "value", "low", "high", "numerator", "denominator", "formula")
Units = Mapping[tuple[str, str], Unit]


def store(run: Run, outcome: Outcome) -> None:
    """Write the rows of a run in the place of any that an interrupted attempt left."""
    for model in (Gap, Finding, IndexValue, BlindArea, Unit):
        model.objects.filter(run=run).delete()
    units = _store_units(run, outcome)
    findings = _store_findings(run, outcome, units)
    _store_gaps(run, outcome, units, findings)
    _store_blind_areas(run, outcome, units)
    values = (
        IndexValue(
            run=run, unit=units[row.level, row.unit_id], measured_in=row.unit, **_told(row, _INDEX)
        )
        for row in outcome.indices
        if (row.level, row.unit_id) in units
    )
    IndexValue.objects.bulk_create(values, batch_size=_CHUNK)


def _store_units(run: Run, outcome: Outcome) -> Units:
    paths = _paths_by_unit(run)
    rows: Iterable[UnitRow] = (*outcome.circles, *outcome.units)
    made = [_unit(run, row, paths.get((row.level, row.unit_id), "")) for row in rows]
    Unit.objects.bulk_create(made, batch_size=_CHUNK)
    return {(one.level, one.unit_id): one for one in made}


def _unit(run: Run, row: UnitRow, paths: str) -> Unit:
    return Unit(
        run=run, level=row.level, unit_id=row.unit_id, name=row.name,
        circle_code=row.circle_id or "", paths=paths or run.district.path,
        population=row.population, area_km2=row.area_km2, density=row.density,
        outlets=row.outlets,
        presence=_figure(row.presence), completeness=_figure(row.completeness),
        quality=_figure(row.quality), appearance=_figure(row.appearance),
        kind=row.kind if isinstance(row, CircleRow) else "",
        boundary=row.geometry if isinstance(row, CircleRow) else None,
    )  # fmt: skip


def _figure(figure: Figure) -> dict[str, Any]:
    return {**asdict(figure), "verdict": figure.verdict}


def _paths_by_unit(run: Run) -> dict[tuple[str, str], str]:
    """Return, for every unit, the paths of the communities it consists of."""
    areas = Area.objects.under(run.district)
    found = {
        (one.level, one.code if one.level == Area.Level.COMMUNITY else one.name): one.path
        for one in areas.exclude(level=Area.Level.DISTRICT)
    }
    members = CircleMember.objects.filter(circle__circle_set=run.circle_set)
    of_circle: dict[str, list[str]] = {}
    for code, path in members.values_list("circle__code", "community__path").order_by("pk"):
        of_circle.setdefault(code, []).append(path)
    return {**found, **{("circle", code): " ".join(told) for code, told in of_circle.items()}}


def _store_findings(
    run: Run, outcome: Outcome, units: Units
) -> dict[tuple[str, str, str], Finding]:
    why = {(row.requirement_id, row.level, row.unit_id): row for row in outcome.explanations}
    made = {}
    for row in outcome.findings:
        unit = units.get((row.level, row.unit_id))
        if unit is None:
            continue
        key = (row.requirement_id, row.level, row.unit_id)
        told = why.get(key)
        made[key] = Finding(
            run=run, unit=unit, measured_in=row.unit, **_told(row, _FINDING),
            told=_reasons(told) if told else {},
            walk=told.walk.line if told and told.walk else None,
        )  # fmt: skip
    Finding.objects.bulk_create(made.values(), batch_size=_CHUNK)
    return made


def _reasons(row: ExplanationRow) -> dict[str, Any]:
    told: dict[str, Any] = {"rule": row.rule, "lines": list(row.lines)}
    if row.walk is not None:
        walk = {name: value for name, value in vars(row.walk).items() if name not in _SHAPES}
        told["walk"] = {**walk, "lon": row.walk.place.x, "lat": row.walk.place.y}
    return told


_SHAPES = ("place", "line")


def _store_gaps(
    run: Run, outcome: Outcome, units: Units, findings: Mapping[tuple[str, str, str], Finding]
) -> None:
    made = (
        Gap(
            run=run, unit=units[row.level, row.unit_id], circle_code=row.circle_id or "",
            finding=findings.get((row.requirement_id, row.level, row.unit_id)),
            measured_in=row.unit, **_told(row, _GAP),
        )
        for row in outcome.gaps
        if (row.level, row.unit_id) in units
    )  # fmt: skip
    Gap.objects.bulk_create(made, batch_size=_CHUNK)


def _store_blind_areas(run: Run, outcome: Outcome, units: Units) -> None:
    communities = Area.objects.under(run.district).filter(level=Area.Level.COMMUNITY)
    places = dict(communities.values_list("code", "path"))
    made = []
    for row in outcome.blind_areas:
        paths = " ".join(places[code] for code in row.community_ids.split("、") if code in places)
        circle = units.get(("circle", row.circle_id))
        made.append(
            BlindArea(
                run=run, circle_code=row.circle_id or "", communities=row.community_names,
                paths=paths or (circle.paths if circle else run.district.path),
                nearest_outlet=row.nearest_outlet_id or "", shape=row.geometry,
                **_told(row, _BLIND),
            )
        )  # fmt: skip
    BlindArea.objects.bulk_create(made, batch_size=_CHUNK)


def _told(row: Any, names: Iterable[str]) -> dict[str, Any]:  # noqa: ANN401 - a row of the door
    """Return some columns; an unknown text is empty, an unknown number None."""
    found = {name: getattr(row, name) for name in names}
    return {
        name: "" if value is None and name in _TEXTS else value for name, value in found.items()
    }


_TEXTS = frozenset(
    {
        "gap_id", "circle_name", "trade", "trade_name", "tier", "reason", "remedy", "measure",
        "clause", "subject", "severity", "explanation", "nearest_name", "place", "formula",
        "requirement_id", "blind_area_id",
    }
)  # fmt: skip
