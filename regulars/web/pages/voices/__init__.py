"""Voices: all that customers said, newest first, complaints with their clock on top, and what is done about one."""

from regulars.web.pages.voices.interviews import interview, interviewed
from regulars.web.pages.voices.listing import listing
from regulars.web.pages.voices.one import answered, closed, one

__all__ = ["answered", "closed", "interview", "interviewed", "listing", "one"]
