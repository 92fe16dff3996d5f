"""Hold the tests of the rooms of the same name."""
