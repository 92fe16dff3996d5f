"""Answer one room of the record per module."""
