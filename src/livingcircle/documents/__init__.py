"""Write the plan sheets 一图一单一账两表 and 一圈一策 from the tables of one assessment."""

import re
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from livingcircle.documents._assessed import circle_ids
from livingcircle.documents._desk import Assessed
from livingcircle.documents._desk import at_desk
from livingcircle.documents.change_list import change_sentences
from livingcircle.documents.change_list import diff_assessments
from livingcircle.documents.change_list import diff_edit
from livingcircle.documents.change_list import write_change_list
from livingcircle.documents.circle_plan import write_circle_plan
from livingcircle.documents.gap_list import FILE_NAME as GAP_LIST
from livingcircle.documents.gap_list import write_gap_list
from livingcircle.documents.map_sheet import Press
from livingcircle.documents.map_sheet import print_figure
from livingcircle.documents.map_sheet import print_map_sheet
from livingcircle.documents.outlet_map import FILE_NAME as OUTLET_MAP
from livingcircle.documents.outlet_map import write_outlet_map
from livingcircle.documents.shortfall_ledger import FILE_NAME as SHORTFALL_LEDGER
from livingcircle.documents.shortfall_ledger import write_shortfall_ledger
from livingcircle.documents.timetables import FILE_NAME as TIMETABLES
from livingcircle.documents.timetables import write_timetables
from livingcircle.errors import OutputError

__all__ = [
    "change_sentences",
    "diff_assessments",
    "diff_edit",
    "write_change_list",
    "write_circle_sheets",
    "write_plan_sheets",
]

Progress = Callable[[int, int, str], None]
Job = tuple[str, Callable[[], list[Path]]]
MAP_FOLDER = "一图_A3"
PLAN_FOLDER = "一圈一策"
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_LONGEST_NAME = 60


def write_plan_sheets(
    assessment: Assessed, out: Path | str, progress: Progress | None = None
) -> list[Path]:
    """Write every plan sheet of a run into a folder and return the files in reading order.

    All files are first written beside the folder and moved in at the end, so that a failure
    leaves what stood there before.

    Parameters
    ----------
    assessment
        The result of ``livingcircle.assess``.
    out
        The folder; made if missing.
    progress
        Called with (done, total, what was just written).

    Raises
    ------
    OutputError
        When a sheet cannot be set or written.
    """
    desk = at_desk(assessment)
    return _written(Path(out), progress, lambda draft: _jobs(desk, draft))


def write_circle_sheets(
    assessment: Assessed, circle_id: str, out: Path | str, progress: Progress | None = None
) -> list[Path]:
    """Write the map sheets and 一圈一策 of one circle, named and placed as among all sheets.

    Parameters
    ----------
    assessment, out, progress
        As for :func:`write_plan_sheets`.
    circle_id
        Id of the circle.

    Raises
    ------
    OutputError
        When there is no such circle, or a sheet cannot be set or written.
    """
    desk = at_desk(assessment)
    names = file_names(desk)
    if circle_id not in names:
        raise OutputError(f"没有编号为“{circle_id}”的生活圈", remedy="照结果表里的编号填写")
    press = Press()
    return _written(
        Path(out),
        progress,
        lambda draft: _circle_jobs(desk, press, draft, circle_id, names[circle_id]),
    )


def _written(
    out: Path, progress: Progress | None, jobs_in: Callable[[Path], list[Job]]
) -> list[Path]:
    """Do jobs that write into a draft folder, and move what they wrote in at the end."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".plan-sheets-") as draft:
        made: list[Path] = []
        jobs = jobs_in(Path(draft))
        for done, (label, write) in enumerate(jobs, start=1):
            try:
                made.extend(write())
            except OSError as error:
                raise OutputError(
                    f"写不出{label}（{error.strerror or error}）",
                    where=str(out),
                    remedy="检查磁盘空间和文件夹权限",
                ) from error
            if progress is not None:
                progress(done, len(jobs), label)
        return [_move(path, out / path.relative_to(draft)) for path in made]


def _jobs(assessed: Assessed, out: Path) -> list[Job]:
    press = Press()
    names = file_names(assessed)
    jobs: list[Job] = [
        ("一图（电子地图）", lambda: [write_outlet_map(assessed, out / OUTLET_MAP)]),
        ("一图（全区 A3）", lambda: _map_sheet(assessed, press, out, "", "全区")),
        ("一单", lambda: [write_gap_list(assessed, out / GAP_LIST)]),
        ("一账", lambda: [write_shortfall_ledger(assessed, out / SHORTFALL_LEDGER)]),
        ("两表", lambda: [write_timetables(assessed, out / TIMETABLES)]),
    ]
    for circle, name in names.items():
        jobs += _circle_jobs(assessed, press, out, circle, name)
    return jobs


def _circle_jobs(assessed: Assessed, press: Press, out: Path, circle: str, name: str) -> list[Job]:
    printed = partial(_map_sheet, assessed, press, out, circle, name)
    planned = partial(_plan, assessed, press, out, circle, name)
    return [(f"一图（{name}）", printed), (f"一圈一策（{name}）", planned)]


def file_names(assessed: Assessed) -> dict[str, str]:
    """Return a file name for each circle: its own, made safe and told apart where two agree."""
    names: dict[str, str] = {}
    for circle in circle_ids(assessed):
        name = _FORBIDDEN.sub("_", str(assessed.circle_facts.loc[circle, "name"])).strip(" .")
        name = name[:_LONGEST_NAME] or "生活圈"
        taken = set(names.values())
        safe = _FORBIDDEN.sub("_", circle)
        names[circle] = f"{name}_{safe}" if name in taken else name
    return names


def _map_sheet(
    assessed: Assessed, press: Press, out: Path, circle_id: str, name: str
) -> list[Path]:
    folder = out / MAP_FOLDER
    folder.mkdir(exist_ok=True)
    paths = []
    for kind, content in print_map_sheet(assessed, press, circle_id).items():
        paths.append(folder / f"{name}_网点分布图.{kind}")
        paths[-1].write_bytes(content)
    return paths


def _plan(assessed: Assessed, press: Press, out: Path, circle_id: str, name: str) -> list[Path]:
    folder = out / PLAN_FOLDER
    folder.mkdir(exist_ok=True)
    figure = print_figure(assessed, press, circle_id)
    return [write_circle_plan(assessed, circle_id, figure, folder / f"{name}_一圈一策.docx")]


def _move(path: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    return path.replace(target)
