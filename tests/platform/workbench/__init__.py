"""Test the pages that span the rooms."""
