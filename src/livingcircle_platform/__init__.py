"""Keep the record of a city's living circles: the Django house around the engine."""
