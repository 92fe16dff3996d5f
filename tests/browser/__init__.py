"""Use the pages as people do, in a real browser."""
