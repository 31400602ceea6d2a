"""All plays: how many are known to work, and the ones a brand can start from."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.access.actions import log
from regulars.core.refused import Refused
from regulars.engage.actions.plays import make_ready
from regulars.engage.models import Play
from regulars.measure.models import PlayResult
from regulars.web import charts, written
from regulars.web.pages.door import Look, page
from regulars.web.pages.plays.bounds import shown
from regulars.web.table import Cell, Column, Table, arrange, exported, text
from regulars.web.words.plays import refusal, title
from regulars.web.words.verdicts import between, verdict

DECIDED = (PlayResult.Decision.GAIN, PlayResult.Decision.LOSS, PlayResult.Decision.NOTHING)
READY = {
    "second-visit": (
        gettext_lazy("The second visit"),
        gettext_lazy(
            "Newcomers who have not come back by the brand's day hear from staff, half of them by chance."
        ),
    ),
    "hello": (
        gettext_lazy("A hello that asks for nothing"),
        gettext_lazy("Should do nothing: if it shows an effect, something is wrong with the counting."),
    ),
}


def results(seen: Look) -> dict[str, PlayResult]:
    """What the last turn published of each play, by name."""
    return {row.play: row for row in PlayResult.objects.filter(seen.shown()).order_by("play", "pk")}


@page("see_plays")
def listing(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """Every play with its state, its arms and what is known of its effect."""
    plays = list(Play.objects.order_by("-made_at", "name"))
    told = results(seen)
    table = arrange(request, _table(plays, told), seen)
    if answer := exported(request, [table], seen):
        return answer
    running = [each for each in plays if each.state == Play.State.RUNNING]
    gains = [
        each for each in plays if each.name in told and told[each.name].decision == PlayResult.Decision.GAIN
    ]
    best = max(gains, key=lambda each: (told[each.name].diff or 0, each.name), default=None)
    context = {
        "table": table,
        "plays": plays,
        "running": len(running),
        "decided": sum(each.name in told and told[each.name].decision in DECIDED for each in plays),
        "best": title(best) if best else "",
        "gain": written.of_hundred(told[best.name].diff or 0) if best else "",
        "waiting": [each for each in plays if each.state == Play.State.PROPOSED],
        "ready": [{"name": name, "title": called, "about": about} for name, (called, about) in READY.items()],
        "may_run": seen.may("run_plays"),
        "limits": shown(seen),
    }
    return render(request, "plays/page.html", context)


def _table(plays: list[Play], told: dict[str, PlayResult]) -> Table:
    arms = _entered()
    ends = [
        abs(each) for row in told.values() if (row.low or row.high) for each in (row.low, row.high) if each
    ]
    reach = 1.06 * max(ends, default=0.0)
    rows = []
    for play in plays:
        row = told.get(play.name)
        treated, control = arms.get(play.pk, (0, 0))
        said, whisker = verdict(row) if row else written.NOTHING, None
        if row and row.low is not None and row.decision != PlayResult.Decision.BLOCKED:
            label = f"{title(play)}: {said}; {between(row)}"
            whisker = charts.whisker((row.low, row.diff, row.high), (-reach, reach), 0.0, label)
        rows.append([
            text(title(play), reverse("play", args=[play.name])),
            Cell(said, row.diff if row else None, raw=said if row else ""),
            Cell(whisker=whisker),
            Cell(between(row) if row else written.NOTHING, row.low if row else None, raw=between(row) if row else ""),
            Cell(written.count(treated), treated, raw=treated),
            Cell(written.count(control), control, raw=control),
            text(str(play.get_state_display())),
        ])  # fmt: skip
    columns = [
        Column("play", _("play")), Column("said", _("what it says")),
        Column("effect", _("effect, against nothing"), chart=True), Column("between", _("likely, in points")),
        Column("treated", _("in the play"), numeric=True), Column("control", _("held out"), numeric=True),
        Column("state", _("state")),
    ]  # fmt: skip
    return Table("plays", _("Plays"), columns, rows, look="list plays")


def _entered() -> dict[int, tuple[int, int]]:
    counted = Play.objects.annotate(
        treated=Count("entries", filter=Q(entries__arm="treated")),
        control=Count("entries", filter=Q(entries__arm="control")),
    )
    return {each.pk: (each.treated, each.control) for each in counted.order_by("pk")}


@page("run_plays", methods=("POST",))
def begin(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """Make a draft of a play that comes with Regulars, and open it."""
    try:
        play = make_ready(ready=request.POST.get("ready", ""), by=seen.user.get_username(), now=seen.now)
    except Refused as refused:
        messages.error(request, refusal(refused))
        return redirect("plays")
    log(user=seen.user, verb="make play", subject=f"play {play.name}", at=seen.now)
    return redirect("play", name=play.name)
