"""WeChat Work, sent by staff: the message is a task of theirs until they confirm it, so nothing leaves by a machine."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

from regulars.engage.channel import Failed, Outcome, Outgoing


@dataclass(frozen=True)
class Settings:
    """Nothing to set up: whoever is on shift writes from their own WeChat Work."""


class WeCom:
    """Reaches whom a colleague has as a contact; ``sending`` hands the row over instead of calling ``send``."""

    name = "wecom"
    label = "WeChat Work, by staff"
    reaches = ("wechat_unionid", "wechat_openid", "phone")
    by_permission = False
    by_staff = True
    same_by_id = True
    setup: type[Any] = Settings

    def send(self, messages: Sequence[Outgoing], settings: Settings) -> Generator[Outcome, None, None]:
        """Fails each: a machine has no way to write as an employee."""
        for _ in messages:
            yield Failed("a colleague sends this by hand", permanent=True)


CHANNEL = WeCom()
