"""What a person does about a finding: one address, one verb of improve for each button, then back to its page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.access.actions import log
from regulars.core.refused import Refused
from regulars.improve import actions
from regulars.improve.actions.telling import AT
from regulars.improve.models import Change, Finding, Tasting
from regulars.web.pages.door import Look, page
from regulars.web.pages.improvements.one import found

WORDS = 2000  # characters of a message


@page("improve", methods=("POST",))
def act(request: HttpRequest, seen: Look, key: int, verb: str) -> HttpResponseBase:
    """Do one thing about a finding, write it into the trail, and show the finding again; a refusal is said there."""
    finding = found(seen, key)
    if verb not in VERBS:
        raise Http404
    try:
        said = VERBS[verb](request, seen, finding)
    except Refused as why:
        messages.error(request, _(why.sentence) % why.facts)
        return redirect("improvement", key=key)
    log(user=seen.user, verb=verb, subject=f"finding {key}", at=seen.now)
    if said:
        messages.success(request, said)
    if not Finding.objects.filter(pk=key).exists():
        return redirect("improvements")
    return redirect("improvement", key=key)


def _number(request: HttpRequest, name: str) -> int:
    given = request.POST.get(name, "")
    if not given.isdecimal() or len(given) > 15:
        raise Http404
    return int(given)


def _day(request: HttpRequest, name: str) -> date:
    try:
        return date.fromisoformat(request.POST.get(name, ""))
    except ValueError as error:
        raise Refused("write a day") from error


def _merge(request: HttpRequest, seen: Look, finding: Finding) -> str:
    who = seen.user.get_username()
    actions.merge(finding=finding, voices=[_number(request, "voice")], by=who, now=seen.now)
    return ""


def _take_out(request: HttpRequest, seen: Look, finding: Finding) -> str:
    actions.take_out(finding=finding, voice=_number(request, "voice"), now=seen.now)
    return ""


def _accept(request: HttpRequest, seen: Look, finding: Finding) -> str:
    owner, due_on = request.POST.get("owner", ""), _day(request, "due_on")
    actions.accept(finding=finding, owner=owner, due_on=due_on, by=seen.user.get_username(), now=seen.now)
    return _("Accepted.")


def _refuse(request: HttpRequest, seen: Look, finding: Finding) -> str:
    reason = request.POST.get("reason", "")
    actions.refuse(finding=finding, reason=reason, by=seen.user.get_username(), now=seen.now)
    return _("Refused; the stores that raised it read why.")


def _change(request: HttpRequest, seen: Look, finding: Finding) -> str:
    actions.change(
        finding=finding,
        kind=request.POST.get("kind", ""),
        to_version=request.POST.get("to_version", ""),
        stores=request.POST.getlist("store")[:1000],
        begins_on=_day(request, "begins_on"),
        by=seen.user.get_username(),
        now=seen.now,
        evidence=request.POST.get("evidence", ""),
    )
    return ""


def _train(request: HttpRequest, seen: Look, finding: Finding) -> str:
    change = Change.objects.filter(finding=finding, pk=_number(request, "change")).first()
    if change is None:
        raise Http404
    store, shift = request.POST.get("store", ""), request.POST.get("shift", "")
    actions.train(change=change, store_id=store, shift=shift, staff_id=seen.user.get_username(), now=seen.now)
    return ""


def _tell(request: HttpRequest, seen: Look, finding: Finding) -> str:
    zone = ZoneInfo(seen.brand.time_zone)
    starts_at = datetime.combine(_day(request, "starts_on"), AT, zone)
    made = actions.tell(
        finding=finding,
        starts_at=max(starts_at, seen.now),
        by=seen.user.get_username(),
        now=seen.now,
        words=request.POST.get("words", "")[:WORDS],
    )
    return ngettext("%(n)s person will be told.", "%(n)s people will be told.", len(made)) % {"n": len(made)}


def _taste(request: HttpRequest, seen: Look, finding: Finding) -> str:
    actions.open_tasting(
        finding=finding,
        version_a=request.POST.get("version_a", ""),
        version_b=request.POST.get("version_b", ""),
        by=seen.user.get_username(),
        now=seen.now,
    )
    return ""


def _tasting(request: HttpRequest, finding: Finding) -> Tasting:
    tasting = Tasting.objects.filter(finding=finding, pk=_number(request, "tasting")).first()
    if tasting is None:
        raise Http404
    return tasting


def _invite(request: HttpRequest, seen: Look, finding: Finding) -> str:
    link = settings.PUBLIC_URL + reverse("taste", args=["TOKEN"])  # whatever host the operator works on
    made = actions.invite(tasting=_tasting(request, finding), link=link, now=seen.now)
    return ngettext("%(n)s guest is asked.", "%(n)s guests are asked.", len(made)) % {"n": len(made)}


def _vote(request: HttpRequest, seen: Look, finding: Finding) -> str:
    number = _number(request, "customer")
    if not seen.customers().filter(customer=number).exists():
        raise Refused("there is no customer %(number)s", number=number)
    actions.record_vote(
        tasting=_tasting(request, finding),
        customer=number,
        group=request.POST.get("group", ""),
        prefers=request.POST.get("prefers", ""),
        by=seen.user.get_username(),
        now=seen.now,
    )
    return ""


VERBS: dict[str, Callable[[HttpRequest, Look, Finding], str]] = {
    "merge": _merge,
    "take-out": _take_out,
    "accept": _accept,
    "refuse": _refuse,
    "change": _change,
    "train": _train,
    "tell": _tell,
    "taste": _taste,
    "invite": _invite,
    "vote": _vote,
}
