"""The loop in one picture: nine stages, one share each, and the one where it leaks most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regulars.web import words, written
from regulars.web.figures import Figures
from regulars.web.numbers import Number, of_figure
from regulars.web.pages.door import Look
from regulars.web.words.leaks import UNSENT

FEW = 30  # below it a count says more than a share


@dataclass(frozen=True)
class Tile:
    """A stage of the loop: its share, a line of what that is, and whether it leaks most; no number: not yet."""

    stage: str
    label: str
    number: Number | None
    line: str
    best: str
    leaks: bool


Said = tuple[Number | None, str]

# What a stage that has nothing to count yet waits for.
WAITS = {
    "gather": gettext_lazy("no file yet"),
    "identify": gettext_lazy("no whole month of orders yet"),
    "know": gettext_lazy("nobody watched for 90 days yet"),
    "engage": gettext_lazy("nothing fell due in four weeks"),
    "reward": gettext_lazy("no coupon has ended yet"),
    "serve": gettext_lazy("no card in four weeks"),
    "listen": gettext_lazy("nobody asked yet"),
    "improve": gettext_lazy("no finding is due yet"),
    "measure": gettext_lazy("no play yet"),
}


def tiles(figures: Figures, seen: Look) -> list[Tile]:
    """The nine stages in the order of the loop; of a store only those that have a number."""
    month = figures.last_month()
    worst = figures.one("leak", "the_leak")
    found = []
    for stage, say in STAGES.items():
        number, line = say(figures, seen, month)
        if number is None and seen.stores is not None:
            continue
        best = figures.one("leak", f"{stage}:best")
        reached = (
            written.share(best.value, 1 if stage == "gather" else 0)
            if best and best.value is not None
            else ""
        )
        leaks = worst is not None and worst.note == stage
        found.append(Tile(stage, str(words.STAGES[stage]), number, line or str(WAITS[stage]), reached, leaks))
    return found


def _gather(figures: Figures, seen: Look, month: str) -> Said:
    orders, taken = figures.one("revenue_factors", "whole:orders", month), figures.one("leak", "gather:now")
    if orders is None:
        return None, ""
    named = {"month": written.month(month, seen.now.year), "orders": written.count(orders.value)}
    if taken is None or taken.value is None:
        return of_figure(orders, seen.brand.currency, "count"), _("orders in %(month)s") % named
    line = _("of all rows were taken; %(orders)s orders in %(month)s") % named
    return of_figure(taken, seen.brand.currency), line


def _identify(figures: Figures, seen: Look, month: str) -> Said:
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


def _know(figures: Figures, seen: Look, month: str) -> Said:
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


def _counted(figures: Figures, stage: str) -> tuple[Number | None, int, int]:
    """A stage counted on the desk: its share, which opens with its counts, what was done, and of how many."""
    now, done, of = (figures.one("leak", f"{stage}:{part}") for part in ("now", "done", "of"))
    if now is None or done is None or of is None or not of.value:
        return None, 0, 0
    counts = int(done.value or 0), int(of.value)
    said = _("%(done)s of %(of)s") % {"done": written.count(counts[0]), "of": written.count(counts[1])}
    text = said if counts[1] < FEW else written.share(now.value)
    number = of_figure(now, "", label=str(words.STAGES[stage]))
    return replace(number, text=text, facts=((_("counted"), said), *number.facts)), *counts


def _engage(figures: Figures, seen: Look, month: str) -> Said:
    number, done, _of = _counted(figures, "engage")
    if number is None:
        return None, ""
    line = ngettext("of messages due went out: %(n)s", "of messages due went out: %(n)s", done) % {
        "n": written.count(done)
    }
    now = figures.one("leak", "engage:now")
    if now and now.note in UNSENT and number.value != 1:
        line = _("%(line)s; most others: %(why)s") % {"line": line, "why": UNSENT[now.note][0]}
    return number, line


def _plainly(stage: str, line: str | object) -> Callable[[Figures, Look, str], Said]:
    """A stage of which nothing more is said than what its share is of."""

    def say(figures: Figures, seen: Look, month: str) -> Said:
        number, _done, _of = _counted(figures, stage)
        return number, str(line) if number else ""

    return say


STAGES: dict[str, Callable[[Figures, Look, str], Said]] = {
    "gather": _gather,
    "identify": _identify,
    "know": _know,
    "engage": _engage,
    "reward": _plainly("reward", gettext_lazy("of coupons were used before they ended")),
    "serve": _plainly("serve", gettext_lazy("of cards were done, in four weeks")),
    "listen": _plainly("listen", gettext_lazy("of those asked answered, in 13 weeks")),
    "improve": _plainly("improve", gettext_lazy("findings were mended by their day")),
    "measure": _plainly("measure", gettext_lazy("plays are decided")),
}
