"""Write a whole layer out for QGIS and other programs: GeoJSON streamed, GeoPackage whole."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from typing import Any

import geopandas as gpd
import shapely
from django.db.models import QuerySet

from livingcircle_platform.api.layers import Layer
from livingcircle_platform.core.fields import CodesField
from livingcircle_platform.core.records import plain

_CHUNK = 2_000
_GRAIN = 1e-7  # of a degree: a centimetre


def geojson(layer: Layer, rows: QuerySet[Any]) -> Iterator[str]:
    """Yield a layer as GeoJSON, row by row; texts stay texts, whatever they look like."""
    yield f'{{"type":"FeatureCollection","name":"{layer.name}","features":['
    comma = ""
    for told, shape in _features(layer, rows):
        geometry = shapely.to_geojson(shapely.set_precision(shape, _GRAIN))
        properties = json.dumps(told, ensure_ascii=False, allow_nan=False)
        yield f'{comma}\n{{"type":"Feature","geometry":{geometry},"properties":{properties}}}'
        comma = ","
    yield "\n]}\n"


def geopackage(layer: Layer, rows: QuerySet[Any]) -> IO[bytes]:
    """Return a layer as a GeoPackage; every column has one type, whatever rows there are."""
    found = list(_features(layer, rows))
    model = rows.model
    kinds = {name: _kind(model._meta.get_field(name)) for name in layer.columns}  # noqa: SLF001
    frame = gpd.GeoDataFrame(
        {name: [told[name] for told, _ in found] for name in ("id", *layer.columns)},
        geometry=[shape for _, shape in found],
        crs="EPSG:4326",
    ).astype({"id": "object", **kinds})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layer.gpkg"
        kind = "Point" if not layer.shape else "Unknown"
        frame.to_file(path, layer=layer.name, driver="GPKG", geometry_type=kind)
        # The name goes now, the contents when the answer is sent.
        return path.open("rb")


def _features(layer: Layer, rows: QuerySet[Any]) -> Iterator[tuple[dict[str, Any], Any]]:
    for row in rows.order_by("pk").iterator(chunk_size=_CHUNK):
        told = {"id": str(row.pk)}
        for name in layer.columns:
            value = getattr(row, name)
            is_codes = isinstance(row._meta.get_field(name), CodesField)  # noqa: SLF001
            told[name] = CodesField().get_prep_value(value) if is_codes else plain(value)
        place = getattr(row, layer.shape) if layer.shape else shapely.Point(row.lon, row.lat)
        yield told, place


def _kind(field: Any) -> str:  # noqa: ANN401 - a column of a model
    """Return the type of a column in the file."""
    whole = {"PositiveIntegerField": "Int64", "FloatField": "Float64"}
    return whole.get(field.get_internal_type(), "object")
