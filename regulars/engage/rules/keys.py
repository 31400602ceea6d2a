"""Keys of messages: the first word of a key says who speaks."""

from __future__ import annotations

import re


def speaker(key: str) -> str:
    """The first word of a message's key: ``ask till T17`` is of ask, ``improve|4|17`` of improve."""
    return re.split(r"[^\w-]", key, maxsplit=1)[0][:40]
