"""Pin the inputs of a run as a district folder that the command line can assess as well.

What people keep in the record (outlets, circles, spaces …) is written as GeoParquet, every cell
as the text a person would see, so that equal content gives equal bytes whatever types the columns
had. Base layers (streets, doors, an extract of a map) are linked in as they are. The folder is
written beside its place and moved there whole; a pinned folder is never changed afterwards.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from pathlib import Path

from livingcircle.district import Status
from livingcircle.errors import InputError
from livingcircle.errors import OutputError
from livingcircle.io.folder import SECTIONS
from livingcircle_platform.assessment.record import RecordTable
from livingcircle_platform.assessment.record import refuse_repeated_ids
from livingcircle_platform.assessment.record import write_record

DESCRIPTION = "district.toml"
MANIFEST = "pinned.json"
OWN_STANDARD = "standard.toml"
EXTENT = "extent"
# An empty list is still an answer where it is complete: none of these trades is there.
_SILENT = ("", "none", "listed")


@dataclass(frozen=True)
class BaseFile:
    """Name one base layer as district.toml knows it.

    Attributes
    ----------
    section
        Section of district.toml (``roads``, ``doors``, ``gates``, …), or ``extent``.
    path, sha256
        Where the content is stored, and its checksum.
    name
        The file's own name with its ending; rows without an id are named after it.
    columns
        Headers of the file that are none of ours, each with the column it means.
    """

    section: str
    path: Path
    sha256: str
    name: str
    title: str = ""
    status: Status = Status.REAL
    date: str = ""
    licence: str = ""
    note: str = ""
    coordinates: str = ""
    sheet: str = ""
    layer: str = ""
    encoding: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Terms:
    """Say how a pinned district is assessed when nobody says otherwise.

    Attributes
    ----------
    standard
        Id of a standard that comes with the engine, or the file of one's own, which is pinned too.
    """

    standard: str | Path
    walker: str = "standard"
    at: str = "10:00"
    on: date | None = None


@dataclass(frozen=True)
class PinnedFile:
    """Tell of one file of a pinned folder: its section, name inside, checksum and rows.

    ``rows`` is -1 for base files, which nobody has counted.
    """

    section: str
    file: str
    sha256: str
    rows: int = -1


@dataclass(frozen=True)
class Pinned:
    """Hold where inputs are pinned, and what they are.

    Attributes
    ----------
    folder
        The district folder.
    files
        One entry for each section of district.toml, in its order.
    digest
        One checksum over everything: equal digests mean equal inputs.
    """

    folder: Path
    name: str
    files: tuple[PinnedFile, ...]
    digest: str


def pin_inputs(
    folder: Path | str,
    name: str,
    terms: Terms,
    record: Sequence[RecordTable],
    base_files: Sequence[BaseFile],
) -> Pinned:
    """Write a district folder, whole or not at all, and return what it holds.

    Where the same inputs are pinned already, nothing is written.

    Raises
    ------
    InputError
        If ids are blank or repeated, a column is unknown, or a base file is not what it was.
    OutputError
        If other inputs are pinned there, or the folder cannot be written.
    """
    refuse_repeated_ids(record)
    with _moved_into_place(Path(folder)) as work:
        sections = [*_write_tables(work, record), *_link_files(work, base_files)]
        _write_description(work, name, _pin_standard(work, terms), terms, sections)
        files = tuple(one for one, _ in sections)
        digest = _digest(work, files)
        told = {"name": name, "digest": digest, "files": [vars(one) for one in files]}
        text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True)
        (work / MANIFEST).write_text(text + "\n", "utf-8")
    return read_pinned(folder)


def read_pinned(folder: Path | str) -> Pinned:
    """Return what a pinned folder holds, as it was written down.

    Raises
    ------
    InputError
        If nothing is pinned there, or its list cannot be read.
    """
    folder = Path(folder)
    try:
        told = json.loads((folder / MANIFEST).read_text("utf-8"))
        files = tuple(PinnedFile(**one) for one in told["files"])
        return Pinned(folder, told["name"], files, told["digest"])
    except (OSError, ValueError, KeyError, TypeError) as problem:
        remedy = "重新固定一次输入，再运行评估"
        raise InputError("这里没有固定好的输入", where=folder.name, remedy=remedy) from problem


Section = tuple[PinnedFile, Mapping[str, object]]


def _write_tables(work: Path, record: Sequence[RecordTable]) -> Iterator[Section]:
    """Write the tables of the record, and yield what district.toml says of each."""
    titles = {table: section for section, table in SECTIONS.items()}
    written: dict[str, int] = {}
    for one in record:
        told = one.provenance
        if not len(one.rows) and told.complete_for in _SILENT:
            continue
        number = written[one.table] = written.get(one.table, 0) + 1
        file = f"{one.table}{f'-{number}' if number > 1 else ''}.parquet"
        write_record(one, work / file)
        complete = told.complete_for
        entry = {
            "title": told.title, "status": str(told.status), "date": told.date,
            "licence": told.licence, "note": told.note,
            "complete_for": complete if isinstance(complete, str) else sorted(complete),
        }  # fmt: skip
        yield PinnedFile(titles[one.table], file, _sha256(work / file), len(one.rows)), entry


def _link_files(work: Path, base_files: Sequence[BaseFile]) -> Iterator[Section]:
    """Put the base files into the folder, and yield what district.toml says of each."""
    placed: dict[str, str] = {}
    for one in base_files:
        _refuse_unknown_section(one)
        file = f"base/{one.name}"
        if placed.get(file, one.sha256) != one.sha256:
            file = f"base/{one.sha256[:12]}/{one.name}"
        if file not in placed:
            _link(one, work / file)
            placed[file] = one.sha256
        entry = {
            "title": one.title, "status": str(one.status), "date": one.date,
            "licence": one.licence, "note": one.note, "coordinates": one.coordinates,
            "sheet": one.sheet, "layer": one.layer, "encoding": one.encoding,
            "columns": dict(one.columns),
        }  # fmt: skip
        yield PinnedFile(one.section, file, one.sha256), entry


def _refuse_unknown_section(one: BaseFile) -> None:
    if one.section not in {*SECTIONS, EXTENT}:
        what = f"底图文件不能放进“{one.section}”"
        raise InputError(
            what, where=one.name, remedy=f"从这些里选：{'、'.join(SECTIONS)}、{EXTENT}"
        )
    if one.name.lower().endswith(".shp"):
        remedy = "在 GIS 软件里另存为 GeoPackage（.gpkg），再登记"
        what = "Shapefile 由几个文件组成，不能单独登记"
        raise InputError(what, where=one.name, remedy=remedy)


def _link(one: BaseFile, target: Path) -> None:
    """Link a stored file into the folder, or copy it where links are not possible."""
    if not one.path.is_file() or _sha256(one.path) != one.sha256:
        what = "底图文件缺失，或内容与登记时不同"
        raise InputError(what, where=one.name, remedy="重新上传这个文件，再运行评估")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(one.path, target)
    except OSError:
        shutil.copyfile(one.path, target)


def _pin_standard(work: Path, terms: Terms) -> str:
    """Return how district.toml names the standard; one's own is copied in."""
    if isinstance(terms.standard, str):
        return terms.standard
    shutil.copyfile(terms.standard, work / OWN_STANDARD)
    return OWN_STANDARD


def _write_description(
    work: Path, name: str, standard: str, terms: Terms, sections: Sequence[Section]
) -> None:
    """Write district.toml."""
    extent = [one.file for one, _ in sections if one.section == EXTENT]
    head = {
        "name": name, "standard": standard, "coordinates": "WGS-84", "extent": "".join(extent[:1])
    }  # fmt: skip
    options = {
        "walker": terms.walker,
        "at": terms.at,
        "on": terms.on.isoformat() if terms.on else "",
    }
    blocks = [_block("[district]", head)]
    blocks += [
        _block(f"[[{one.section}]]", {"file": one.file, **told})
        for one, told in sections
        if one.section != EXTENT
    ]
    blocks.append(_block("[options]", options))
    (work / DESCRIPTION).write_text("\n".join(blocks), "utf-8")


def _block(head: str, told: Mapping[str, object]) -> str:
    """Return one section of TOML; what is blank is left out."""
    lines = [f"{key} = {_toml(value)}" for key, value in told.items() if value not in ("", {})]
    return "\n".join([head, *lines, ""])


def _toml(value: object) -> str:
    """Return a text, a list or a small table as TOML; JSON strings are TOML but for DEL."""
    if isinstance(value, Mapping):
        pairs = (f"{_toml(key)} = {_toml(one)}" for key, one in value.items())
        return f"{{ {', '.join(pairs)} }}"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _digest(work: Path, files: Sequence[PinnedFile]) -> str:
    """Return one checksum of the description, the standard and every file."""
    own = (DESCRIPTION, OWN_STANDARD)
    sums = [f"{name} {_sha256(work / name)}" for name in own if (work / name).is_file()]
    sums += [f"{one.file} {one.sha256}" for one in files]
    return hashlib.sha256("\n".join(sums).encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def _moved_into_place(folder: Path) -> Iterator[Path]:
    """Yield an empty folder that is moved to its place when the block succeeds."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as problem:
        raise _unwritable(folder, problem) from problem
    try:
        yield work
        if folder.exists():
            _refuse_other(work, folder)
        else:
            work.chmod(0o755)
            work.rename(folder)
    except OSError as problem:
        raise _unwritable(folder, problem) from problem
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _refuse_other(work: Path, folder: Path) -> None:
    """Refuse to put inputs where others are pinned."""
    if read_pinned(work).digest != read_pinned(folder).digest:
        what = "这里已经固定了另一份输入，没有覆盖"
        raise OutputError(what, where=folder.name, remedy="每次运行用一个新的文件夹")


def _unwritable(folder: Path, problem: OSError) -> OutputError:
    what = f"不能在这里写文件（{problem.strerror}）"
    return OutputError(what, where=folder.name, remedy="检查磁盘空间和文件夹权限")
