"""Hold one regression test for each lesson other projects paid for."""
