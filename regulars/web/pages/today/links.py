"""What guests said and what came of it: the seven links, with the days between and where voices end."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import ngettext

from regulars.web import written
from regulars.web.figures import Figures
from regulars.web.numbers import Number, of_figure
from regulars.web.pages.door import Look
from regulars.web.words.leaks import LINKS

A_DAY = 24 * 60  # minutes


@dataclass(frozen=True)
class Link:
    """One link: voices that got this far, its width in percent of all, how long it took, and how many ended here."""

    label: str
    number: Number
    width: float
    days: str
    ended: str


@dataclass(frozen=True)
class Strip:
    """The seven links and a sentence on them: heard, told, and what those who came back brought."""

    links: list[Link]
    heard: str
    answered: str
    told: str
    back: str
    revenue: Number | None


def strip(figures: Figures, seen: Look) -> Strip | None:
    """The seven links of the last half year; None where nothing was heard."""
    heard = figures.one("links", "heard")
    if heard is None or not heard.value:
        return None
    found, counts, names = [], {}, list(LINKS)
    for name, following in zip(names, [*names[1:], ""], strict=True):
        row, days = figures.one("links", name), figures.one("links", f"days:{name}")
        ended = figures.one("links", f"ended:{following}")
        if row is None:
            continue
        counts[name], lost = written.count(row.value), int(ended.value or 0) if ended else 0
        found.append(
            Link(
                str(LINKS[name]),
                of_figure(row, seen.brand.currency, label=str(LINKS[name])),
                round(100 * (row.value or 0) / heard.value, 1),
                after(days.value) if days and name != "heard" else "",
                ngettext("%(n)s got no further", "%(n)s got no further", lost) % {"n": written.count(lost)}
                if lost
                else "",
            )
        )
    revenue = figures.one("links", "revenue")
    brought = of_figure(revenue, seen.brand.currency) if revenue and revenue.value else None
    answered, told, back = (counts.get(name, "0") for name in ("answered", "told", "back"))
    return Strip(found, counts["heard"], answered, told, back, brought)


def after(days: float | None) -> str:
    """A time from being heard as one says it: minutes, hours or days."""
    minutes = round((days or 0.0) * A_DAY)
    if minutes < 60:
        return ngettext("after %(n)s minute", "after %(n)s minutes", minutes) % {"n": written.count(minutes)}
    if minutes < 36 * 60:
        hours = round(minutes / 60)
        return ngettext("after %(n)s hour", "after %(n)s hours", hours) % {"n": written.count(hours)}
    whole = round(minutes / A_DAY)
    return ngettext("after %(n)s day", "after %(n)s days", whole) % {"n": written.count(whole)}
