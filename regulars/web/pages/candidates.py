"""Who may be the same person as a customer: shown with the reason, told apart or joined by a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from regulars.access.actions import log
from regulars.core.refused import Refused
from regulars.identify.actions import candidates, join_by_hand, joined_by_hand, tell_apart
from regulars.identify.models import Candidate
from regulars.web.pages.customers import shown_name
from regulars.web.pages.door import Look, page


def listed(seen: Look, number: int) -> list[dict[str, Any]]:
    """Those who may be this customer, of whom this person may see: number, name, why, since when. Whom somebody has
    joined to it waits for the turn and is asked about no more."""
    said = {each["number"] for each in joined(seen, number)}
    found = [each for each in candidates([number], head=seen.head).get(number, []) if each.other not in said]
    theirs = seen.customers().filter(customer__in=[each.other for each in found])
    names = {state.customer: shown_name(seen, state) for state in theirs}
    return [
        {
            "number": each.other,
            "name": names[each.other],
            "why": Candidate.Why(each.why).label,
            "at": each.at.date(),
        }
        for each in found
        if each.other in names
    ]


def joined(seen: Look, number: int) -> list[dict[str, Any]]:
    """What people said: that this customer is also another number, by whom, on which day."""
    return [
        {"number": row.b if row.a == number else row.a, "by": row.by, "at": row.at.date()}
        for row in joined_by_hand(number=number, head=seen.head)
    ]


@page("change_brand", methods=("POST",))
def one(request: HttpRequest, seen: Look, number: int) -> HttpResponseBase:
    """Take down that this customer and another are one person."""
    return _judged(
        request, seen, number, join_by_hand, "joined", _("They become one customer with the next turn.")
    )


@page("change_brand", methods=("POST",))
def two(request: HttpRequest, seen: Look, number: int) -> HttpResponseBase:
    """Take down that this customer and another are two people."""
    said = _("They stay two people, and are shown as one no more.")
    return _judged(request, seen, number, tell_apart, "told apart", said)


def _judged(
    request: HttpRequest, seen: Look, number: int, judge: Callable[..., Any], verb: str, done: str
) -> HttpResponseBase:
    """Let somebody judge whether two customers are one, note it in the trail, and say so or why not."""
    other = _other(request)
    try:
        judge(number=number, other=other, by=seen.user.get_username(), now=seen.now)
    except Refused as refused:
        messages.error(request, _(refused.sentence) % refused.facts)
    else:
        log(user=seen.user, verb=verb, subject=f"customers {number} and {other}", at=seen.now)
        messages.success(request, done)
    return redirect("customer", number=number)


def _other(request: HttpRequest) -> int:
    said = request.POST.get("other", "")
    if not said.isdecimal() or len(said) > 18:
        raise Http404
    return int(said)
