"""Hold the commands that only an operator runs."""
