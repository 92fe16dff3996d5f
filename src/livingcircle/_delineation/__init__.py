"""Machinery of drawing circles: land cut into tiles, walks between them, groups, the choice."""
