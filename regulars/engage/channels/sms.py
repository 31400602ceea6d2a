"""Text messages through a small HTTP gateway: the contract stands in docs/channels.md, any provider fits behind it."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

from regulars.engage.channel import Outcome, Outgoing, setting
from regulars.engage.gateway import deliver


@dataclass(frozen=True)
class Settings:
    """Where the gateway listens, and the word that lets us in."""

    address: str = setting("gateway's address", needed=True)
    token: str = setting("token", secret=True)


class Sms:
    """The gateway takes the same ``id`` once, so whatever was lost on the way is simply sent again."""

    name = "sms"
    label = "text message"
    reaches = ("phone",)
    by_permission = False
    by_staff = False
    same_by_id = True
    setup: type[Any] = Settings

    def send(self, messages: Sequence[Outgoing], settings: Settings) -> Generator[Outcome, None, None]:
        """POST each as ``{"id", "to", "text"}``."""
        bodies = ({"id": each.id, "to": each.to, "text": each.body} for each in messages)
        return deliver(settings.address, settings.token, bodies, "gateway")


CHANNEL = Sms()
