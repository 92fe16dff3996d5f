"""Keep the topology of streets and the gates on them behind :mod:`livingcircle.network`."""
