"""Guests who can be written to, and messages to them, straight into the desk's tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from regulars.brand.models import Brand
from regulars.engage.actions.limits import limits
from regulars.engage.actions.post import post
from regulars.engage.models import ChannelSetting, Limits, Message, Play
from regulars.gather.models import Consent, Identifier
from regulars.identify.models import Customer, Link

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
KINDS = {"email": "email", "sms": "phone", "wecom": "wechat_unionid", "mini_program": "wechat_openid"}


def address_hash(number: int, kind: str) -> str:
    return f"{kind[:8]}{number:0>24}"[:32]


def guest(
    number: int, channels: Sequence[str] = ("email",), purposes: Sequence[str] = ("marketing", "service")
) -> None:
    """A customer (1 to 129, whom the hold-out leaves in) with an address and consents on each channel."""
    Brand.objects.get_or_create(pk=1)
    limits()
    Limits.objects.filter(pk=1).update(salt="s2", hold_out=0.01)
    Customer.objects.get_or_create(number=number, defaults={"batch": 0})
    for channel in channels:
        kind = KINDS[channel]
        digest = address_hash(number, kind)
        plain = {"email": f"guest{number}@brand.example", "phone": f"+8613912{number:06}"}.get(
            kind, f"id{number}"
        )
        Link.objects.get_or_create(
            identifier_type=kind,
            identifier_hash=digest,
            defaults={"batch": 0, "customer": number, "rule": "account"},
        )
        Identifier.objects.get_or_create(
            identifier_hash=digest, defaults={"identifier_type": kind, "value": plain}
        )
        for purpose in purposes:
            consent(number, channel, purpose)


def consent(
    number: int, channel: str, purpose: str = "marketing", state: str = "given", at: datetime | None = None
) -> None:
    Consent.objects.get_or_create(
        address_hash=address_hash(number, KINDS[channel]),
        channel=channel,
        purpose=purpose,
        state=state,
        source="form",
        at=at or datetime(2026, 1, 1, tzinfo=UTC),
    )


def write(number: int, **more: Any) -> Message:
    """A message to a guest, as any stage posts it."""
    said: dict[str, Any] = {
        "key": f"test|{number}",
        "customer": number,
        "purpose": "marketing",
        "subject": "Come back",
        "body": "Hello",
        "due_at": NOON,
        "now": NOON,
    }
    return post(**(said | more))


def let_out(channel: str, **values: Any) -> None:
    """Set a channel up, and let it leave the machine."""
    ChannelSetting.objects.update_or_create(pk=channel, defaults={"values": values, "out": True})


def play(state: str = "running", name: str = "second-visit") -> Play:
    return Play.objects.create(
        name=name, title=name, audience="visits == 1", salt="salt", state=state, made_at=NOON
    )


def states() -> dict[str, str]:
    """Every message's state by its key, with the reason where it has one."""
    rows = Message.objects.order_by("pk").values_list("key", "state", "reason")
    return {key: f"{state} {reason}".strip() for key, state, reason in rows}
