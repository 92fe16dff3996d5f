"""Turn the good rows of a reading into values of the record, beside what the record has now."""

import uuid
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import TYPE_CHECKING

import geopandas as gpd

from livingcircle.io.one_file import resolve_members
from livingcircle.tables import conform
from livingcircle_platform.imports import rows
from livingcircle_platform.imports import staging
from livingcircle_platform.imports.accepting import MODELS
from livingcircle_platform.imports.accepting_territory import known_circles
from livingcircle_platform.imports.accepting_territory import known_communities
from livingcircle_platform.imports.matching import Known
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.imports.places import Places
from livingcircle_platform.imports.reading import Heading
from livingcircle_platform.imports.rows import Row
from livingcircle_platform.territory.models import Area

if TYPE_CHECKING:
    from livingcircle.tables import Issue

Numbered = Iterator[tuple[int, str, Row]]
Members = Mapping[str, list[tuple[str, bool]]]
# Values of a row that go by another name than the columns they come from.
_VALUES_OF = {
    "trades": ("trades", "trades_said"),
    "status": ("state",),
    "service_centre_id": ("centre",),
}
_PLACE = frozenset({"lon", "lat", "area", "boundary"})


def translated(frame: gpd.GeoDataFrame, batch: Batch, members: Members | None = None) -> Numbered:
    """Yield number in the file, code and values of each row of a table."""
    if batch.table == "communities":
        found = rows.community_values(frame)
    elif batch.table == "circles":
        found = rows.circle_values(frame, members or {})
    else:
        translate = rows.outlet_values if batch.table == "outlets" else rows.space_values
        found = translate(frame, Places(batch.area))
    for number, (code, values) in zip(frame["row"].tolist(), found, strict=True):
        yield int(number), code, values


def known_rows(batch: Batch) -> dict[str, Known]:
    """Return what the record holds of the table that a batch brings, by code."""
    if batch.table in MODELS:
        names = rows.OUTLET_NAMES if batch.table == "outlets" else rows.SPACE_NAMES
        return staging.known_records(MODELS[batch.table], batch, names)
    if batch.table == "communities":
        return known_communities(batch.district)
    return known_circles(batch.district) if batch.table == "circles" else {}


def members_of(frame: gpd.GeoDataFrame, batch: Batch) -> tuple[Members, "list[Issue]"]:
    """Return the communities of each circle by the names its row lists, and what was doubtful."""
    found = Area.objects.under(batch.district).filter(level=Area.Level.COMMUNITY)
    told = [
        {
            "community_id": one.code, "name": one.name, "geometry": one.boundary,
            "subdistrict": one.parent.name if one.parent else "",
        }
        for one in found.select_related("parent")
    ]  # fmt: skip
    if not told:
        return {}, []
    communities = conform("communities", gpd.GeoDataFrame(told, crs="EPSG:4326"))
    pairs, issues = resolve_members(frame, communities)
    members: dict[str, list[tuple[str, bool]]] = {}
    for circle, community, part in pairs.itertuples(index=False):
        members.setdefault(str(circle), []).append((str(community), bool(part)))
    return members, issues


def present_values(headings: Iterable[Heading]) -> frozenset[str] | None:
    """Return the names of the values that a file has columns for; None where it has no headings."""
    columns = {one.column for one in headings if one.column}
    if not columns:
        return None
    named = {name for column in columns for name in _VALUES_OF.get(column, (column,))}
    return frozenset(named | _PLACE | {"profile", "members"})


def key_of_headers(headings: Iterable[Heading]) -> str:
    """Return what tells the headers of one kind of file from those of another."""
    return uuid.uuid5(uuid.NAMESPACE_OID, "\n".join(sorted(one.title for one in headings))).hex
