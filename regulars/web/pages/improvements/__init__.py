"""Improvements: findings on their way from what was said to who came back, and what to decide next."""

from regulars.web.pages.improvements.board import board, gather
from regulars.web.pages.improvements.deciding import act
from regulars.web.pages.improvements.one import one
from regulars.web.pages.improvements.taste import taste

__all__ = ["act", "board", "gather", "one", "taste"]
