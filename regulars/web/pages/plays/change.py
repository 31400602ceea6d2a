"""The form of a draft: whom, what counts, the steps with their own fields; an audience is counted as it is typed."""

from __future__ import annotations

from dataclasses import fields as fields_of
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from regulars.access.actions import log
from regulars.core.money import minor_units
from regulars.core.refused import Refused
from regulars.engage.actions import plays as actions
from regulars.engage.actions.standing import kinds
from regulars.engage.models import Play
from regulars.know.actions.segments import count as counted
from regulars.know.actions.segments import fields, segment
from regulars.web import written
from regulars.web.pages.door import Look, page
from regulars.web.pages.plays.bounds import number
from regulars.web.words import plays as words

MOST = 20  # steps of a play


@page("run_plays", methods=("GET", "HEAD", "POST"))
def change(request: HttpRequest, seen: Look, name: str) -> HttpResponseBase:
    """Show and keep the settings of a draft."""
    play, refused = get_object_or_404(Play, name=name), ""
    if request.method != "POST" and play.state not in (Play.State.DRAFT, Play.State.PROPOSED):
        return redirect("play", name=play.name)
    steps = list(play.steps)
    if request.method == "POST":
        steps = _steps(request)
        if request.POST.get("do") == "save":
            try:
                actions.change(play=play, by=seen.user.get_username(), **_asked(request, seen, play, steps))
            except Refused as why:
                refused = words.refusal(why)
            else:
                log(user=seen.user, verb="change play", subject=f"play {play.name}", at=seen.now)
                return redirect("play", name=play.name)
    unit = minor_units(seen.brand.currency)
    context = {
        "play": play,
        "called": words.title(play),
        "refused": refused,
        "audience": request.POST.get("audience", play.audience),
        "title": request.POST.get("title", words.title(play)),
        "outcome_days": request.POST.get("outcome_days", play.outcome_days),
        "gain": request.POST.get("gain", f"{100 * play.gain:g}"),
        "treated": request.POST.get("treated", round(100 * play.treated_share)),
        "cost": request.POST.get("cost", f"{play.cost / unit:g}"),
        "ends_on": request.POST.get("ends_on", play.ends_on.isoformat() if play.ends_on else ""),
        "newcomers_only": "newcomers_only" in request.POST
        if request.method == "POST"
        else play.newcomers_only,
        "steps": [_drawn(at, each) for at, each in enumerate(steps)],
        "kinds": [(each, words.KINDS.get(each, each)) for each in kinds()],
        "fields": [
            (each.name, words.FIELDS.get(each.name, each.label), each.kind) for each in fields().values()
        ],
        **_size(str(request.POST.get("audience", play.audience)), seen),
    }
    return render(request, "plays/change.html", context, status=422 if refused else 200)


def _asked(request: HttpRequest, seen: Look, play: Play, steps: list[dict[str, Any]]) -> dict[str, Any]:
    """The form's values as the play keeps them; refuses numbers and days that are none, and steps that cannot work."""
    form = request.POST
    title = form.get("title", "").strip()[:120]
    return {
        "title": play.title
        if title == words.title(play)
        else title,  # one that came with Regulars stays translated
        "audience": form.get("audience", "").strip(),
        "outcome_days": int(number(form.get("outcome_days", ""), "days")),
        "gain": number(form.get("gain", ""), "gain") / 100,
        "treated_share": number(form.get("treated", ""), "share that goes on") / 100,
        "cost": round(
            number(form.get("cost", "") or "0", "most it may cost") * minor_units(seen.brand.currency)
        ),
        "ends_on": _day(form.get("ends_on", "")),
        "newcomers_only": "newcomers_only" in form,
        "steps": [actions.step_of(each) for each in steps],
    }


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Refused("the last day is written as 2026-12-31") from None


def _steps(request: HttpRequest) -> list[dict[str, Any]]:
    """The steps as the form has them now: in the order of their places, without those ticked off, with one added."""
    form = request.POST
    found: list[tuple[float, int, dict[str, Any]]] = []
    for at in range(MOST):
        kind = kinds().get(form.get(f"{at}.step", ""))
        if kind is None or f"{at}.remove" in form:
            continue
        values: dict[str, Any] = {each.name: form.get(f"{at}.{each.name}", "") for each in fields_of(kind)}
        values |= {
            each.name: values[each.name] == "on" for each in fields_of(kind) if isinstance(each.default, bool)
        }
        place = form.get(f"{at}.place", "")
        found.append((float(place) if place.isdecimal() else at + 1, at, {"step": kind.name, **values}))
    steps = [each for _place, _at, each in sorted(found, key=lambda each: each[:2])]
    if form.get("do") == "add" and form.get("add") in kinds() and len(steps) < MOST:
        steps.append({"step": form["add"]})
    return steps


def _drawn(at: int, step: dict[str, Any]) -> dict[str, Any]:
    """A step's fields as one generic form draws them."""
    kind, drawn = kinds().get(step.get("step", "")), []
    for each in fields_of(kind) if kind else ():
        label, choices = each.metadata.get("label", each.name), each.metadata.get("choices") or ()
        drawn.append({
            "name": f"{at}.{each.name}",
            "label": words.LABELS.get(label, label),
            "value": step.get(each.name, each.default),
            "choices": [(one, words.CHOICES.get(one, words.LABELS.get(one, one))) for one in choices],
            "tick": isinstance(each.default, bool),
            "long": each.metadata.get("long", False),
        })  # fmt: skip
    name = step.get("step", "")
    return {"at": at, "place": at + 1, "kind": name, "label": words.KINDS.get(name, name), "fields": drawn}


@page("see_plays", methods=("POST",))
def count(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """How many an expression is true of now, or why it cannot be read; asked at each keystroke."""
    return render(request, "plays/count.html", _size(request.POST.get("audience", ""), seen))


def _size(text: str, seen: Look) -> dict[str, Any]:
    try:
        found = counted(segment(text), head=seen.head, now=seen.now)
    except Refused as refused:
        return {"size": None, "size_refused": words.refusal(refused)}
    return {
        "size": written.count(found),
        "size_n": found,
        "size_refused": "",
    }
