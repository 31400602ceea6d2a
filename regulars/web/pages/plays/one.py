"""One play: whom it would reach and when its gain can be known before it starts, what it brought afterwards."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from regulars.access.actions import log, note_look
from regulars.core.refused import Refused
from regulars.engage.actions import plays as actions
from regulars.engage.actions.dry_run import Line, dry_run
from regulars.engage.actions.outlook import Outlook, outlook, preview
from regulars.engage.actions.standing import due_day
from regulars.engage.models import Entry, Message, Play, Touch
from regulars.engage.rules.templates import render as render_words
from regulars.engage.steps.wait import DATED
from regulars.measure.models import PlayResult
from regulars.web import charts, written
from regulars.web.pages.door import Look, page
from regulars.web.pages.plays.listing import results
from regulars.web.pages.plays.lists import history, people
from regulars.web.table import arrange, exported
from regulars.web.words import plays as words
from regulars.web.words.verdicts import points, verdict

SHOWN = 300  # lines of the dry run on the page; the file has all
State = Play.State


@page("see_plays")
def one(request: HttpRequest, seen: Look, name: str) -> HttpResponseBase:
    """A play as it stands."""
    play = get_object_or_404(Play, name=name)
    ahead, judged, refused = _ahead(play, seen)
    lines = arrange(request, people(judged, seen), seen)
    weeks = arrange(request, history(ahead.before if ahead else None), seen)
    if answer := exported(request, [lines, weeks], seen):
        return answer
    all_lines, lines.rows = len(lines.rows), lines.rows[:SHOWN]
    result = results(seen).get(play.name)
    day = due_day(seen.head)
    context: dict[str, Any] = {
        "play": play,
        "title": words.title(play),
        "ahead": ahead,
        "refused": refused,
        "lines": lines,
        "lists": play.state != State.ENDED and not refused,
        "cut": all_lines > SHOWN and SHOWN,
        "weeks": weeks,
        "spared": [(words.reason(code), n) for code, n in ahead.spared.items()] if ahead else [],
        "spared_n": sum(ahead.spared.values()) if ahead else 0,
        "reasons": written.listed(
            f"{words.reason(code)} {written.count(n)}" for code, n in ahead.spared.items()
        )
        if ahead
        else "",
        "known": _known(ahead, play),
        "steps": [{"said": words.step(each, day), "words": _words(each, seen)} for each in play.steps],
        "result": _result(result, seen) if result else None,
        "row": result,
        "whisker": _drawn(result, play) if result else None,
        "chance_after": bool(play.steps) and play.steps[0].get("until") in DATED,
        "verdict": verdict(result) if result else "",
        "likely": _likely(result) if result else "",
        "counts": _counts(play),
        "arms": f"{round(100 * play.treated_share)}:{round(100 * (1 - play.treated_share))}",
        "may_run": seen.may("run_plays"),
        "mine": play.made_by == seen.user.get_username(),
        **_trial(request, seen, play),
    }
    return render(request, "plays/one.html", context)


def _ahead(play: Play, seen: Look) -> tuple[Outlook | None, list[Line], str]:
    """Before a start the whole outlook, afterwards those judged next; or why the play cannot be read."""
    try:
        if play.state in (State.DRAFT, State.PROPOSED):
            ahead = outlook(play, head=seen.head, now=seen.now)
            return ahead, ahead.lines, ""
        if play.state != State.ENDED:
            return None, dry_run(play, head=seen.head, now=seen.now), ""
    except Refused as why:
        return None, [], words.refusal(why)
    return None, [], ""


def _words(step: dict[str, Any], seen: Look) -> list[str]:
    """The texts of a step as a guest would read them, filled in for an example; as written where that fails."""
    facts = {"store": next(iter(seen.names.values()), ""), "brand": seen.brand.name}
    said = []
    for key, name in (("body_zh", "王女士"), ("body_en", "Ms Wang")):
        if text := step.get(key):
            try:
                said.append(render_words(text, facts | {"name": name}))
            except Refused:
                said.append(text)
    return said


def _known(ahead: Outlook | None, play: Play) -> dict[str, str] | None:
    """When the smallest gain worth knowing can be known, in the words of a sentence."""
    if ahead is None or ahead.before is None or ahead.before.share is None or ahead.people is None:
        return None
    return {
        "weeks": str(ahead.weeks) if ahead.weeks is not None else "",
        "gain": _("%(points)s points") % {"points": f"{100 * play.gain:g}"},
        "share": written.share(ahead.before.share),
        "people": written.count(ahead.people),
        "weekly": written.count(ahead.entering),
        "from": written.count(ahead.before.people),
    }


def _counts(play: Play) -> dict[str, Any]:
    """How many are under way, done or left, and how many were spared, by reason."""
    entries = Entry.objects.filter(play=play)
    arms = dict(entries.order_by().values_list("arm").annotate(Count("pk")))
    states = dict(entries.filter(arm="treated").order_by().values_list("state").annotate(Count("pk")))
    left = entries.filter(state="left").order_by().values_list("why").annotate(n=Count("pk"))
    touches = Touch.objects.filter(play=play.name, state="spared").order_by()
    spared = touches.values_list("reason").annotate(n=Count("pk"))
    sent = Message.objects.filter(play=play).order_by().values_list("state").annotate(n=Count("pk"))
    labels = dict(Message.State.choices)
    return {
        "treated": arms.get("treated", 0),
        "control": arms.get("control", 0),
        "going": states.get("going", 0),
        "done": states.get("done", 0),
        "left": [(words.reason(why), n) for why, n in sorted(left, key=lambda each: (-each[1], each[0]))],
        "spared": [
            (words.reason(code), n) for code, n in sorted(spared, key=lambda each: (-each[1], each[0]))
        ],
        "messages": [(labels.get(state, state), n) for state, n in sorted(sent)],
    }


def _result(row: PlayResult, seen: Look) -> list[tuple[str, str]]:
    """The facts of a result; a blocked one tells only what blocks it."""
    watched = _("%(treated)s and %(control)s") % {
        "treated": written.count(row.matured_treated),
        "control": written.count(row.matured_control),
    }
    facts = [(_("watched to the end, in the play and held out"), watched)]
    if row.decision != PlayResult.Decision.BLOCKED:
        shares = {
            "treated": written.share(row.share_treated, 1),
            "control": written.share(row.share_control, 1),
        }
        facts.append((_("came back"), _("%(treated)s against %(control)s") % shares))
        facts.append((_("difference, over all looks"), _between(row)))
        if row.revenue_diff is not None:
            facts.append((_("revenue a customer"), _money(row, seen.brand.currency)))
    facts.append((_("sample-ratio check"), f"p = {row.srm_p:.3f}"))
    facts.append((_("in both arms"), written.count(row.mixed)))
    facts.append((_("looks"), written.count(row.look)))
    facts.append((_("as of"), written.day(row.as_of, seen.now.year)))
    return facts


def _drawn(row: PlayResult, play: Play) -> charts.Whisker | None:
    """The difference on its interval, against nothing; not where something blocks it."""
    if row.low is None or row.high is None or row.decision == PlayResult.Decision.BLOCKED:
        return None
    reach = 1.06 * max(abs(row.low), abs(row.high))
    label = f"{words.title(play)}: {_between(row)}"
    return charts.whisker((row.low, row.diff, row.high), (-reach, reach), 0.0, label)


def _likely(row: PlayResult) -> str:
    """The interval as one would say it, in guests of a hundred; empty where something blocks it."""
    if row.low is None or row.high is None or row.decision == PlayResult.Decision.BLOCKED:
        return ""
    low, high = (f"{abs(100 * each):.1f}" for each in (row.low, row.high))
    if row.low < 0 < row.high:
        return _("Of 100 in the play, between %(low)s fewer and %(high)s more come back than without it.") % {
            "low": low,
            "high": high,
        }
    if row.low >= 0:
        return _("Of 100 in the play, between %(low)s and %(high)s more come back than without it.") % {
            "low": low,
            "high": high,
        }
    return _("Of 100 in the play, between %(low)s and %(high)s fewer come back than without it.") % {
        "low": high,
        "high": low,
    }


def _between(row: PlayResult) -> str:
    """The interval, and the estimate only where it is decided."""
    if row.low is None or row.high is None:
        return written.NOTHING
    said = {"low": written.signed(100 * row.low), "high": written.signed(100 * row.high)}
    between = _("between %(low)s and %(high)s points") % said
    return f"{points(row.diff)} ({between})" if row.decision != PlayResult.Decision.TOO_EARLY else between


def _money(row: PlayResult, currency: str) -> str:
    low, high = (written.money(each, currency) for each in (row.revenue_low, row.revenue_high))
    between = _("between %(low)s and %(high)s") % {"low": low, "high": high}
    return f"{written.money(row.revenue_diff, currency)} ({between})"


def _trial(request: HttpRequest, seen: Look, play: Play) -> dict[str, Any]:
    """The play with a moved clock for one customer, whose number stands in the address."""
    number = request.GET.get("customer", "")
    if not (number.isdecimal() and len(number) < 16 and seen.may_know):
        return {"asked": ""}
    state = seen.customers().filter(customer=int(number)).first()
    if state is None:
        return {"asked": number, "nobody": True}
    note_look(user=seen.user, subject=f"customer {number}", at=seen.now, detail=f"trial of play {play.name}")
    try:
        stops = preview(play, customer=int(number), head=seen.head, now=seen.now)
    except Refused as refused:
        return {"asked": number, "trial_refused": words.refusal(refused)}
    return {
        "asked": number,
        "stops": [{"kind": words.KINDS.get(each.step, each.step), "stop": each} for each in stops],
    }


@page("run_plays", methods=("POST",))
def do(request: HttpRequest, seen: Look, name: str, verb: str) -> HttpResponseBase:
    """Start, approve, stop, resume or end a play."""
    play, by = get_object_or_404(Play, name=name), seen.user.get_username()
    verbs = {
        "start": lambda: actions.start(play=play, by=by, now=seen.now),
        "approve": lambda: actions.approve(play=play, by=by, now=seen.now),
        "stop": lambda: actions.stop(play=play),
        "resume": lambda: actions.resume(play=play),
        "end": lambda: actions.end(play=play, now=seen.now),
    }
    if verb not in verbs:
        raise Http404
    try:
        verbs[verb]()
    except Refused as refused:
        messages.error(request, words.refusal(refused))
    else:
        log(user=seen.user, verb=f"{verb} play", subject=f"play {play.name}", at=seen.now)
    return redirect("play", name=play.name)
