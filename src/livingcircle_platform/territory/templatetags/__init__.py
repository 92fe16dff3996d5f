"""Hold the words that templates may use."""
