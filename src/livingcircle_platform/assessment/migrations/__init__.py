"""Hold the steps of this room's tables."""
