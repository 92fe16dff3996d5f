"""Keep the repair and the encodings of layers behind :mod:`livingcircle.io.geo`."""
