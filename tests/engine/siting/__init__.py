"""Test what is chosen, and what is proven of it."""
