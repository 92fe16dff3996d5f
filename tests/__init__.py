"""Hold the project to what it promises."""
