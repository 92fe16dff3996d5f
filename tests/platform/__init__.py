"""Test the platform, room by room."""
"""Test the platform, app by app."""  # noqa: A005 - named as what it tests
