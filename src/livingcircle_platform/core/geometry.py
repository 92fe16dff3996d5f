"""Keep shapely geometry in a column: WKB on SQLite, real geometry with a GiST index on PostGIS.

All geometry is longitude and latitude (EPSG:4326). Lookups: ``__intersects``, ``__within`` (on the
border counts as within) and ``__bboxoverlaps``.
"""

from typing import Any

import shapely
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement
from shapely.geometry.base import BaseGeometry

SRID = 4326


class GeometryField(models.Field):
    """Hold one shapely geometry in longitude and latitude."""

    description = "Geometry in longitude and latitude"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Return the column type of this database."""
        return f"geometry(Geometry,{SRID})" if _is_postgis(connection) else "blob"

    def from_db_value(self, value: Any, *_: object) -> BaseGeometry | None:  # noqa: ANN401
        """Return what a row holds, as shapely: hexadecimal from PostGIS, bytes from SQLite."""
        return None if value is None else shapely.from_wkb(value)

    def to_python(self, value: Any) -> BaseGeometry | None:  # noqa: ANN401
        """Return shapely geometry from geometry or well-known text."""
        if value is None or isinstance(value, BaseGeometry):
            return value
        try:
            return shapely.from_wkt(value)
        except (shapely.errors.GEOSException, TypeError) as error:
            raise ValidationError("读不出这个图形。用 WKT 或在地图上画。") from error

    def get_prep_value(self, value: Any) -> bytes | None:  # noqa: ANN401
        """Return the bytes that are stored."""
        shape = self.to_python(value)
        return None if shape is None else shapely.to_wkb(shape, output_dimension=2)

    def get_placeholder(self, value: Any, compiler: Any, connection: BaseDatabaseWrapper) -> str:  # noqa: ANN401, ARG002
        """Return how SQL takes the bytes."""
        return f"ST_GeomFromWKB(%s, {SRID})" if _is_postgis(connection) else "%s"

    def value_to_string(self, obj: models.Model) -> str:
        """Return well-known text, for fixtures and exports."""
        shape = self.value_from_object(obj)
        return "" if shape is None else shapely.to_wkt(shape)


class _Spatial(models.Lookup):
    """Ask both databases the same question of two geometries."""

    postgis = ""

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:  # noqa: ANN401
        """Return the question in the words of this database."""
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        asked = self.postgis if _is_postgis(connection) else f"lc_{self.lookup_name}({{}}, {{}})"
        return asked.format(left, right), [*left_params, *right_params]


@GeometryField.register_lookup
class Intersects(_Spatial):
    """Find rows whose geometry meets another."""

    lookup_name, postgis = "intersects", "ST_Intersects({}, {})"


@GeometryField.register_lookup
class Within(_Spatial):
    """Find rows whose geometry lies inside another, its border included."""

    lookup_name, postgis = "within", "ST_CoveredBy({}, {})"


@GeometryField.register_lookup
class BoxOverlaps(_Spatial):
    """Find rows whose bounding box meets another's."""

    lookup_name, postgis = "bboxoverlaps", "{} && {}"


class SpatialIndex(models.Index):
    """Index a geometry column by GiST on PostGIS; SQLite looks at every row."""

    def create_sql(
        self,
        model: type[models.Model],
        schema_editor: BaseDatabaseSchemaEditor,
        using: str = "",  # noqa: ARG002 - we know better
        **kwargs: Any,  # noqa: ANN401
    ) -> Statement:
        """Return the statement that makes the index."""
        if _is_postgis(schema_editor.connection):
            return super().create_sql(model, schema_editor, using=" USING gist", **kwargs)
        return Statement("SELECT 1")  # the schema editor wants a statement

    def remove_sql(
        self,
        model: type[models.Model],
        schema_editor: BaseDatabaseSchemaEditor,
        **kwargs: Any,  # noqa: ANN401
    ) -> Statement:
        """Return the statement that removes the index."""
        if _is_postgis(schema_editor.connection):
            return super().remove_sql(model, schema_editor, **kwargs)
        return Statement("SELECT 1")


def _is_postgis(connection: BaseDatabaseWrapper) -> bool:
    return connection.vendor == "postgresql"
