"""Test what measures: a wrong ratio is worse than none."""
