"""Shapes that cross a border between stages; standard library only."""
