"""Keep the shapes of rule and the judging of each behind :mod:`livingcircle.standards`."""
