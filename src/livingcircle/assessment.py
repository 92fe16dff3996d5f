"""Run the main job: from checked tables to verdicts, gaps, blind areas and indices.

``assess`` lays the district on its streets, measures who reaches what, judges every door and
every unit by one standard, and returns everything as tables. The same inputs always give the
same tables.
"""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import fields
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from livingcircle import __version__
from livingcircle._rules.facts import read_register
from livingcircle._rules.fitting import fit
from livingcircle.access import Access
from livingcircle.access import Supply
from livingcircle.access import Units
from livingcircle.access import measure
from livingcircle.blind_areas import Neighbourhood
from livingcircle.blind_areas import blind_area_table
from livingcircle.blind_areas import neighbourhood
from livingcircle.blind_areas import neighbours_by_line
from livingcircle.blind_areas import neighbours_on_streets
from livingcircle.circles import check_circles
from livingcircle.coverage import access_table
from livingcircle.coverage import coverage_table
from livingcircle.district import District
from livingcircle.facts import gather
from livingcircle.facts import outlet_table
from livingcircle.facts import share
from livingcircle.findings import judge_units
from livingcircle.gaps import find_gaps
from livingcircle.indices import measure_indices
from livingcircle.reach import Needs
from livingcircle.reach import judge_services
from livingcircle.reach import list_needs
from livingcircle.reach import supply_of
from livingcircle.reports import match_reports
from livingcircle.reports import parse_day
from livingcircle.situation import Situation
from livingcircle.situation import lay_out
from livingcircle.standards import Standard
from livingcircle.standards import load_standard
from livingcircle.tables import issues_frame
from livingcircle.units import list_units
from livingcircle.walkers import check_hour
from livingcircle.walkers import find_walker

Progress = Callable[[int, int, str], None]

# Tables of an assessment in the order a reader wants them.
TABLE_NAMES = (
    "gaps",
    "findings",
    "blind_areas",
    "coverage",
    "indices",
    "circle_facts",
    "circle_checks",
    "access",
    "doors",
    "outlets",
    "repairs",
    "issues",
)
# 便利性指数 is defined on Beijing's eight functions, whatever standard is assessed.
FUNCTIONS = "beijing_eight"
FACTS = ["name", "kind", "population", "area_km2", "density", "households", "communities"]
FACTS += ["doors", "outlets", "basic_trades_present"]
STEPS = ("铺路网、安置居民", "测算步行距离", "逐门判定", "对照配置标准", "划步行盲区", "汇总指标")


@dataclass(frozen=True)
class Assessment:
    """Hold the result of one run as tables; see ``docs/reference/results.md`` for the columns.

    Attributes
    ----------
    district, standard
        What was assessed, by which rules.
    run
        Checksums, parameters and versions: enough to run it again.
    doors, outlets
        Everybody with their unit and street; index ``door_id`` and ``outlet_id``.
    access
        Door × trade: distance, counts, band, verdict, reason.
    findings
        Unit × requirement: verdict, required, found, shortfall, explanation, clause.
    coverage
        Unit × trade: people by verdict.
    gaps
        缺什么, 补什么, 如何补, most urgent first.
    blind_areas
        步行服务盲区 with people, nearest alternative and a drawing.
    indices, circle_facts, circle_checks
        Rates with formulas; facts and shape checks of each circle.
    repairs
        Streets and gates a person should look at.
    issues
        Problems of the input files, row by row.
    situation, measured
        The network and the raw distances, for explanations and maps.
    """

    district: District
    standard: Standard
    run: Mapping[str, Any]
    doors: gpd.GeoDataFrame
    outlets: gpd.GeoDataFrame
    access: pd.DataFrame
    findings: pd.DataFrame
    coverage: pd.DataFrame
    gaps: pd.DataFrame
    blind_areas: gpd.GeoDataFrame
    indices: pd.DataFrame
    circle_facts: pd.DataFrame
    circle_checks: pd.DataFrame
    repairs: pd.DataFrame
    issues: pd.DataFrame
    situation: Situation
    measured: Access

    @property
    def circles(self) -> gpd.GeoDataFrame:
        """Return the circles with their facts and the boundary that was used."""
        facts = self.circle_facts.drop(columns=["name", "kind", "population"])
        table = self.district.circles.drop(columns=["households"]).join(facts)
        return table.set_geometry(self.situation.areas.reindex(table.index))


def assess(
    district: District,
    standard: Standard,
    *,
    walker: str = "standard",
    at: str = "10:00",
    on: date | None = None,
    progress: Progress | None = None,
) -> Assessment:
    """Return the assessment of a district by a standard.

    Parameters
    ----------
    district
        Checked tables, from :func:`livingcircle.read_district` or made in memory.
    standard
        Rules, from :func:`livingcircle.load_standard`.
    walker
        ``"standard"``, ``"elder"``, ``"brisk"`` or ``"wheelchair"``.
    at
        Hour at which gates are judged, ``"HH:MM"``.
    on
        Day of the assessment: which requirements are in force, which targets are due, which
        reports count. By default the latest date that the data name; never today, because the
        same inputs give the same tables.
    progress
        Called with (done, total, what is being done).

    Raises
    ------
    AssessmentError
        If there is nobody to assess.
    NetworkError
        If the streets cannot be made into a network, or there is no such walker.
    """
    check_hour(at)
    district = fit(district, standard)
    step = _steps(progress)
    step()
    day = on or _data_day(district)
    situation = lay_out(district, find_walker(walker), at=at)
    units = list_units(situation)
    reported, strangers = match_reports(district.reports, standard, day)
    outlets = outlet_table(situation)
    bare = gather(situation, units, outlets, reported, day)
    step()
    eight = load_standard(FUNCTIONS)
    needs = list_needs(situation, standard, on=day)
    own = list_needs(situation, eight, prefix=f"{FUNCTIONS}|")
    measured = _measure(situation, outlets, (needs, own))
    step()
    facts = share(bare, situation, measured, needs.sharing)
    services = judge_services(situation, measured, needs, standard, units, facts)
    step()
    findings = judge_units(standard, facts, services.people)
    step()
    blind = blind_area_table(situation, measured, _neighbourhood(situation), services.to_draw)
    step()
    circle_facts = _circle_facts(situation, standard, units, facts)
    assessment = Assessment(
        district=district,
        standard=standard,
        run=_run_record(situation, standard, at, day),
        doors=_doors(situation),
        outlets=_outlets(situation),
        access=access_table(situation, measured, services.by_trade, needs.trades),
        findings=findings,
        coverage=coverage_table(situation, services.by_trade),
        gaps=find_gaps(situation, standard, services, units, findings),
        blind_areas=blind,
        indices=measure_indices(
            situation,
            standard,
            units,
            facts,
            services,
            judge_units(eight, share(bare, situation, measured, own.sharing), {}),
        ),
        circle_facts=circle_facts,
        circle_checks=check_circles(
            district, situation.areas, circle_facts["population"], situation.grid
        ),
        repairs=_repairs(situation),
        issues=pd.concat([district.issues, issues_frame(strangers)], ignore_index=True),
        situation=situation,
        measured=measured,
    )
    step()
    return assessment


def _measure(situation: Situation, outlets: pd.DataFrame, wanted: Sequence[Needs]) -> Access:
    """Return the distances of every door to everything that some standards want measured."""
    register = read_register(outlets)
    supplies = [supply_of(register, list(outlets.index), needs) for needs in wanted]
    supply = Supply(
        tuple(name for one in supplies for name in one.needs),
        np.hstack([one.offers for one in supplies]),
        np.hstack([one.maybe for one in supplies]),
        np.hstack([one.present for one in supplies]),
    )
    members = situation.members
    numbers = Units(members.door_circle, members.outlet_circle, members.door_community)
    radii = {need: radius for needs in wanted for need, radius in needs.radii.items()}
    return measure(situation.reader, supply, numbers, radii)


def _data_day(district: District) -> date | None:
    """Return the latest day that the files or the reports speak of, or None."""
    told = [source.date for source in district.sources] + district.reports["date"].tolist()
    days = [day for text in told if (day := parse_day(text)) is not None]
    return max(days, default=None)


def _steps(progress: Progress | None) -> Callable[[], None]:
    """Return a function that announces the next step each time it is called."""
    remaining = iter([*enumerate(STEPS), (len(STEPS), "完成")])

    def step() -> None:
        done, what = next(remaining)
        if progress is not None:
            progress(done, len(STEPS), what)

    return step


def _neighbourhood(situation: Situation) -> Neighbourhood:
    """Return whose neighbour every door is, and the ground it stands on."""
    points = situation.grid.project(situation.doors.geometry.to_numpy())
    if situation.graph is None:
        links = neighbours_by_line(shapely.get_coordinates(points))
    else:
        links = neighbours_on_streets(situation.graph, len(points))
    barriers = situation.district.barriers
    water = barriers[barriers["kind"] == "river"].geometry.to_numpy()
    water = situation.grid.project(water[shapely.get_dimensions(water) == 2])  # noqa: PLR2004
    return neighbourhood(links, np.asarray(points, dtype=object), np.asarray(water, dtype=object))


def _doors(situation: Situation) -> gpd.GeoDataFrame:
    """Return the doors with their units, streets and how far the data reach around them."""
    doors = situation.doors
    circles = np.array([*situation.members.circles, ""], dtype=object)
    kept = ["name", "compound", "residents", "age_0_3", "age_60_plus", "age_65_plus"]
    kept += ["age_80_plus", "basis", "geometry"]
    table = doors[kept].rename_axis("door_id")
    table.insert(1, "community_id", doors["community"].to_numpy(dtype=object))
    table.insert(2, "circle_id", circles[situation.members.door_circle])
    street, leg, side, status = _ends(situation, outlets=False)
    edge = situation.edge_metres
    table = table.assign(
        street=street,
        leg_m=leg,
        side=side,
        attach=status,
        edge_m=np.where(np.isfinite(edge), np.round(edge, 1), np.nan),
    )
    return table.round(
        {"residents": 2, "age_0_3": 2, "age_60_plus": 2, "age_65_plus": 2, "age_80_plus": 2}
    )


def _outlets(situation: Situation) -> gpd.GeoDataFrame:
    """Return the outlets with their units and streets."""
    district, members = situation.district, situation.members
    communities = np.array([*members.communities, ""], dtype=object)
    circles = np.array([*members.circles, ""], dtype=object)
    street, leg, side, status = _ends(situation, outlets=True)
    return district.outlets.assign(
        community_id=communities[members.outlet_community],
        circle_id=circles[members.outlet_circle],
        street=street,
        leg_m=leg,
        side=side,
        attach=status,
    )


def _ends(situation: Situation, *, outlets: bool) -> tuple[Any, Any, Any, Any]:
    """Return street, leg, side and kind of attachment for every door or outlet."""
    count = len(situation.district.outlets) if outlets else len(situation.doors)
    ends = situation.outlet_ends if outlets else situation.door_ends
    if ends is None or situation.network is None:
        blank = np.full(count, "", dtype=object)
        return blank, np.full(count, np.nan), blank, np.full(count, "straight_line", dtype=object)
    best = ends.best(count)
    on = best["segment"].fillna(-1).to_numpy(dtype=np.int64)
    names = np.array([*situation.network.name, ""], dtype=object)
    sides = best["side"].map({1.0: "left", -1.0: "right", 0.0: ""}).fillna("")
    leg = best["leg"].where(best["leg"] < np.inf).round(1)
    status = np.where(on >= 0, "street", "off_network")
    return names[on], leg.to_numpy(), sides.where(on >= 0, "").to_numpy(), status


def _repairs(situation: Situation) -> pd.DataFrame:
    """Return what a person should look at on the network, longest first."""
    columns = ["kind", "place", "lon", "lat", "length_m", "sentence"]
    rows = [{"kind": "note", "sentence": note} for note in situation.notes]
    if situation.network is None:
        rows.append({"kind": "no_streets", "sentence": "没有道路数据，距离按直线×1.3估算"})
        return pd.DataFrame(rows, columns=columns)
    off = int(situation.off_network.sum())
    if off:
        rows.append(
            {"kind": "off_network", "sentence": f"{off}个楼门200米内没有可走的道路，未核实"}
        )
    table = pd.concat([pd.DataFrame(rows, columns=columns), situation.network.repairs])
    return table.sort_values(
        ["kind", "length_m", "lon", "lat"], ascending=[True, False, True, True], ignore_index=True
    )


def _circle_facts(
    situation: Situation, standard: Standard, units: list[Any], facts: list[Any]
) -> pd.DataFrame:
    """Return one row of facts for each circle."""
    basic = {row.trade for row in standard.trades if row.tier == "basic"}
    rows = {}
    for unit, fact in zip(units, facts, strict=True):
        if unit.level != "circle":
            continue
        present = frozenset().union(*fact.outlets["trades"]) if len(fact.outlets) else frozenset()
        people, area = fact.population, fact.area_km2
        rows[unit.unit_id] = {
            "name": unit.name,
            "kind": fact.kind,
            "population": np.nan if people is None else round(people, 1),
            "area_km2": np.nan if area is None else round(area, 3),
            "density": round(people / area, 1) if people is not None and area else np.nan,
            "households": np.nan if fact.households is None else fact.households,
            "communities": len(unit.communities),
            "doors": len(unit.doors),
            "outlets": len(fact.outlets),
            "basic_trades_present": len(basic & present),
        }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=None if rows else FACTS)
    return table.reindex(situation.district.circles.index).rename_axis("circle_id")


def _run_record(
    situation: Situation, standard: Standard, at: str, on: date | None
) -> dict[str, Any]:
    """Return everything that is needed to run the same assessment again."""
    sources = [
        asdict(source) | {"complete_for": sorted(source.complete_for), "status": str(source.status)}
        for source in situation.district.sources
    ]
    network, walker = situation.network, situation.walker
    dates = sorted(source["date"] for source in sources if source["date"])
    return {
        "engine": __version__,
        "district": situation.district.name,
        "standard": standard.id,
        "standard_title": standard.title,
        "standard_sha256": standard.sha256,
        "walker": {f.name: getattr(walker, f.name) for f in fields(walker) if f.name != "seconds"}
        | {"seconds": dict(walker.seconds)},
        "walker_label": situation.walker.describe(),
        "at": at,
        "on": on.isoformat() if on else "",
        "method": situation.reader.method,
        "data_date": dates[-1] if dates else "",
        "grid": {"lon0": situation.grid.lon0, "lat0": situation.grid.lat0},
        "network": network.summary() if network else {},
        "sources": sources,
        "notes": [*situation.notes, *_validity(standard, on), *_blank(standard)],
    }


def _blank(standard: Standard) -> list[str]:
    """Return a sentence where there is nothing in the standard to judge by."""
    told = f"配置标准《{standard.title}》是空白模板，只有原文，没有可以判定的要求"
    return [told] if standard.blank else []


def _validity(standard: Standard, on: date | None) -> list[str]:
    """Return a sentence where the standard is not in force on the day of the assessment."""
    if on is None:
        return ["没有评估日期，不核对配置标准和各项要求的起止日期"]
    first, last = standard.valid_from, standard.valid_to
    if (first or on) <= on <= (last or on):
        return []
    span = f"{first or '…'}至{last or '…'}"
    return [f"评估日期{on}不在配置标准的有效期（{span}）之内，结论只供参考"]
