"""Test the machine interface."""
