"""Read the record of a district into the engine's tables, one part for every source."""

from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from livingcircle.district import Status
from livingcircle.io.folder import write_members
from livingcircle_platform.assessment.inputs import BaseFile as PinnedBase
from livingcircle_platform.assessment.record import Provenance
from livingcircle_platform.assessment.record import RecordTable
from livingcircle_platform.assessment.record import trades_cell
from livingcircle_platform.core import files
from livingcircle_platform.registry.models import Entrance
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.registry.models import Space
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import BaseFile
from livingcircle_platform.territory.models import CircleSet
from livingcircle_platform.territory.models import Source

_CHUNK = 2_000
_OWN = Provenance("平台台账（人工录入）")
_SIX = (
    "resident_profile", "trade_completeness", "built_profile", "location_resources", "openness",
    "cooperation",
)  # fmt: skip
_CIRCLE = ("name", "kind", "subtype", "formation", "population", "households", "dwellings",
           "planned_year", *_SIX)  # fmt: skip
_PROFILE = (
    "population", "year", "age_0_3", "age_60_plus", "age_65_plus", "age_80_plus", "households",
    "dwellings", "floor_area_m2", "built_year", "zone",
)  # fmt: skip
_OUTLET = (
    "name", "address", "phone", "credit_code", "hours", "area_m2", "chain", "online",
    "quality_brand", "brand", "supply", "same_day_online", "step_free", "verified_on",
    "verified_by", "note",
)  # fmt: skip
_SPACE = ("name", "kind", "area_m2", "floor", "owner", "approval_path", "occupancy", "lease_end",
          "cost", "note")  # fmt: skip


def record_of(district: Area, circle_set: CircleSet | None) -> list[RecordTable]:
    """Return everything the record holds of a district, with one version of its circles."""
    tables = [*_outlets(district), *_communities(district), *_spaces(district)]
    tables += _entrances(district)
    if circle_set is not None:
        tables.append(_circles(circle_set))
    return tables


def base_of(district: Area) -> list[PinnedBase]:
    """Return the base files of a district that are in use."""
    found = BaseFile.objects.filter(district=district, replaced_on=None, removed_at=None)
    return [
        PinnedBase(
            section=one.section, path=files.path_of(one.sha256), sha256=one.sha256, name=one.name,
            title=one.title, status=Status(one.status), date=one.date, licence=one.licence,
            coordinates=one.coordinates,
            **{name: value for name, value in one.description.items() if value},
        )
        for one in found.order_by("section", "created_at", "pk")
    ]  # fmt: skip


def _outlets(district: Area) -> Iterable[RecordTable]:
    found = Outlet.objects.in_district(district).select_related("source", "service_centre")
    by_source: dict[Any, list[Outlet]] = {}
    for one in found.order_by("code").iterator(chunk_size=_CHUNK):
        by_source.setdefault(one.source, []).append(one)
    for source in sorted(by_source, key=_source_order):
        yield _table("outlets", "outlet_id", [_outlet(one) for one in by_source[source]], source)


def _outlet(one: Outlet) -> dict[str, Any]:
    words = [word for word in one.trades_said.split("、") if word]
    return {
        "outlet_id": one.code,
        **{name: getattr(one, name) for name in _OUTLET},
        "trades": trades_cell(one.trades, words),
        "status": one.state,
        "service_centre_id": one.service_centre.code if one.service_centre else "",
        "geometry": _point(one),
    }


def _spaces(district: Area) -> Iterable[RecordTable]:
    found = Space.objects.in_district(district).select_related("source").order_by("code")
    by_source: dict[Any, list[Space]] = {}
    for one in found:
        by_source.setdefault(one.source, []).append(one)
    for source in sorted(by_source, key=_source_order):
        rows = [
            {
                "space_id": one.code,
                **{name: getattr(one, name) for name in _SPACE},
                "suitable_trades": trades_cell(one.suitable_trades),
                "excluded_trades": trades_cell(one.excluded_trades),
                "geometry": _point(one),
            }
            for one in by_source[source]
        ]
        yield _table("spaces", "space_id", rows, source)


def _communities(district: Area) -> Iterable[RecordTable]:
    found = Area.objects.under(district).filter(level=Area.Level.COMMUNITY)
    rows: list[dict[str, Any]] = []
    source: Source | None = None
    for one in found.select_related("parent").prefetch_related("profiles__source").order_by("code"):
        latest = next((p for p in one.profiles.all() if p.removed_at is None), None)
        source = latest.source if latest and latest.source else source
        rows.append(
            {
                "community_id": one.code,
                "name": one.name,
                "kind": one.kind,
                "subdistrict": one.parent.name if one.parent_id != district.pk else "",
                **{name: getattr(latest, name) if latest else None for name in _PROFILE},
                "geometry": one.boundary,
            }
        )
    if rows:
        yield _table("communities", "community_id", rows, source)


def _circles(circle_set: CircleSet) -> RecordTable:
    rows = [
        {
            "circle_id": one.code,
            **{name: getattr(one, name) for name in _CIRCLE},
            "members": write_members(
                sorted((member.community.code, member.part) for member in one.members.all())
            ),
            "geometry": one.boundary if one.is_drawn else None,
        }
        for one in circle_set.circles.prefetch_related("members__community").order_by("code")
    ]
    return _table("circles", "circle_id", rows, circle_set.source)


def _entrances(district: Area) -> Iterable[RecordTable]:
    found = Entrance.objects.filter(
        outlet__area__path__startswith=district.path, outlet__removed_at=None, removed_at=None
    ).select_related("outlet")
    rows = [
        {
            "entrance_id": one.pk.hex,
            "of": "outlet",
            "of_id": one.outlet.code,
            "geometry": shapely.Point(one.lon, one.lat),
        }
        for one in found.order_by("pk")
    ]
    if rows:
        yield _table("entrances", "entrance_id", rows, None)


def _table(
    name: str, key: str, rows: Sequence[dict[str, Any]], source: Source | None
) -> RecordTable:
    frame = pd.DataFrame(list(rows)).set_index(key)
    shapes = gpd.GeoSeries(list(frame.pop("geometry")), index=frame.index, crs="EPSG:4326")
    return RecordTable(name, gpd.GeoDataFrame(frame, geometry=shapes), _provenance(source))


def _provenance(source: Source | None) -> Provenance:
    if source is None:
        return _OWN
    said = source.complete_for
    words = {"listed", "none"}.intersection(said)
    complete = next(iter(words)) if words else frozenset(said) or ""
    return Provenance(
        title=source.title, status=Status(source.status), date=source.date,
        licence=source.licence, note=source.note, complete_for=complete,
    )  # fmt: skip


def _source_order(source: Source | None) -> tuple[str, str]:
    return (source.title, source.pk.hex) if source else ("", "")


def _point(one: Outlet | Space) -> shapely.Point | None:
    return None if one.lon is None or one.lat is None else shapely.Point(one.lon, one.lat)
