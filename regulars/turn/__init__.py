"""A turn costs what is new: closed months keep what was computed of them, the open one is computed anew."""

from regulars.turn.take import turn

__all__ = ["turn"]
