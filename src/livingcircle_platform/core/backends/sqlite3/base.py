"""Teach each SQLite connection to answer geometry questions with shapely."""

import sqlite3
from typing import Any

import shapely
from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Open connections that know ``lc_intersects``, ``lc_within`` and ``lc_bboxoverlaps``."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        """Open a connection and give it the functions."""
        connection: sqlite3.Connection = super().get_new_connection(conn_params)
        for name, answer in (
            ("lc_intersects", _intersects),
            ("lc_within", _within),
            ("lc_bboxoverlaps", _boxes_overlap),
        ):
            connection.create_function(name, 2, answer, deterministic=True)
        return connection


def _intersects(one: bytes | None, other: bytes | None) -> bool | None:
    if one is None or other is None:
        return None
    return bool(shapely.intersects(shapely.from_wkb(one), shapely.from_wkb(other)))


def _within(one: bytes | None, other: bytes | None) -> bool | None:
    if one is None or other is None:
        return None
    return bool(shapely.covered_by(shapely.from_wkb(one), shapely.from_wkb(other)))


def _boxes_overlap(one: bytes | None, other: bytes | None) -> bool | None:
    if one is None or other is None:
        return None
    left, bottom, right, top = shapely.bounds(shapely.from_wkb(one))
    west, south, east, north = shapely.bounds(shapely.from_wkb(other))
    return bool(left <= east and west <= right and bottom <= north and south <= top)
