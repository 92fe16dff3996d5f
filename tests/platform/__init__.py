"""Test the platform, room by room."""
