"""Measure speed and quality against named peers, in one run on one machine."""
