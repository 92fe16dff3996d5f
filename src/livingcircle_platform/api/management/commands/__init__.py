"""Hold one command per module."""
