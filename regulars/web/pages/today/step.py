"""The one thing to do: what the largest leak's first cause asks for, and where one goes to do it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.measure.models import Figure
from regulars.web import words, written
from regulars.web.figures import Figures
from regulars.web.frame import WAYS
from regulars.web.numbers import Number, of_figure
from regulars.web.pages.door import Look
from regulars.web.retold import retold
from regulars.web.words.leaks import GAINS, UNSENT


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


def next_step(figures: Figures, seen: Look) -> Step | None:
    """What the leak's first cause asks for; None where no leak can be told."""
    worst = figures.one("leak", "the_leak")
    if worst is None or not worst.value:
        return None
    stage = worst.note
    leak = figures.one("leak", stage) or worst
    said = SAID.get(stage)
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


def _way(page: str, seen: Look) -> str:
    """The address of a page that this person may open; nothing otherwise."""
    return next(
        (reverse(page) for _group, name, _label, _icon, verb in WAYS if name == page and seen.may(verb)), ""
    )


def _reach(cause: str, figures: Figures, seen: Look) -> tuple[str, str, str, str]:
    why, do = UNSENT.get(cause, UNSENT[""])
    now = figures.one("leak", "engage:now")
    n = written.of_hundred(1 - (now.value or 0)) if now else ""
    wrong = _("Of 100 messages that fell due, %(n)s did not go out, most because %(why)s.") % {
        "n": n,
        "why": why,
    }
    return wrong, str(do), _way("outbox", seen), _("See what was not sent")


def _use(cause: str, figures: Figures, seen: Look) -> tuple[str, str, str, str]:
    wrong = _("Most coupons end unused, most of all “%(name)s”.") % {"name": cause}
    do = _(
        "Give fewer, and what a guest would use on the next visit anyway: ask three guests why they did not."
    )
    return wrong, do, _way("plays", seen), _("See the plays")


def _do_cards(cause: str, figures: Figures, seen: Look) -> tuple[str, str, str, str]:
    name = words.slice_name("store", cause.removeprefix("store:"), seen.names)
    wrong = _("Cards are left undone, most of them at %(name)s.") % {"name": name}
    do = _("Ask the shift what stands in the way, and show it which guests came back.")
    return wrong, do, _way("shift", seen), _("See the cards")


def _ask(cause: str, figures: Figures, seen: Look) -> tuple[str, str, str, str]:
    name = words.slice_name("store", cause.removeprefix("store:"), seen.names)
    wrong = _("Guests who are asked do not answer, most of them at %(name)s.") % {"name": name}
    do = _("Let staff say who will ask and why: a question announced at the table is answered more often.")
    return wrong, do, _way("voices", seen), _("See what was said")


SAID = {
    "gather": _mend_rows,
    "identify": _know_more,
    "know": _bring_back,
    "engage": _reach,
    "reward": _use,
    "serve": _do_cards,
    "listen": _ask,
}
