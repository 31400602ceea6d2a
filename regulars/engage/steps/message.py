"""A message into the outbox, in the language of who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from regulars.core.refused import Refused
from regulars.engage.actions.post import Writing
from regulars.engage.rules.templates import check
from regulars.engage.step import setting


@dataclass(frozen=True)
class Write(Writing):
    """Words to one customer, on the first of the channels that reaches them."""

    name: ClassVar[str] = "message"
    label: ClassVar[str] = "message"
    touches: ClassVar[bool] = True

    channels: str = setting("channels, the first preferred", "sms email")
    subject_zh: str = setting("subject, Chinese", "")
    body_zh: str = setting("words, Chinese", "", long=True)
    subject_en: str = setting("subject, English", "")
    body_en: str = setting("words, English", "", long=True)

    def check(self, kinds: Mapping[str, str]) -> None:
        """Refuse a message without words, and a template that cannot be written."""
        if not (self.body_zh or self.body_en):
            raise Refused("a message needs words in at least one language")
        for text in (self.subject_zh, self.body_zh, self.subject_en, self.body_en):
            check(text)

    def ways(self) -> list[str]:
        """Names of the channels, in order."""
        return self.channels.replace(",", " ").split()

    def words(self, language: str) -> tuple[str, str]:
        """Subject and body in a language, or in the other where that has no words."""
        chinese = (language.startswith("zh") and self.body_zh) or not self.body_en
        return (self.subject_zh, self.body_zh) if chinese else (self.subject_en, self.body_en)


STEP = Write
