"""Keep the routing graph and the readers of distances behind :mod:`livingcircle.access`."""
