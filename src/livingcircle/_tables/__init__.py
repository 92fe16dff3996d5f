"""Keep the columns, the cell checks and the issues behind :mod:`livingcircle.tables`."""
