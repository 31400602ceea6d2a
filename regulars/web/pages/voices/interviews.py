"""An interview: the guide on the left, the words as they were said, tags with one tap; afterwards what became of it."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.access.actions import log, note_look
from regulars.core.refused import Refused
from regulars.identify.actions import living
from regulars.know.models import CustomerState
from regulars.listen import actions
from regulars.listen.actions.interviews import GUIDE as QUESTIONS
from regulars.listen.actions.interviews import voices_of
from regulars.listen.models import Interview
from regulars.web.pages.customers import shown_name
from regulars.web.pages.door import Look, page
from regulars.web.pages.voices import shown
from regulars.web.words.voices import GUIDE

WORDS = 2000  # characters of one answer


@page("hear", methods=("GET", "HEAD", "POST"))
def interview(request: HttpRequest, seen: Look, number: int) -> HttpResponseBase:
    """Ask a guest five questions and keep what they say; a refusal leaves the words in the form."""
    state = _guest(seen, number)
    store = _store(request, seen, state)
    refused = ""
    if request.method == "POST":
        try:
            row = actions.interview(
                key=request.POST.get("key", "")[:80] or secrets.token_urlsafe(16),
                customer=state.customer,
                store_id=store,
                by=seen.user.get_username(),
                answers=[(name, request.POST.get(name, "")[:WORDS]) for name in QUESTIONS],
                tags=_tags(request),
                now=seen.now,
            )
            log(
                user=seen.user,
                verb="hear",
                subject=f"customer {state.customer}",
                at=seen.now,
                detail="interview",
            )
            return redirect("voice-interviewed", key=row.pk)
        except Refused as why:
            refused = _(why.sentence) % why.facts if why.facts else _(why.sentence)
    else:
        note_look(user=seen.user, subject=f"customer {state.customer}", at=seen.now, detail="interview")
    language = get_language() or "en"
    chosen = _tags(request)
    context: dict[str, Any] = {
        "state": state,
        "name": shown_name(seen, state),
        "store": store,
        "refused": refused,
        "guide": [(key, *GUIDE[key], request.POST.get(key, "")[:WORDS]) for key in QUESTIONS],
        "offered": actions.tags_offered(store_id=store, now=seen.now, language=language),
        "chosen": chosen,
        "typed": request.POST.get("tags", "")[:500],
        "key": request.POST.get("key", "")[:80] or secrets.token_urlsafe(16),
        "most": WORDS,
    }
    return render(request, "voices/interview.html", context, status=422 if refused else 200)


def _guest(seen: Look, number: int) -> CustomerState:
    """The guest as numbered now, among those this person may see."""
    if number >= 2**63:  # beyond what a desk numbers
        raise Http404
    now = living([number], head=seen.head)[number]
    state = seen.customers().filter(customer=now).first()
    if state is None:
        raise Http404
    return state


def _store(request: HttpRequest, seen: Look, state: CustomerState) -> str:
    """Where the interview takes place: as chosen, else the guest's usual store, else the first one sees."""
    for code in (request.POST.get("store"), state.usual_store, *seen.names):
        if code and code in seen.names:
            return code
    return ""


def _tags(request: HttpRequest) -> list[str]:
    """Ticked tags and typed ones, divided by commas of either language."""
    typed = request.POST.get("tags", "")[:500].replace("，", ",").replace("、", ",").split(",")
    return [tag for tag in (*request.POST.getlist("tag"), *typed) if tag.strip()]


@page("see_voices")
def interviewed(request: HttpRequest, seen: Look, key: int) -> HttpResponseBase:
    """What became of an interview: each answer with its voice, and the tags taken from it."""
    row = Interview.objects.filter(pk=key).first()
    if row is None or not seen.sees_store(row.store_id):
        raise Http404
    note_look(user=seen.user, subject=f"customer {row.customer}", at=seen.now, detail=f"interview {key}")
    number = living([row.customer], head=seen.head)[row.customer]
    state = seen.customers().filter(customer=number).first()
    voices = voices_of(row)
    context = {
        "row": row,
        "name": shown_name(seen, state) if state else _("Customer %(number)s") % {"number": number},
        "number": number if state else None,
        "store": seen.names.get(row.store_id, row.store_id),
        "answers": [
            {
                "question": GUIDE[each["question"]][0],
                "words": each["words"],
                "voice": voices.get(each["question"]),
                "about": shown.about(voice, {})["field"] if (voice := voices.get(each["question"])) else "",
            }
            for each in row.answers
        ],
    }
    return render(request, "voices/interviewed.html", context)
