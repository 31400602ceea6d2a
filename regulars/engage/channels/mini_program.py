"""Subscription messages of a WeChat mini-program: one tap of the guest pays for one message.

WeChat's own call wants an access token that only one holder may renew, the brand's mini-program back end; so the
message goes to that back end by the gateway's contract, with the template's name beside it.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

from regulars.engage.channel import Outcome, Outgoing, setting
from regulars.engage.gateway import deliver


@dataclass(frozen=True)
class Settings:
    """Where the mini-program's back end listens, and which template guests are asked for."""

    address: str = setting("back end's address", needed=True)
    token: str = setting("token", secret=True)
    template: str = setting("template", "visit")


class MiniProgram:
    """The back end takes the same ``id`` once; the tap is spent in the same transaction as the claim."""

    name = "mini_program"
    label = "mini-program message"
    reaches = ("wechat_openid",)
    by_permission = True
    by_staff = False
    same_by_id = True
    setup: type[Any] = Settings

    def send(self, messages: Sequence[Outgoing], settings: Settings) -> Generator[Outcome, None, None]:
        """POST each as ``{"id", "to", "template", "text"}``."""
        bodies = (
            {"id": each.id, "to": each.to, "template": settings.template, "text": each.body}
            for each in messages
        )
        return deliver(settings.address, settings.token, bodies, "mini_program")


CHANNEL = MiniProgram()
