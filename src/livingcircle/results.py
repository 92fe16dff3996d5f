"""Write an assessment as a folder of tables: Parquet, one GeoPackage with styles, a run record.

Everything is written to a folder beside the target and moved into place at the end, so a reader
finds the old results or the new ones, never half of each.
"""

import json
import shutil
import tempfile
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyogrio
from shapely.errors import ShapelyError

from livingcircle.assessment import TABLE_NAMES
from livingcircle.assessment import Assessment
from livingcircle.district import Source
from livingcircle.errors import InputError
from livingcircle.errors import OutputError

# Layers a planner opens in QGIS, bottom to top, with the style each comes with.
LAYERS = ("streets", "communities", "circles", "blind_areas", "doors", "outlets")
SITES = "sites"  # on top of all, where sites were chosen
GEOPACKAGE = "livingcircle.gpkg"
RUN_RECORD = "run.json"
MARK = ".livingcircle-results"
MARK_LINE = "由 livingcircle 写出；重新运行会整体替换下列文件。"
# What a comparison reads of each saved table.
_COMPARED = {
    "findings": ("requirement_id", "unit_id", "unit_name", "level", "trade", "verdict", "unit",
                 "shortfall"),
    "circle_facts": ("name", "population"),
    "coverage": ("level", "unit_id", "unit_name", "trade", "served", "lacking", "unknown",
                 "counted"),
}  # fmt: skip
_GDAL = {
    # GDAL stamps layers with the time; a fixed one keeps equal results equal to the byte.
    "OGR_CURRENT_DATE": "2000-01-01T00:00:00Z",
    # A file that was not finished is thrown away as a whole: nothing has to be undone in it.
    "OGR_SQLITE_SYNCHRONOUS": "OFF",
    "OGR_SQLITE_JOURNAL": "OFF",
}
_WRITERS = 2  # the layers beside the tables
LONGEST = "access"
# QGIS, Excel and file managers leave these beside what they open.
TRACE_STARTS = ("~$", ".~lock.", ".DS_Store", "Thumbs.db", "desktop.ini")
TRACE_ENDS = (".gpkg-wal", ".gpkg-shm", ".gpkg-journal", ".aux.xml")


@contextmanager
def fresh_folder(out: Path | str) -> Iterator[Path]:
    """Yield an empty folder that takes the place of ``out`` when the block succeeds.

    Raises
    ------
    OutputError
        If something stands at ``out`` that we did not write.
    """
    try:
        out = Path(out).resolve()
        _refuse_foreign(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as problem:
        raise OutputError(
            f"不能在这里写文件（{problem.strerror}）",
            where=str(out)[:80],
            remedy="换一个有写权限的文件夹",
        ) from problem
    try:
        yield work
        (work / MARK).write_text("\n".join([MARK_LINE, *_contents(work), ""]), "utf-8")
        _swap(work, out)
    except OSError as problem:
        raise OutputError(
            f"写结果时出错（{problem.strerror}），原有结果未动",
            where=str(out),
            remedy="检查磁盘空间",
        ) from problem
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _contents(folder: Path) -> list[str]:
    """Return everything below a folder that is not itself a plain folder, sorted."""
    found = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted(path.relative_to(folder).as_posix() for path in found)


def adopt(folder: Path, names: Sequence[str]) -> None:
    """Note files added to a folder of ours, so that it can still be replaced as a whole."""
    mark = folder / MARK
    if mark.is_file():
        known = mark.read_text("utf-8", errors="replace").splitlines()
        mark.write_text("\n".join([*dict.fromkeys([*known, *names]), ""]), "utf-8")


def _refuse_foreign(out: Path) -> None:
    """Refuse to replace anything we did not write, such as a map project saved beside it."""
    if out.parent == out:
        raise OutputError("这是磁盘的根", where=str(out), remedy="换一个输出文件夹")
    if not out.exists():
        return
    if not out.is_dir():  # a file, a pipe, a device
        foreign = [out.name]
    else:
        mark = out / MARK
        known = mark.read_text("utf-8", errors="replace") if mark.is_file() else ""
        ours = {MARK, *known.splitlines()} if known else set()
        foreign = [name for name in _contents(out) if name not in ours and not _is_trace(name)]
    if foreign:
        more = f"等{len(foreign)}个" if len(foreign) > 1 else ""
        raise OutputError(
            f"这个位置已有别的内容（{foreign[0]}{more}），没有覆盖",
            where=str(out),
            remedy="换一个输出文件夹，或先移走里面的文件",
        )


def _is_trace(name: str) -> bool:
    """Return whether a file is only what another program leaves behind while it looks."""
    last = name.rpartition("/")[2]
    return last.startswith(TRACE_STARTS) or last.endswith(TRACE_ENDS)


def _swap(work: Path, out: Path) -> None:
    """Put the new folder where the old one was."""
    work.chmod(0o755)
    old = work.with_name(work.name + "-old")
    kept = out.exists()
    if kept:
        out.rename(old)
    try:
        work.rename(out)
    except OSError:
        if kept:
            old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)


def write_results(
    assessment: Assessment,
    folder: Path | str,
    progress: Callable[[int, int, str], None] | None = None,
) -> None:
    """Write every table, the GeoPackage and the run record into an existing folder."""
    folder = Path(folder)
    tables = folder / "tables"
    tables.mkdir()
    for name in ("doors", "outlets", "blind_areas", "circles"):
        getattr(assessment, name)  # layers are made of them, in a thread of their own
    with ThreadPoolExecutor(_WRITERS) as pool:

        def written_soon(name: str) -> "Future[None]":
            frame: pd.DataFrame = getattr(assessment, name)
            return pool.submit(frame.to_parquet, tables / f"{name}.parquet")

        # Layers keep the interpreter to themselves while they are written; a table does not: so
        # the longest one is on its way first.
        written = {LONGEST: written_soon(LONGEST)}
        layers = pool.submit(write_geopackage, assessment, folder / GEOPACKAGE)
        written |= {name: written_soon(name) for name in TABLE_NAMES if name != LONGEST}
        for done, name in enumerate(TABLE_NAMES):
            if progress is not None:
                progress(done, len(TABLE_NAMES), name)
            written[name].result()
        layers.result()
    if len(assessment.chosen):
        assessment.chosen.places.to_parquet(tables / f"{SITES}.parquet")
        assessment.chosen.gaps.to_parquet(tables / "site_gaps.parquet")
    record = json.dumps(assessment.run, ensure_ascii=False, indent=2, sort_keys=True)
    (folder / RUN_RECORD).write_text(record + "\n", "utf-8")
    if progress is not None:
        progress(len(TABLE_NAMES), len(TABLE_NAMES), RUN_RECORD)


def write_geopackage(assessment: Assessment, path: Path | str) -> None:
    """Write the layers a planner wants in QGIS, each with its default style."""
    names = [*LAYERS, SITES] if len(assessment.chosen) else LAYERS
    with steady_layers():
        for name in names:
            layer = _layer(assessment, name)
            if len(layer):
                pyogrio.write_dataframe(layer, path, layer=name, driver="GPKG", use_arrow=True)
        pyogrio.write_dataframe(_styles(names), path, layer="layer_styles", driver="GPKG")


@contextmanager
def steady_layers() -> Iterator[None]:
    """Let layers be written without a trace of the clock while the block runs."""
    pyogrio.set_gdal_config_options(_GDAL)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys(_GDAL))


def _layer(assessment: Assessment, name: str) -> gpd.GeoDataFrame:
    """Return one layer with plain columns, rows without a place left out."""
    holder = assessment.district if name in ("streets", "communities") else assessment
    table = assessment.chosen.places if name == SITES else getattr(holder, name)
    layer = table.reset_index(drop=name == SITES)
    layer = layer[layer.geometry.notna() & ~layer.geometry.is_empty]
    return layer.set_crs("EPSG:4326", allow_override=True)


def _styles(names: Sequence[str]) -> pd.DataFrame:
    """Return the table in which QGIS looks for each layer's style."""
    folder = files("livingcircle") / "styles"
    rows = [
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": name,
            "f_geometry_column": "geom",
            "styleName": name,
            "styleQML": (folder / f"{name}.qml").read_text("utf-8"),
            "styleSLD": "",
            "useAsDefault": True,
            "description": "livingcircle",
            "owner": "",
            "ui": "",
            "update_time": "2000-01-01T00:00:00Z",
        }
        for name in names
    ]
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Label:
    """Name the district or the standard of a run that was read back."""

    name: str
    id: str = ""
    title: str = ""
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True)
class SavedRun:
    """Hold what was written of an earlier run: its record and the tables to compare by."""

    district: Label
    standard: Label
    run: dict[str, Any]
    findings: pd.DataFrame
    circle_facts: pd.DataFrame
    coverage: pd.DataFrame
    blind_areas: gpd.GeoDataFrame


def read_results(folder: Path | str) -> SavedRun:
    """Return an earlier run from its folder, for comparison.

    Raises
    ------
    InputError
        If the folder does not hold the results of a run, or they are damaged.
    """
    folder = Path(folder)
    record, tables = folder / RUN_RECORD, folder / "tables"
    if not record.is_file() or not tables.is_dir():
        raise InputError(
            "这里没有评估结果",
            where=str(folder)[:80],
            remedy="给出 livingcircle assess 写出的结果文件夹",
        )
    run, sources = _read_record(record)
    return SavedRun(
        district=Label(run["district"], sources=sources),
        standard=Label(run["standard"], run["standard"], run["standard_title"]),
        run=run,
        findings=_read_saved(tables / "findings.parquet", _COMPARED["findings"]),
        circle_facts=_read_saved(tables / "circle_facts.parquet", _COMPARED["circle_facts"]),
        coverage=_read_saved(tables / "coverage.parquet", _COMPARED["coverage"]),
        blind_areas=_read_saved(tables / "blind_areas.parquet", (), placed=True),
    )


def _read_record(record: Path) -> tuple[dict[str, Any], tuple[Source, ...]]:
    """Return the run record and its sources."""
    try:
        run = json.loads(record.read_text("utf-8"))
        words = [run[key] for key in ("district", "standard", "standard_title")]
        sources = tuple(Source.of(source) for source in run["sources"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise _damaged(record) from error
    if not all(isinstance(word, str) for word in words):
        raise _damaged(record)
    return run, sources


def _read_saved(path: Path, columns: Sequence[str], *, placed: bool = False) -> Any:  # noqa: ANN401
    """Return one saved table."""
    try:
        table = gpd.read_parquet(path) if placed else pd.read_parquet(path)
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException, ShapelyError) as error:
        raise _damaged(path) from error
    missing = [name for name in columns if name not in table.columns]
    if missing:
        what = f"结果表缺少列：{'、'.join(missing)}，可能由另一个版本写出"
        raise InputError(what, where=path.name, remedy="用现在的版本重新评估后再比较")
    return table


def _damaged(path: Path) -> InputError:
    what = "结果文件缺失或已损坏"
    return InputError(what, where=str(path)[-80:], remedy="重新运行 livingcircle assess 再比较")
