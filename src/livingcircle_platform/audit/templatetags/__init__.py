"""Hold what templates of this room say."""
