"""Keep the reading and writing of workbooks behind :mod:`livingcircle.io.excel`."""
