"""Extend SQLite by the geometry questions that PostGIS answers by itself."""
