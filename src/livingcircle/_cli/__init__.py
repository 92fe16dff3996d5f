"""Declare groups of commands and the options they share; what they do is in ``_commands``."""
