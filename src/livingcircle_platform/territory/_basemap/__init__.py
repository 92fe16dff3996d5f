"""Keep the rooms behind :mod:`livingcircle_platform.territory.basemap`."""
