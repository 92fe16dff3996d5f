"""Run the main job: from checked tables to verdicts, gaps, blind areas and indices.

``assess`` lays the district on its streets, measures who reaches what, judges every door and
every unit by one standard, and returns everything as tables. The same inputs always give the
same tables.
"""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from livingcircle import __version__
from livingcircle._rules.facts import OutletFacts
from livingcircle._rules.facts import UnitFacts
from livingcircle._rules.facts import read_register
from livingcircle._rules.fitting import fit
from livingcircle.access import Access
from livingcircle.access import Supply
from livingcircle.access import Units
from livingcircle.access import measure
from livingcircle.access import metres_to_lost
from livingcircle.blind_areas import blind_area_table
from livingcircle.blind_areas import neighbourhood_of
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
from livingcircle.inventory import circle_fact_table
from livingcircle.inventory import circle_limits
from livingcircle.inventory import door_table
from livingcircle.inventory import outlet_places
from livingcircle.inventory import repair_table
from livingcircle.reach import Needs
from livingcircle.reach import Services
from livingcircle.reach import judge_services
from livingcircle.reach import list_needs
from livingcircle.reach import supply_of
from livingcircle.reports import match_reports
from livingcircle.reports import parse_day
from livingcircle.run_record import run_record
from livingcircle.situation import Situation
from livingcircle.situation import lay_out
from livingcircle.standards import Standard
from livingcircle.standards import load_standard
from livingcircle.tables import issues_frame
from livingcircle.units import list_units
from livingcircle.walkers import check_hour
from livingcircle.walkers import find_walker

Floats = npt.NDArray[np.float64]
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
    situation, supply, measured, services, facts
        The network, who offers what, the raw distances, the judged radii and what is known of
        every unit, for explanations and maps.
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
    supply: Supply
    measured: Access
    services: Services
    facts: tuple[UnitFacts, ...]

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
    register = read_register(outlets)
    bare = gather(situation, units, register, reported, day)
    step()
    needs = list_needs(situation, standard, on=day)
    own = list_needs(situation, load_standard(FUNCTIONS), prefix=f"{FUNCTIONS}|")
    supply = _supply(register, situation, (needs, own))
    measured = _measure(situation, outlets, supply, {**needs.radii, **own.radii})
    step()
    facts = share(bare, situation, measured, needs.sharing)
    services = judge_services(situation, measured, needs, standard, units, facts)
    step()
    findings = judge_units(standard, facts, services.people)
    step()
    blind = blind_area_table(situation, measured, neighbourhood_of(situation), services.to_draw)
    step()
    circle_facts = circle_fact_table(situation, standard, units, facts)
    assessment = Assessment(
        district=district,
        standard=standard,
        run={"engine": __version__, **run_record(situation, standard, at, day)},
        doors=door_table(situation),
        outlets=outlet_places(situation),
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
            _functions(bare, situation, measured, own),
            measured,
        ),
        circle_facts=circle_facts,
        circle_checks=_circle_checks(situation, standard, circle_facts),
        repairs=repair_table(situation),
        issues=pd.concat([district.issues, issues_frame(strangers)], ignore_index=True),
        situation=situation,
        supply=supply,
        measured=measured,
        services=services,
        facts=tuple(facts),
    )
    step()
    return assessment


def _functions(
    bare: Sequence[UnitFacts], situation: Situation, measured: Access, needs: Needs
) -> pd.DataFrame:
    """Return the findings on the eight basic functions, by their own rules."""
    facts = share(bare, situation, measured, needs.sharing)
    return judge_units(load_standard(FUNCTIONS), facts, {})


def _circle_checks(
    situation: Situation, standard: Standard, circle_facts: pd.DataFrame
) -> pd.DataFrame:
    """Return how every circle is drawn, held against the standard's own limits."""
    return check_circles(
        situation.district,
        situation.areas,
        circle_facts["population"],
        situation.grid,
        circle_limits(standard),
    )


def _supply(
    register: Mapping[str, OutletFacts], situation: Situation, wanted: Sequence[Needs]
) -> Supply:
    """Return who answers everything that some standards want measured."""
    ids = situation.district.outlets.index.tolist()
    supplies = [supply_of(register, ids, needs) for needs in wanted]
    return Supply(
        tuple(name for one in supplies for name in one.needs),
        np.hstack([one.offers for one in supplies]),
        np.hstack([one.maybe for one in supplies]),
        np.hstack([one.present for one in supplies]),
    )


def _measure(
    situation: Situation,
    outlets: pd.DataFrame,
    supply: Supply,
    radii: Mapping[str, tuple[float, float]],
) -> Access:
    """Return the distances of every door to every need."""
    members = situation.members
    numbers = Units(members.door_circle, members.outlet_circle, members.door_community)
    return measure(situation.reader, supply, numbers, radii, _lost(situation, outlets, supply))


def _lost(situation: Situation, outlets: pd.DataFrame, supply: Supply) -> dict[int, Floats] | None:
    """Return how far outlets that no street leads to are; None where there are no streets."""
    if situation.outlet_ends is None:
        return None
    places = np.asarray(situation.grid.project(situation.doors.geometry.to_numpy()), dtype=object)
    return metres_to_lost(
        np.asarray(shapely.get_coordinates(places), dtype=np.float64),
        outlets[["x", "y"]].to_numpy(),
        situation.off_street,
        supply,
    )


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
