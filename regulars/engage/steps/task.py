"""A task for staff: a colleague writes by WeChat Work and confirms it, else an SMS goes out at 17:00."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from regulars.core.refused import Refused
from regulars.engage.actions.post import Writing
from regulars.engage.rules.templates import check
from regulars.engage.step import setting


@dataclass(frozen=True)
class Task(Writing):
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

    def words(self, language: str) -> tuple[str, str]:
        """No subject; the words in a language, or in the other where that has none."""
        chinese = (language.startswith("zh") and self.body_zh) or not self.body_en
        return "", self.body_zh if chinese else self.body_en


STEP = Task
