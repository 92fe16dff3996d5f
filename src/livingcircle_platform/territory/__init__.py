"""Keep areas, their profiles, and circles with their versions."""
