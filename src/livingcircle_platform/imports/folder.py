"""Bring a whole district folder into the record, as accepted batches that can be taken back."""

from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from django.db import transaction

from livingcircle.district import District
from livingcircle.io.folder import read_description
from livingcircle.io.folder import read_district
from livingcircle_platform.audit import writing
from livingcircle_platform.core import files
from livingcircle_platform.imports import staging
from livingcircle_platform.imports.accepting import MODELS
from livingcircle_platform.imports.actions import deciding
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.imports.models import StagedRow
from livingcircle_platform.imports.translating import known_rows
from livingcircle_platform.imports.translating import translated
from livingcircle_platform.registry.models import Entrance
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.territory.actions import ask_for_ground
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import BaseFile

if TYPE_CHECKING:
    import geopandas as gpd

_DATABASE = ("outlets", "communities", "circles", "spaces")


@transaction.atomic
def load_folder(folder: Path, area: Area, *, acting_user: Any) -> list[Batch]:  # noqa: ANN401
    """Read a district folder and write all of it into the record of a district.

    Raises
    ------
    livingcircle.errors.LivingCircleError
        If the folder cannot be read; then nothing is written.
    """
    described = read_description(folder)
    district = read_district(folder)
    area.standard = described.standard
    area.save(update_fields=["standard"])
    made = []
    for table in ("communities", "circles", "outlets", "spaces"):
        for entry in _first_of_each(described.entries, table):
            batch = _batch(area, table, entry)
            rows = _staged(batch, district, entry.file)
            staging.keep(batch, rows)
            batch.summary = {"counts": staging.counted(rows)}
            batch.state = Batch.State.STAGED
            batch.save()
            made.append(deciding.accept(batch, acting_user=acting_user, seen=batch.version))
    _keep_base_files(described, area)
    ask_for_ground(area, acting_user=acting_user)
    _keep_entrances(district, area)
    writing.note(
        "area.import", acting_user=acting_user, kind="area", object_id=area.pk,
        object_name=str(area), area=area,
        after={"standard": area.standard, "batches": [str(one) for one in made]},
    )  # fmt: skip
    return made


def _first_of_each(entries: Iterable[Any], table: str) -> Iterator[Any]:
    """Yield the entries of a table; communities and circles are joined from theirs into one."""
    found = [entry for entry in entries if entry.table == table]
    joined = table in {"communities", "circles"}
    yield from found[:1] if joined else found


def _batch(area: Area, table: str, entry: Any) -> Batch:  # noqa: ANN401
    batch = Batch(
        area=area, table=table, title=entry.title, status_of_source=str(entry.status),
        date=entry.date, licence=entry.licence, sheet=entry.sheet,
        complete_for=_complete(entry.complete_for),
    )  # fmt: skip
    batch.files = [_file(entry.path, entry.file)]
    batch.save(force_insert=True)
    return batch


def _file(path: Path, name: str) -> dict[str, Any]:
    size = path.stat().st_size
    return {"name": name, "sha256": files.keep(path), "bytes": size}


def _complete(said: str | frozenset[str]) -> list[str]:
    return [one for one in ([said] if isinstance(said, str) else sorted(said)) if one]


def _staged(batch: Batch, district: District, file: str) -> list[StagedRow]:
    frame: gpd.GeoDataFrame = getattr(district, batch.table)
    if batch.table in MODELS:
        frame = frame[frame["source"] == file]
    found = translated(frame, batch, _members(district))
    return list(staging.staged(batch, found, known_rows(batch)))


def _members(district: District) -> dict[str, list[tuple[str, bool]]]:
    members: dict[str, list[tuple[str, bool]]] = {}
    told = district.circle_members[["circle_id", "community_id", "part"]]
    for circle, community, part in told.itertuples(index=False):
        members.setdefault(str(circle), []).append((str(community), bool(part)))
    return members


def _keep_base_files(described: Any, area: Area) -> None:  # noqa: ANN401
    """Keep every file that is not rows of the record, as the description tells of it."""
    for entry in described.entries:
        if entry.table in _DATABASE:
            continue
        kept = _file(entry.path, entry.file)
        if _is_kept(area, entry.section, kept["sha256"]):
            continue
        BaseFile.objects.create(
            district=area, section=entry.section, name=Path(entry.file).name,
            sha256=kept["sha256"], bytes=kept["bytes"], title=entry.title,
            status=str(entry.status), date=entry.date, licence=entry.licence,
            coordinates=entry.coordinates or described.coordinates,
            description={"sheet": entry.sheet, "layer": entry.layer, "note": entry.note,
                         "encoding": entry.encoding, "columns": dict(entry.columns)},
        )  # fmt: skip
    if described.extent_path is not None:
        kept = _file(described.extent_path, described.extent)
        if _is_kept(area, BaseFile.Section.EXTENT, kept["sha256"]):
            return
        BaseFile.objects.create(
            district=area, section=BaseFile.Section.EXTENT, name=Path(described.extent).name,
            sha256=kept["sha256"], bytes=kept["bytes"], title="数据范围",
        )  # fmt: skip


def _is_kept(area: Area, section: Any, sha256: str) -> bool:  # noqa: ANN401
    current = BaseFile.objects.filter(district=area, section=section, replaced_on=None)
    return current.filter(sha256=sha256, removed_at=None).exists()


def _keep_entrances(district: District, area: Area) -> None:
    """Keep further entrances of outlets that came with the outlets' own file."""
    found = district.entrances
    of_outlets = found[found["of"] == "outlet"]
    bare = Outlet.objects.in_district(area).filter(entrances=None)
    known = dict(bare.values_list("code", "pk"))
    Entrance.objects.bulk_create(
        Entrance(outlet_id=known[code], lon=shape.x, lat=shape.y)
        for code, shape in zip(of_outlets["of_id"], of_outlets.geometry, strict=True)
        if code in known
    )
