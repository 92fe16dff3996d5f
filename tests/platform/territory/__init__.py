"""Test this room."""
