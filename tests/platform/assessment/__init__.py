"""Test the door from the platform to the engine."""
