"""Keep the datums and the metre grid behind :mod:`livingcircle.coordinates`."""
