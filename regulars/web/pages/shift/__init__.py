"""The shift page: what a manager reads before the shift and decides during it."""

from regulars.web.pages.shift.deciding import agreed, closed, pin
from regulars.web.pages.shift.tonight import tonight

__all__ = ["agreed", "closed", "pin", "tonight"]
