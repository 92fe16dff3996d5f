"""Hold what is run from the command line."""
