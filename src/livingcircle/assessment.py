"""Run the main job: from checked tables to verdicts, gaps, blind areas and indices.

``assess`` lays the district on its streets, measures who reaches what, judges every door and
every unit by one standard, and returns everything as tables. The same inputs always give the
same tables.
"""

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from livingcircle import __version__
from livingcircle._rules.facts import UnitFacts
from livingcircle._rules.fitting import fit
from livingcircle.access import Access
from livingcircle.access import Supply
from livingcircle.blind_areas import blind_area_table
from livingcircle.blind_areas import find_all_blind_areas
from livingcircle.chosen import ChosenSites
from livingcircle.chosen import none_chosen
from livingcircle.circles import check_circles
from livingcircle.coverage import access_table
from livingcircle.coverage import coverage_table
from livingcircle.district import District
from livingcircle.facts import gather
from livingcircle.facts import share
from livingcircle.findings import Finding
from livingcircle.findings import finding_table
from livingcircle.findings import judge_units
from livingcircle.gaps import find_gaps
from livingcircle.gaps import number_gaps
from livingcircle.indices import index_table
from livingcircle.indices import measure_indices
from livingcircle.inventory import circle_fact_table
from livingcircle.inventory import circle_limits
from livingcircle.inventory import door_table
from livingcircle.inventory import outlet_places
from livingcircle.inventory import repair_table
from livingcircle.measuring import answering
from livingcircle.measuring import eight_functions
from livingcircle.measuring import list_asked
from livingcircle.measuring import measure_asked
from livingcircle.memory import Memory
from livingcircle.neighbourhood import neighbourhood_of
from livingcircle.reach import Needs
from livingcircle.reach import Services
from livingcircle.reach import judge_services
from livingcircle.reports import match_reports
from livingcircle.reports import parse_day
from livingcircle.run_record import run_record
from livingcircle.shops import Shops
from livingcircle.shops import list_shops
from livingcircle.situation import Situation
from livingcircle.situation import lay_out
from livingcircle.standards import Standard
from livingcircle.tables import Issue
from livingcircle.tables import issues_frame
from livingcircle.units import Unit
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
STEPS = ("铺路网、安置居民", "测算步行距离", "逐门判定", "对照配置标准", "划步行盲区", "汇总指标")


@dataclass(frozen=True)
class Rows:
    """Hold what some tables are made of.

    Attributes
    ----------
    gaps, indices
        One row each.
    blind_areas
        One table for each service.
    strangers
        Reports that answer no requirement.
    units
        The units of judgement.
    """

    gaps: list[dict[str, object]]
    indices: list[dict[str, object]]
    blind_areas: list[pd.DataFrame]
    strangers: tuple[Issue, ...]
    units: list[Unit]


@dataclass(frozen=True)
class Assessment:
    """Hold the result of one run as tables; see ``docs/reference/results.md`` for the columns.

    Tables are built when they are first asked for.

    Attributes
    ----------
    district, standard
        What was assessed, by which rules.
    at, on
        The hour at which gates were judged, and the day.
    situation, supply, measured, services, facts
        The network, who offers what, the raw distances, the judged radii and what is known of
        every unit, for explanations and maps.
    found
        The verdict on every requirement of every unit.
    needs
        What the standard wants measured.
    rows
        Gaps, indices and blind areas before they are put into tables, and strangers among the
        reports.
    chosen
        Sites that were chosen for the gaps; none before siting.
    """

    district: District
    standard: Standard
    at: str
    on: date | None
    situation: Situation
    supply: Supply
    measured: Access
    services: Services
    facts: tuple[UnitFacts, ...]
    found: tuple[Finding, ...]
    needs: Needs
    rows: Rows
    chosen: ChosenSites = field(default_factory=none_chosen)

    @cached_property
    def run(self) -> Mapping[str, Any]:
        """Return checksums, parameters and versions: enough to run it again."""
        return {
            "engine": __version__,
            **run_record(self.situation, self.standard, self.at, self.on),
        }

    @cached_property
    def doors(self) -> gpd.GeoDataFrame:
        """Return everybody with their unit and street; index ``door_id``."""
        return door_table(self.situation)

    @cached_property
    def outlets(self) -> gpd.GeoDataFrame:
        """Return the outlets with their unit and street; index ``outlet_id``."""
        return outlet_places(self.situation)

    @cached_property
    def access(self) -> pd.DataFrame:
        """Return door × trade: distance, counts, band, verdict, reason."""
        said, trades = self.services.by_trade, self.needs.trades
        return access_table(self.situation, self.measured, said, trades)

    @cached_property
    def findings(self) -> pd.DataFrame:
        """Return unit × requirement: verdict, required, found, shortfall, explanation, clause."""
        return finding_table(self.found)

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """Return unit × trade: people by verdict."""
        return coverage_table(self.situation, self.services.by_trade)

    @cached_property
    def gaps(self) -> pd.DataFrame:
        """Return 缺什么, 补什么, 如何补, most urgent first."""
        return number_gaps(self.rows.gaps)

    @cached_property
    def blind_areas(self) -> gpd.GeoDataFrame:
        """Return 步行服务盲区 with people, nearest alternative and a drawing."""
        return blind_area_table(self.rows.blind_areas, self.district.outlets)

    @cached_property
    def indices(self) -> pd.DataFrame:
        """Return rates with formulas."""
        return index_table(self.rows.indices)

    @cached_property
    def circle_facts(self) -> pd.DataFrame:
        """Return facts of each circle."""
        return circle_fact_table(self.situation, self.standard, self.rows.units, self.facts)

    @cached_property
    def circle_checks(self) -> pd.DataFrame:
        """Return how every circle is drawn, held against the standard's own limits."""
        return check_circles(
            self.district,
            self.situation.areas,
            self.circle_facts["population"],
            self.situation.grid,
            circle_limits(self.standard),
        )

    @cached_property
    def repairs(self) -> pd.DataFrame:
        """Return streets and gates a person should look at."""
        return repair_table(self.situation)

    @cached_property
    def issues(self) -> pd.DataFrame:
        """Return problems of the input files, row by row."""
        strangers = issues_frame(list(self.rows.strangers))
        return pd.concat([self.district.issues, strangers], ignore_index=True)

    @cached_property
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
    memory: Memory | None = None,
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
    memory
        Give the same memory to the next run after an edit, and only what the edit touched is
        computed again; the answer is the same to the byte. Tables must not be edited in place.

    Raises
    ------
    AssessmentError
        If there is nobody to assess.
    NetworkError
        If the streets cannot be made into a network, or there is no such walker.
    """
    check_hour(at)
    memory = Memory() if memory is None else memory
    standard = _known_rules(standard, memory)
    district = _fitted(district, standard, memory)
    step = _steps(progress)
    step()
    day = on or _data_day(district)
    situation = lay_out(district, find_walker(walker), at=at, memory=memory)
    town, strangers = _town(situation, standard, day, memory)
    step()
    needs, own = list_asked(situation, standard, day, memory)
    supply = answering(town.shops, (needs, own), memory)
    measured = measure_asked(situation, town.shops, supply, (needs, own), memory)
    step()
    facts = share(town.facts, town.shops, situation, measured, needs.sharing, memory)
    services = judge_services(situation, measured, needs, standard, town.units, facts, memory)
    step()
    found = judge_units(standard, facts, services.people, memory)
    step()
    place = neighbourhood_of(situation, memory)
    blind = find_all_blind_areas(situation, place, services.to_draw, memory)
    step()
    functions = _judge_functions(town, situation, measured, own, memory)
    rows = Rows(
        gaps=find_gaps(situation, standard, services, town.units, found, memory),
        indices=measure_indices(
            situation, standard, town.units, town.shops, services, functions, measured, memory
        ),
        blind_areas=blind,
        strangers=tuple(strangers),
        units=town.units,
    )
    step()
    memory.forget_unused()
    return Assessment(
        district=district,
        standard=standard,
        at=at,
        on=day,
        situation=situation,
        supply=supply,
        measured=measured,
        services=services,
        facts=tuple(facts),
        found=tuple(found),
        needs=needs,
        rows=rows,
    )


@dataclass(frozen=True)
class _Town:
    """Hold the units of a district, its shops, and what is known of each unit unmeasured."""

    units: list[Unit]
    shops: Shops
    facts: list[UnitFacts]


def _town(
    situation: Situation, standard: Standard, day: date | None, memory: Memory
) -> tuple[_Town, list[Issue]]:
    """Return units, shops and facts, and the reports that answer no requirement."""
    reports = situation.district.reports
    units = list_units(situation, memory)
    reported, strangers = memory.recall(
        "reports", (reports, standard, day), lambda: match_reports(reports, standard, day)
    )
    shops = list_shops(situation, memory)
    return _Town(units, shops, gather(situation, units, shops, reported, day, memory)), strangers


def _judge_functions(
    town: _Town, situation: Situation, measured: Access, own: Needs, memory: Memory
) -> list[Finding]:
    """Return the findings by the standard of the eight basic functions."""
    key = "functions"
    eight = share(
        town.facts, town.shops, situation, measured, own.sharing, memory, key=f"{key} shared"
    )
    return judge_units(eight_functions(memory), eight, {}, memory, key=key)


def _known_rules(standard: Standard, memory: Memory) -> Standard:
    """Return a standard in which whatever equals what it was before is the very same."""
    kept = memory.last("standard")
    if kept is not None and kept.made is not standard:
        known = {one.id: one for one in kept.made.requirements}
        same = tuple(
            known[one.id] if known.get(one.id) == one else one for one in standard.requirements
        )
        old = kept.made
        standard = replace(
            standard,
            requirements=same,
            trades=old.trades if old.trades == standard.trades else standard.trades,
            defaults=old.defaults if old.defaults == standard.defaults else standard.defaults,
        )
    return memory.recall("standard", (standard,), lambda: standard)


def _fitted(district: District, standard: Standard, memory: Memory) -> District:
    """Return the district with the trades that only the standard knows."""
    outlets = district.outlets
    inputs = outlets["trades"].array, outlets.index.array, district.outlet_trades
    issues = district.issues, district.communities
    made = memory.recall(
        "fitted", (*inputs, *issues, district.sources, standard), lambda: fit(district, standard)
    )
    changed = {name: getattr(made, name) for name in ("outlet_trades", "sources", "issues")}
    return replace(district, **changed)


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
