"""The loop as far as it runs: one share a stage, where it leaks most, and the one thing to do about that."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.measure.models import Figure
from regulars.web import words, written
from regulars.web.figures import Figures
from regulars.web.numbers import Number, of_figure
from regulars.web.pages.door import Look
from regulars.web.retold import retold

STAGES = ("gather", "identify", "know")
# What the customers are that a mended leak would bring each month.
GAINS = {
    "gather": gettext_lazy("customers a month whose rows would count"),
    "identify": gettext_lazy("more customers known, a month"),
    "know": gettext_lazy("more newcomers back, a month"),
}


@dataclass(frozen=True)
class Tile:
    """A stage of the loop: its share, a line of what that is, and whether it leaks most."""

    stage: str
    label: str
    number: Number
    line: str
    best: str
    leaks: bool


@dataclass(frozen=True)
class Step:
    """The one thing to do: what is wrong, what would help, how many it concerns, and where to go."""

    wrong: str
    do: str
    gain: str
    size: Number
    now: str
    best: str
    link: str
    label: str


def tiles(figures: Figures, seen: Look) -> list[Tile]:
    """The stages that have a number, in the order of the loop."""
    month = figures.last_month()
    worst = figures.one("leak", "the_leak")
    found = []
    for stage in STAGES:
        number, line = {"gather": _gather, "identify": _identify, "know": _know}[stage](figures, seen, month)
        if number is None:
            continue
        best = figures.one("leak", f"{stage}:best")
        reached = (
            written.share(best.value, 1 if stage == "gather" else 0)
            if best and best.value is not None
            else ""
        )
        leaks = worst is not None and worst.note == stage
        found.append(Tile(stage, str(words.STAGES[stage]), number, line, reached, leaks))
    return found


def _gather(figures: Figures, seen: Look, month: str) -> tuple[Number | None, str]:
    orders, taken = figures.one("revenue_factors", "whole:orders", month), figures.one("leak", "gather:now")
    if orders is None:
        return None, ""
    named = {"month": written.month(month, seen.now.year), "orders": written.count(orders.value)}
    if taken is None or taken.value is None:
        return of_figure(orders, seen.brand.currency, "count"), _("orders in %(month)s") % named
    line = _("of all rows were taken; %(orders)s orders in %(month)s") % named
    return of_figure(taken, seen.brand.currency), line


def _identify(figures: Figures, seen: Look, month: str) -> tuple[Number | None, str]:
    known = figures.one("identified_share", "", month)
    if known is None:
        return None, ""
    cause = _first_cause(figures, month)
    line = _("of orders have a customer")
    if cause:
        line = _("%(line)s; most others: %(why)s") % {"line": line, "why": words.CAUSES[cause][0]}
    return of_figure(known, seen.brand.currency, "share"), line


def _first_cause(figures: Figures, month: str) -> str:
    found = {cause: figures.one("identified_share", f"cause:{cause}", month) for cause in words.CAUSES}
    told = {cause: row.value or 0 for cause, row in found.items() if row}
    return max(told, key=lambda cause: told[cause], default="")


def _know(figures: Figures, seen: Look, month: str) -> tuple[Number | None, str]:
    back, regulars = figures.one("cohort_second_visit", "90"), figures.one("lifecycle", "regular")
    if back is None or back.value is None:
        return None, ""
    line = _("of newcomers are back within 90 days")
    if regulars and regulars.value is not None:
        line = _("%(line)s; %(regulars)s customers are regulars") % {
            "line": line,
            "regulars": written.count(regulars.value),
        }
    return of_figure(back, seen.brand.currency), line


def next_step(figures: Figures, seen: Look) -> Step | None:
    """What the leak's first cause asks for; None where no leak can be told."""
    worst = figures.one("leak", "the_leak")
    if worst is None or not worst.value:
        return None
    stage = worst.note
    leak = figures.one("leak", stage) or worst
    said = {"gather": _mend_rows, "identify": _know_more, "know": _bring_back}.get(stage)
    if said is None:
        return None
    wrong, do, link, label = said(leak.note, figures, seen)
    now, best = figures.one("leak", f"{stage}:now"), figures.one("leak", f"{stage}:best")
    fine = 1 if stage == "gather" else 0
    return Step(
        wrong,
        do,
        str(GAINS[stage]),
        of_figure(worst, seen.brand.currency),
        written.share(now.value if now else None, fine),
        written.share(best.value if best else None, fine),
        link,
        label,
    )


def _mend_rows(cause: str, figures: Figures, seen: Look) -> tuple[str, str, str, str]:
    return (
        _("Rows are refused, most often because: %(reason)s.") % {"reason": retold(cause)}
        if cause
        else _("Rows are refused."),
        _("Take the refused rows away, mend them, or mend the map, and send them again."),
        reverse("imports"),
        _("See what was refused"),
    )


def _know_more(cause: str, figures: Figures, seen: Look) -> tuple[str, str, str, str]:
    code = cause.removeprefix("cause:")
    why, do = words.CAUSES.get(code, words.CAUSES["not_recorded"])
    row = figures.one("identified_share", f"cause:{code}", figures.last_month())
    share = written.of_hundred(row.value) if row and row.value else ""
    wrong = str(why)
    if share and code == "not_recorded":
        wrong = _("Of 100 orders, %(n)s stay unknown, and nothing says why.") % {"n": share}
    elif share:
        wrong = _("Of 100 orders, %(n)s stay unknown because %(why)s.") % {"n": share, "why": why}
    return wrong, str(do), f"{reverse('stores')}?stores.sort=known", _("See which stores")


def _bring_back(cause: str, figures: Figures, seen: Look) -> tuple[str, str, str, str]:
    kind, _colon, slice = cause.partition(":")
    row: Figure | None = figures.slices("cohort_second_visit", kind, "90").get(slice)
    name = words.slice_name(kind, slice, seen.names)
    if row is None or row.value is None:
        wrong = _("Newcomers come back less often than at your best stores.")
    else:
        wrong = _("Of 100 newcomers by %(name)s, only %(n)s come back within 90 days.") % {
            "name": name,
            "n": written.of_hundred(row.value),
        }
        if kind == "store":
            wrong = _("Of 100 newcomers at %(name)s, only %(n)s come back within 90 days.") % {
                "name": name,
                "n": written.of_hundred(row.value),
            }
    do = _(
        "Look at what the best do otherwise: who greets, what the first order is, what is said at the door."
    )
    if kind == "store" and slice in seen.names:
        return wrong, do, reverse("store", args=[slice]), _("See %(name)s") % {"name": name}
    return wrong, do, f"{reverse('cohorts')}?by={kind}#back", _("See who came back")
