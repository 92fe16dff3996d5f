"""Hold database back ends with the few functions ours need."""
