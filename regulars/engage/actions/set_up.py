"""How a channel is reached, and whether anything may leave by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from django.db import transaction

from regulars.access.actions import log
from regulars.access.models import User
from regulars.core.refused import Refused
from regulars.engage.actions.claim import channels
from regulars.engage.channel import filled
from regulars.engage.models import ChannelSetting


@transaction.atomic
def set_up(
    *, channel: str, values: Mapping[str, Any], out: bool, user: User | None, now: datetime
) -> ChannelSetting:
    """Keep a channel's settings, and let messages leave by it or not; a secret left blank stays as it was.

    Refuses a channel that is not there or is sent by staff, a value that is none, and letting out what is not set up.
    The trail says who let messages out; it keeps no value.
    """
    found = next((each for each in channels() if each.name == channel and not each.by_staff), None)
    if found is None:
        raise Refused("there is no channel %(name)s to set up", name=channel)
    row = ChannelSetting.objects.filter(pk=channel).first() or ChannelSetting(channel=channel)
    given = dict(values)
    for each in fields(found.setup):
        if each.metadata["secret"] and not given.get(each.name):
            given[each.name] = row.values.get(each.name, "")
    made = asdict(filled(found, given))
    lacking = [
        each.metadata["label"]
        for each in fields(found.setup)
        if each.metadata["needed"] and not made[each.name]
    ]
    if out and lacking:
        raise Refused("before messages leave by it, fill in: %(lacking)s", lacking=", ".join(lacking))
    row.values, row.out = made, out
    row.save()
    log(
        user=user,
        verb="set channel",
        subject=f"channel {channel}",
        at=now,
        detail="out" if out else "kept in",
    )
    return row
