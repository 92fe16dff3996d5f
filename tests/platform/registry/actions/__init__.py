"""Check the registry's actions."""
