"""Read district.toml strictly: every key known, every path inside the folder."""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from pathlib import PurePosixPath
from pathlib import PureWindowsPath

from livingcircle import trades
from livingcircle.coordinates import system_name
from livingcircle.district import Status
from livingcircle.errors import CoordinateError
from livingcircle.errors import InputError

FILE = "district.toml"
SECTIONS = {
    "outlets": "outlets", "communities": "communities", "circles": "circles", "doors": "doors",
    "roads": "streets", "gates": "gates", "barriers": "barriers", "spaces": "spaces",
    "entrances": "entrances", "junctions": "junctions", "reports": "reports",
}  # fmt: skip
_DISTRICT_KEYS = ("name", "standard", "coordinates", "extent")
_ENTRY_KEYS = ("file", "sheet", "layer", "coordinates", "status", "title", "date", "licence",
               "note", "complete_for", "encoding", "columns")  # fmt: skip
_OPTION_KEYS = ("walker", "at", "on", "use_osm_outlets")
_LARGEST = 1024**2
_LONGEST_NAME = 250


@dataclass(frozen=True)
class Entry:
    """Name one file of one table as district.toml does."""

    section: str
    file: str
    path: Path
    sheet: str = ""
    layer: str = ""
    coordinates: str = ""
    status: Status = Status.REAL
    title: str = ""
    date: str = ""
    licence: str = ""
    note: str = ""
    encoding: str = ""
    complete_for: str | frozenset[str] = ""  # "listed", "none", codes of trades, or "" not said
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def table(self) -> str:
        """Return the table the file belongs to."""
        return SECTIONS[self.section]

    @property
    def is_osm(self) -> bool:
        """Say whether the file is an OpenStreetMap extract."""
        return self.file.lower().endswith(".osm.pbf")


@dataclass(frozen=True)
class Description:
    """Hold what district.toml says."""

    name: str
    standard: str = ""
    coordinates: str = ""
    extent: str = ""
    extent_path: Path | None = None
    entries: tuple[Entry, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def use_osm_outlets(self) -> bool:
        """Say whether the shops of the street extract count as outlets."""
        return self.options.get("use_osm_outlets") is True


def read_description(folder: Path | str) -> Description:
    """Read and check the district.toml of a folder.

    Raises
    ------
    InputError
        Naming the key that is unknown, missing or of the wrong kind, and what is allowed.
    """
    folder = Path(folder)
    data = _load(folder)
    _check_keys(data, ("district", *SECTIONS, "options"), FILE)
    head = data.get("district")
    if not isinstance(head, dict):
        remedy = "写上 [district] 一节，至少有 name（区的名称）"
        raise _wrong(FILE, "缺少 [district] 一节", remedy)
    _check_keys(head, _DISTRICT_KEYS, f"{FILE} 的 [district]")
    entries = tuple(
        _entry(folder, section, item, number)
        for section in SECTIONS
        for number, item in enumerate(_items(data, section), start=1)
    )
    options = data.get("options", {})
    if not isinstance(options, dict):
        raise _wrong(FILE, "options 要写成一节", "写成 [options]")
    _check_options(options)
    where = f"{FILE} 的 [district]"
    extent = _text(head, "extent", where)
    inside = "" if extent in {"", "roads"} else extent
    return Description(
        name=_text(head, "name", where) or folder.resolve().name,
        standard=_text(head, "standard", where),
        coordinates=_system(_text(head, "coordinates", where), where),
        extent=extent,
        extent_path=_inside(folder, inside, where) if inside else None,
        entries=entries,
        options=options,
    )


def _check_options(options: Mapping[str, object]) -> None:
    where = f"{FILE} 的 [options]"
    _check_keys(options, _OPTION_KEYS, where)
    if not isinstance(options.get("use_osm_outlets", False), bool):
        remedy = "写成 use_osm_outlets = true 或 use_osm_outlets = false，不加引号"
        raise _wrong(where, "use_osm_outlets 只能是 true 或 false", remedy)


def _wrong(where: str, what: str, remedy: str) -> InputError:
    return InputError(what, where=where, remedy=remedy)


def _load(folder: Path) -> dict[str, object]:
    path = folder / FILE
    try:
        here, there = folder.is_dir(), path.is_file()
    except (OSError, ValueError) as error:
        raise _wrong(str(folder)[:80], "这个文件夹打不开", "核对路径和读取权限") from error
    if not here:
        raise _wrong(str(folder), "没有这个文件夹", "核对文件夹的路径")
    if not there:
        remedy = f"在文件夹里写一个 {FILE}，列出各表的文件；用 livingcircle from-osm 可以生成一份"
        raise _wrong(str(folder), f"文件夹里没有 {FILE}", remedy)
    if path.stat().st_size > _LARGEST:
        raise _wrong(FILE, "这个文件太大，不像是区的说明", "核对文件内容")
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        remedy = "核对文件的读取权限"
        raise _wrong(FILE, f"文件打不开（{error.strerror}）", remedy) from error
    except UnicodeDecodeError as error:
        remedy = "用记事本另存，编码选 UTF-8"
        raise _wrong(FILE, "文字不是 UTF-8 编码", remedy) from error
    except (ValueError, RecursionError) as error:  # also numbers of thousands of digits
        detail = f"（{error}）" if isinstance(error, tomllib.TOMLDecodeError) else ""
        what = f"格式读不通{detail}"
        remedy = "核对这一处的引号、括号和等号；文字要用英文双引号括起来"
        raise _wrong(FILE, what, remedy) from error


def _items(data: Mapping[str, object], section: str) -> list[dict[str, object]]:
    items = data.get(section, [])
    if isinstance(items, dict):
        items = [items]  # [outlets] for one file is as clear as [[outlets]]
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise _wrong(FILE, f"{section} 写法不对", f"每个文件写一节 [[{section}]]")
    return items


def _entry(folder: Path, section: str, item: dict[str, object], number: int) -> Entry:
    where = f"{FILE} 的第 {number} 个 [[{section}]]"
    _check_keys(item, _ENTRY_KEYS, where)
    texts = {
        key: _text(item, key, where)
        for key in _ENTRY_KEYS
        if key not in {"complete_for", "columns", "status", "coordinates"}
    }
    if not texts["file"]:
        raise _wrong(where, "没有写 file", '写上文件名，例如 file = "outlets.xlsx"')
    status = _text(item, "status", where) or Status.REAL.value
    if status not in set(Status):
        allowed = "、".join(f"{s.value}（{s.label}）" for s in Status)
        raise _wrong(where, f"不认识 status“{status}”", f"从这些里选：{allowed}")
    columns = item.get("columns", {})
    if not isinstance(columns, dict) or not all(isinstance(v, str) for v in columns.values()):
        remedy = '写成 columns = { "店铺名" = "name" }'
        raise _wrong(where, "columns 写法不对", remedy)
    return Entry(
        section=section,
        path=_inside(folder, texts["file"], where),
        status=Status(status),
        coordinates=_system(_text(item, "coordinates", where), where),
        complete_for=_complete_for(item.get("complete_for", ""), where),
        columns=columns,
        **texts,
    )


def _check_keys(given: Mapping[str, object], allowed: tuple[str, ...], where: str) -> None:
    for key in given:
        if key not in allowed:
            near = difflib.get_close_matches(key, allowed, n=1)
            hint = f"是不是“{near[0]}”？" if near else ""
            remedy = f"{hint}可用的有：{'、'.join(allowed)}"
            raise _wrong(where, f"不认识“{key}”", remedy)


def _text(given: Mapping[str, object], key: str, where: str) -> str:
    value = given.get(key, "")
    if isinstance(value, str):
        return value.strip()
    if key == "date":  # TOML has dates of its own
        return str(value)
    raise _wrong(where, f"{key} 要写成文字", f'写成 {key} = "…"')


def _system(text: str, where: str) -> str:
    try:
        return system_name(text) if text else ""
    except CoordinateError as error:
        raise CoordinateError(error.what, where=where, remedy=error.remedy) from error


def _complete_for(value: object, where: str) -> str | frozenset[str]:
    if value in ("", "listed", "none"):
        return str(value)
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        remedy = '写成 "listed"、"none"，或业态名称的列表，例如 ["药店", "便利店"]'
        raise _wrong(where, "complete_for 写法不对", remedy)
    codes: set[str] = set()
    for name in value:
        if name in trades.TRADES:
            codes.add(name)
            continue
        match = trades.match_names(name)
        if match.unmatched or not match.codes:
            remedy = "写业态目录里的名称"
            raise _wrong(where, f"complete_for 里不认识业态“{name}”", remedy)
        codes.update(match.codes)
    return frozenset(codes)


def _inside(folder: Path, name: str, where: str) -> Path:
    """Return the path of a file in the folder; refuse any that leads outside."""
    if not name.isprintable() or len(name) > _LONGEST_NAME:
        raise _wrong(where, "文件名太长或含有控制字符", "写文件夹里文件的名字")
    parts = PurePosixPath(name.replace("\\", "/")).parts
    absolute = name.startswith(("/", "\\", "~")) or PureWindowsPath(name).drive != ""
    path = folder / Path(*parts) if parts else folder
    if absolute or ".." in parts or not path.resolve().is_relative_to(folder.resolve()):
        what = f"“{name}”指向了文件夹外面"
        raise _wrong(where, what, "把文件放进这个文件夹，只写文件名")
    if not path.is_file():
        present = sorted(p.name for p in folder.iterdir() if p.is_file() and p.name != FILE)
        near = difflib.get_close_matches(name, present, n=1, cutoff=0.5)
        hint = (
            f"是不是“{near[0]}”？" if near else f"文件夹里有：{'、'.join(present[:20]) or '（空）'}"
        )
        raise InputError(
            f"没有文件“{name}”",
            where=where,
            remedy=hint.rstrip("？") + ("" if not near else "？核对 file"),
        )
    return path
