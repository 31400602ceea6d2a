"""Plays: the list with what each brought, one play from draft to end, and the form of a draft."""

from regulars.web.pages.plays.bounds import bound
from regulars.web.pages.plays.change import change, count
from regulars.web.pages.plays.listing import begin, listing
from regulars.web.pages.plays.one import do, one

__all__ = ["begin", "bound", "change", "count", "do", "listing", "one"]
