"""One voice by its one number: what was said, of what, and how far it has come; answered and closed here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.access.actions import log, note_look
from regulars.brand.models import Staff
from regulars.core.refused import Refused
from regulars.identify.actions import living
from regulars.know.models import CustomerState
from regulars.listen import actions
from regulars.listen.models import Complaint, Interview, Promise, Voice
from regulars.web.pages.customers import shown_name
from regulars.web.pages.door import Look, page
from regulars.web.pages.voices import shown

WORDS = 1000  # characters of what staff write beside an answer


def _voice(seen: Look, number: int) -> Voice:
    """A voice this person may read; a store account finds nothing of other stores."""
    voice = shown.voices(seen).filter(pk=number).first()
    if voice is None:
        raise Http404
    return voice


@page("see_voices")
def one(request: HttpRequest, seen: Look, number: int) -> HttpResponseBase:
    """What was said, tied to its dish, store, visit and guest, and each step it has come since."""
    voice = _voice(seen, number)
    note_look(user=seen.user, subject=f"voice {number}", at=seen.now)
    complaint = Complaint.objects.filter(voice=voice).first()
    dishes = shown.dish_names({voice.product_id})
    staff = Staff.objects.filter(code=voice.staff_id).first() if voice.staff_id else None
    context: dict[str, Any] = {
        "voice": voice,
        "said": shown.told(voice),
        "source": shown.source(voice),
        "store": seen.names.get(voice.store_id, voice.store_id),
        "staff": (staff.name if seen.may_know else staff.code) if staff else voice.staff_id,
        "guest": _guest(seen, voice),
        "complaint": complaint,
        "clock": shown.clock(seen, complaint, dishes) if complaint else None,
        "ends": [(end, Complaint.State(end).label) for end in ("mended", "not_mended", "left")],
        "steps": _steps(voice, complaint),
        "interview": _interview(voice),
        "finding": getattr(getattr(voice, "findingvoice", None), "finding", None),
        "most": WORDS,
        **shown.about(voice, dishes),
    }
    return render(request, "voices/one.html", context)


def _guest(seen: Look, voice: Voice) -> dict[str, Any] | None:
    """Who said it, where one of the customers this person may see did."""
    if voice.customer_id is None:
        return None
    number = living([voice.customer_id], head=seen.head)[voice.customer_id]
    state = seen.customers().filter(customer=number).first() if seen.may("see_customers") else None
    if state is None:
        known = CustomerState.objects.filter(seen.shown(), customer=number).exists()
        return {
            "number": number,
            "name": _("Customer %(number)s") % {"number": number},
            "link": False,
            "known": known,
        }
    return {"number": number, "name": shown_name(seen, state), "link": True, "known": True}


def _steps(voice: Voice, complaint: Complaint | None) -> list[dict[str, Any]]:
    """Each step of the way so far with its instant and how long it took from hearing."""
    steps: list[tuple[str, Any]] = [(_("said"), voice.at)]
    if complaint:
        steps.append((_("answered"), complaint.answered_at))
        steps.append((str(complaint.get_state_display()), complaint.closed_at))
    if promise := Promise.objects.filter(voice=voice).first():
        steps.append((_("asked whether to be told"), promise.asked_at))
        said = _("said yes, tell me") if promise.said == "yes" else _("said no, thank you")
        steps.append((said, promise.said_at))
        steps.append((_("told that it is mended"), promise.kept_at))
    return [
        {
            "name": name,
            "at": at,
            "after": shown.lasting(shown.minutes(voice.at, at)) if at != voice.at else "",
        }
        for name, at in steps
        if at is not None
    ]


def _interview(voice: Voice) -> Interview | None:
    """The interview an answer was given in."""
    if voice.source != "interview":
        return None
    number = voice.key.split()[1]
    return Interview.objects.filter(pk=number).first() if number.isdecimal() else None


@page("hear", methods=("POST",))
def answered(request: HttpRequest, seen: Look, number: int) -> HttpResponseBase:
    """Write down that somebody went to the guest, and what was said."""
    complaint = _complaint(seen, number)
    words = request.POST.get("words", "").strip()[:WORDS]
    actions.answer_complaint(complaint=complaint, by=seen.user.get_username(), now=seen.now, words=words)
    log(user=seen.user, verb="answer", subject=f"voice {number}", at=seen.now)
    return redirect("voice", number=number)


@page("hear", methods=("POST",))
def closed(request: HttpRequest, seen: Look, number: int) -> HttpResponseBase:
    """Say how a complaint ended."""
    complaint = _complaint(seen, number)
    how, words = request.POST.get("how", ""), request.POST.get("words", "").strip()[:WORDS]
    if how not in actions.complaints.ENDS:
        raise Http404
    try:
        actions.close(complaint=complaint, how=how, by=seen.user.get_username(), now=seen.now, words=words)
        log(user=seen.user, verb="close", subject=f"voice {number}", at=seen.now, detail=how)
    except Refused as refused:
        facts = refused.facts | {"how": Complaint.State(complaint.state).label}
        messages.error(request, _(refused.sentence) % facts)
    return redirect("voice", number=number)


def _complaint(seen: Look, number: int) -> Complaint:
    complaint = Complaint.objects.filter(voice=_voice(seen, number)).first()
    if complaint is None:
        raise Http404
    return complaint
