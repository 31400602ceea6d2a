"""What holds for all plays together: the hold-out, the cap, quiet hours, and from which cost two people agree."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from regulars.access.actions import log
from regulars.core.money import minor_units
from regulars.core.refused import Refused
from regulars.engage.actions import limits, set_limits
from regulars.web.pages.door import Look, page
from regulars.web.words.plays import refusal


def shown(seen: Look) -> dict[str, Any]:
    """The limits as their form shows them."""
    row = limits()
    return {
        "hold_out": f"{100 * row.hold_out:g}",
        "most": row.most,
        "most_days": row.most_days,
        "quiet_from": f"{row.quiet_from:%H:%M}",
        "quiet_until": f"{row.quiet_until:%H:%M}",
        "agree_above": f"{row.agree_above / minor_units(seen.brand.currency):g}",
    }


@page("run_plays", methods=("POST",))
def bound(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """Keep the limits of the form, or say why not."""
    form = request.POST
    try:
        set_limits(
            hold_out=number(form.get("hold_out", ""), "the brand's hold-out") / 100,
            most=int(number(form.get("most", ""), "frequency cap")),
            quiet_from=_time(form.get("quiet_from", "")),
            quiet_until=_time(form.get("quiet_until", "")),
            agree_above=round(
                number(form.get("agree_above", ""), "most it may cost") * minor_units(seen.brand.currency)
            ),
        )
    except Refused as refused:
        messages.error(request, refusal(refused))
    else:
        log(user=seen.user, verb="change limits", subject="plays", at=seen.now, detail=str(shown(seen)))
    return redirect("plays")


def number(typed: str, label: str) -> float:
    """A typed number below a million million; refuses anything else with its label."""
    try:
        value = float(typed)
    except ValueError:
        value = float("nan")
    if not abs(value) < 1e12:
        raise Refused("%(label)s is a number", label=label)
    return value


def _time(typed: str) -> time:
    try:
        return time.fromisoformat(typed).replace(tzinfo=None)  # it is each guest's own clock
    except ValueError:
        raise Refused("%(at)s is no time of day; write it as 10:30", at=typed) from None
