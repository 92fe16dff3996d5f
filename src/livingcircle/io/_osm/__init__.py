"""Keep the OpenStreetMap rules and tables behind :mod:`livingcircle.io.osm`."""
