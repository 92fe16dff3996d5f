"""Answer machines: JSON, tiles, layers for QGIS."""
