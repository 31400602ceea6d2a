"""Accounts and PINs let a person in, write keys a machine; what the trail holds names no customer but by number."""

from regulars.access.actions.accounts import add_user, check_log_in, new_password, set_password
from regulars.access.actions.keys import add_key, end_key, key_of
from regulars.access.actions.pins import check_pin, set_pin
from regulars.access.actions.trail import log, note_look

__all__ = [
    "add_key",
    "add_user",
    "check_log_in",
    "check_pin",
    "end_key",
    "key_of",
    "log",
    "new_password",
    "note_look",
    "set_password",
    "set_pin",
]
