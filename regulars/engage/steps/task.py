"""A task for staff: a colleague writes by WeChat Work and confirms it, else an SMS goes out at 17:00."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from regulars.core.refused import Refused
from regulars.engage.actions.post import Letter, letter_to, post_many
from regulars.engage.rules.templates import check
from regulars.engage.step import Next, Standing, setting


@dataclass(frozen=True)
class Task:
    """Words that a colleague sends by hand; where nobody confirms it, a machine does where that was agreed to."""

    name: ClassVar[str] = "task"
    label: ClassVar[str] = "task for staff"
    touches: ClassVar[bool] = True

    fallback: bool = setting("SMS at 17:00 if nobody confirmed", True)
    body_zh: str = setting("words to say, Chinese", "", long=True)
    body_en: str = setting("words to say, English", "", long=True)

    def check(self, kinds: Mapping[str, str]) -> None:
        """Refuse a task without words, and a template that cannot be written."""
        if not (self.body_zh or self.body_en):
            raise Refused("a task needs words to say in at least one language")
        check(self.body_zh)
        check(self.body_en)

    def ways(self) -> list[str]:
        """Staff first; the SMS waits behind."""
        return ["wecom", "sms"] if self.fallback else ["wecom"]

    def due(self, standing: Standing, now: datetime) -> datetime:
        """At once; quiet hours move it in the outbox."""
        return now

    def do(self, those: Sequence[Standing], now: datetime) -> Sequence[Next]:
        """Hand one task each to staff through the outbox, or keep why it is spared."""
        if those:
            post_many([self.letter(each, now) for each in those], purpose=those[0].play.purpose, now=now)
        return [Next() for _each in those]

    def letter(self, standing: Standing, now: datetime) -> Letter:
        """What would reach them."""
        chinese = (standing.language.startswith("zh") and self.body_zh) or not self.body_en
        return letter_to(standing, ("", self.body_zh if chinese else self.body_en), self.ways(), now)


STEP = Task
