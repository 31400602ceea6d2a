"""Regulars: customer digital operations for brands with stores; the folders are one turn of the loop."""

__version__ = "0.1.0"
