"""Compute the inner loops of walking distances in machine code; slow twins in the tests."""
