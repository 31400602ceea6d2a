"""The one exception that means "you asked for something that cannot be done, and here is what to do"."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A sentence for a person, with the facts it speaks of.

    ``sentence`` is a %-template over ``facts`` (``"%(file)s is empty"``), so that a door can translate the
    sentence first and fill in the facts afterwards.
    """

    def __init__(self, sentence: str, **facts: Any) -> None:
        self.sentence = sentence
        self.facts = facts
        super().__init__(sentence % facts if facts else sentence)
