"""Keep the topology, the gates and the routing graph behind :mod:`livingcircle.network`."""
