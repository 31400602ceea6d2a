"""The staff page on a shared phone: who is here, one thing to do for each, and what was said."""

from regulars.web.pages.staff.now import now
from regulars.web.pages.staff.signing import sign, sign_off
from regulars.web.pages.staff.taps import sync, tap
from regulars.web.pages.staff.worker import worker

__all__ = ["now", "sign", "sign_off", "sync", "tap", "worker"]
