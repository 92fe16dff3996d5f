"""Test the pages that span the rooms."""
"""Test this room."""
