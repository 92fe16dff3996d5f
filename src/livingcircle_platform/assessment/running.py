"""Run one assessment from its pinned folder: read, assess, write, and return rows to store."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from pathlib import Path
from typing import Any

from livingcircle.assessment import Assessment
from livingcircle.assessment import assess
from livingcircle.district import District
from livingcircle.documents import write_circle_sheets
from livingcircle.documents import write_plan_sheets
from livingcircle.io.folder import read_description
from livingcircle.io.folder import read_district
from livingcircle.memory import Memory
from livingcircle.reports import check_day
from livingcircle.results import adopt
from livingcircle.results import fresh_folder
from livingcircle.results import write_results
from livingcircle.standards import Standard
from livingcircle.standards import load_standard
from livingcircle_platform.assessment.errors import Cancelled
from livingcircle_platform.assessment.explaining import ExplanationRow
from livingcircle_platform.assessment.explaining import explain
from livingcircle_platform.assessment.figures import unit_rows
from livingcircle_platform.assessment.inputs import Pinned
from livingcircle_platform.assessment.rows import BlindAreaRow
from livingcircle_platform.assessment.rows import CheckRow
from livingcircle_platform.assessment.rows import CircleRow
from livingcircle_platform.assessment.rows import CoverageRow
from livingcircle_platform.assessment.rows import FindingRow
from livingcircle_platform.assessment.rows import GapRow
from livingcircle_platform.assessment.rows import IndexRow
from livingcircle_platform.assessment.rows import IssueRow
from livingcircle_platform.assessment.rows import RepairRow
from livingcircle_platform.assessment.rows import UnitRow
from livingcircle_platform.assessment.rows import rows_of

Progress = Callable[[int, int, str], None]
# How far each part of a run brings it, in hundredths.
WHOLE = 100
READ, _ASSESSED, _EXPLAINED = 20, 70, 80


@dataclass(frozen=True)
class How:
    """Say how to assess; whatever is not said is as the pinned folder says.

    Attributes
    ----------
    standard
        Id of a standard, or a file of one's own.
    walker, at, on
        Who walks, at what hour gates are judged, on what day.
    """

    standard: str | Path = ""
    walker: str = ""
    at: str = ""
    on: date | None = None


@dataclass(frozen=True)
class Outcome:
    """Hold what a run found, ready to be stored.

    Attributes
    ----------
    record
        What ``run.json`` says: checksums, parameters, versions, notes.
    run
        The assessment itself, for a next step in the same process: sheets, sites, scenarios.
    """

    circles: tuple[CircleRow, ...]
    units: tuple[UnitRow, ...]
    findings: tuple[FindingRow, ...]
    gaps: tuple[GapRow, ...]
    blind_areas: tuple[BlindAreaRow, ...]
    coverage: tuple[CoverageRow, ...]
    indices: tuple[IndexRow, ...]
    checks: tuple[CheckRow, ...]
    issues: tuple[IssueRow, ...]
    repairs: tuple[RepairRow, ...]
    explanations: tuple[ExplanationRow, ...]
    record: dict[str, Any]
    run: Assessment = field(repr=False, compare=False)


class Meter:
    """Tell how far a run has come, and stop it where somebody asks.

    Parameters
    ----------
    progress
        Called with (done, total, what is being done).
    cancelled
        Asked at every step.
    """

    def __init__(
        self, progress: Progress | None = None, cancelled: Callable[[], bool] | None = None
    ) -> None:
        self._progress, self._cancelled = progress, cancelled

    def tell(self, done: int, what: str) -> None:
        """Tell how far the whole has come.

        Raises
        ------
        Cancelled
            If somebody asked to stop.
        """
        if self._cancelled is not None and self._cancelled():
            raise Cancelled
        if self._progress is not None:
            self._progress(done, WHOLE, what)

    def part(self, begin: int, end: int) -> Progress:
        """Return who is told of one part of the whole, which runs from one hundredth to another."""

        def told(done: int, total: int, what: str) -> None:
            self.tell(begin + (end - begin) * done // max(total, 1), what)

        return told


def run(
    pinned: Pinned | Path | str,
    out: Path | str,
    *,
    how: How | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    memory: Memory | None = None,
) -> Outcome:
    """Assess a pinned folder, write its results and return them as rows.

    Parameters
    ----------
    pinned
        What :func:`~livingcircle_platform.assessment.inputs.pin_inputs` wrote, or any district
        folder.
    out
        Where the tables, the GeoPackage and ``run.json`` go, whole or not at all.
    memory
        Of an earlier run in this process; the answer is the same without.

    Raises
    ------
    Cancelled
        If ``cancelled`` said so; what stood at ``out`` is left alone.
    LivingCircleError
        If the inputs cannot be assessed, or the results not be written.
    """
    meter = Meter(progress, cancelled)
    folder = folder_of(pinned)
    district = read_district(folder, progress=meter.part(0, READ))
    return run_district(district, folder, out, how=how or How(), meter=meter, memory=memory)


def run_district(
    district: District,
    folder: Path,
    out: Path | str,
    *,
    how: How,
    meter: Meter,
    memory: Memory | None = None,
) -> Outcome:
    """Assess a district that was read from a folder, write its results and return them."""
    with fresh_folder(out) as work:
        made = assess_district(district, folder, how=how, meter=meter, memory=memory)
        outcome = outcome_of(made, meter)
        write_results(made, work, meter.part(_EXPLAINED, WHOLE))
    return outcome


def assess_district(
    district: District,
    folder: Path,
    *,
    how: How,
    meter: Meter | None = None,
    memory: Memory | None = None,
) -> Assessment:
    """Return the assessment of a district as asked, else as its folder says."""
    options = read_description(folder).options
    step = (meter or Meter()).part(READ, _ASSESSED)
    return assess(
        district,
        standard_of(folder, how.standard or district.standard),
        walker=how.walker or str(options.get("walker", "standard")),
        at=how.at or str(options.get("at", "10:00")),
        on=how.on or check_day(str(options.get("on", ""))),
        progress=step,
        memory=memory,
    )


def standard_of(folder: Path, named: str | Path) -> Standard:
    """Return a standard by its id, or from its file, which may be pinned in the folder."""
    own = folder / named
    return load_standard(own if str(named).endswith(".toml") and own.is_file() else named)


def folder_of(pinned: Pinned | Path | str) -> Path:
    """Return the folder of pinned inputs."""
    return pinned.folder if isinstance(pinned, Pinned) else Path(pinned)


def outcome_of(made: Assessment, meter: Meter | None = None) -> Outcome:
    """Return the rows of an assessment."""
    tell = (meter or Meter()).part(_ASSESSED, _EXPLAINED)
    tell(0, 2, "汇总结果")
    circles, units = unit_rows(made)
    tell(1, 2, "说明理由")
    explanations = explain(made)
    return Outcome(
        circles=circles,
        units=units,
        findings=rows_of(FindingRow, made.findings),
        gaps=rows_of(GapRow, made.gaps),
        blind_areas=rows_of(BlindAreaRow, made.blind_areas.reset_index()),
        coverage=rows_of(CoverageRow, made.coverage),
        indices=rows_of(IndexRow, made.indices),
        checks=rows_of(CheckRow, made.circle_checks),
        issues=rows_of(IssueRow, made.issues),
        repairs=rows_of(RepairRow, made.repairs),
        explanations=explanations,
        record=dict(made.run),
        run=made,
    )


def write_sheets(
    made: Assessment, out: Path | str, progress: Progress | None = None
) -> tuple[Path, ...]:
    """Write 一图一单一账两表 and 一圈一策 of every circle beside the results of a run."""
    return _adopted(Path(out), write_plan_sheets(made, out, progress))


def write_sheets_of_circle(made: Assessment, circle_id: str, out: Path | str) -> tuple[Path, ...]:
    """Write the map sheets and 一圈一策 of one circle beside the results of a run."""
    return _adopted(Path(out), write_circle_sheets(made, circle_id, out))


def _adopted(out: Path, paths: list[Path]) -> tuple[Path, ...]:
    """Note files among the results, so that the next run may replace them."""
    adopt(out, [path.relative_to(out).as_posix() for path in paths])
    return tuple(paths)
