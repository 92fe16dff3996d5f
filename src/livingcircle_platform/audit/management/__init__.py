"""Hold the commands of this room."""
