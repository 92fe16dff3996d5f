"""Keep the description and the joining of files behind :mod:`livingcircle.io.folder`."""
