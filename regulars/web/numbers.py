"""A number that opens: beside its text it carries what it is, from how many, as of when and how sure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from regulars.measure.models import Figure
from regulars.web import words, written
from regulars.web.behind import address, behind
from regulars.web.words.measures import whole_part


@dataclass(frozen=True)
class Number:
    """What a page shows, and the facts behind it; ``label`` names it for those who hear the page."""

    text: str
    title: str
    formula: str
    facts: tuple[tuple[str, str], ...] = ()
    source: str = ""
    note: str = ""
    label: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    metric: str = ""  # with ``part`` what the page of the whole number is called by
    part: str = ""
    people: str = ""  # the address of the list of customers counted in it, where the desk can list them
    extra: dict[str, Any] = field(default_factory=dict)

    def reading(self, text: str, value: float | None = None) -> Number:
        """The same number shown as something made of it, such as its share of a whole; the amount joins the facts."""
        return replace(self, text=text, value=value, facts=((_("amount"), self.text), *self.facts))


def write(kind: str, value: float | None, currency: str) -> str:
    """A value as its kind is written: share, share.1, money, count or decimal."""
    if kind == "money":
        return written.short_money(value, currency)
    if kind == "count":
        return written.count(value)
    if kind.startswith("share"):
        return written.share(value, 1 if kind.endswith("1") else 0)
    return written.decimal(value, 2 if kind.endswith("2") else 1)


def interval(kind: str, low: float | None, high: float | None, currency: str) -> str:
    """The bounds as a sentence says them, or nothing where there are none."""
    if low is None or high is None:
        return ""
    fine = "share.1" if kind == "share" else kind
    return f"{write(fine, low, currency)}–{write(fine, high, currency)}"


def of_figure(figure: Figure, currency: str, kind: str = "", label: str = "") -> Number:
    """A published figure as a number that opens."""
    part, drawn_in = whole_part(figure.part)
    word = words.word(figure.metric, part)
    kind = kind or word.kind
    note = words.note(figure.note) if figure.note in words.NOTES else ""  # the leak notes its cause there
    text = write(kind, figure.value, currency) if figure.value is not None else note or written.NOTHING
    if drawn_in and not note:
        note = _("evened out: drawn towards the brand, the more the fewer are counted")
    return Number(
        text=text,
        title=str(word.title),
        formula=str(word.formula),
        facts=_facts(word, figure, interval(kind, figure.low, figure.high, currency)),
        source=word.source,
        note=note,
        label=label,
        value=figure.value,
        low=figure.low,
        high=figure.high,
        n=figure.n,
        metric=figure.metric,
        part=part,
        people=urlencode(address(figure)) if behind(figure) is not None else "",
    )


def _facts(word: words.Word, figure: Figure, between: str) -> tuple[tuple[str, str], ...]:
    facts = [(_("from"), f"{written.count(figure.n)} {word.counted}")]
    if figure.period:
        facts.append((_("period"), period(figure.period)))
    if between:
        facts.append((_("95%% interval") % {}, between))
    facts.append((_("as of"), written.day(figure.as_of)))
    return tuple(facts)


def period(text: str) -> str:
    """A period of a figure in words: a month, a quarter, or the year up to now."""
    if text == "trailing_year":
        return _("the last 365 days")
    if "Q" in text:
        year, quarter = text.split("-Q")
        return _("quarter %(quarter)s of %(year)s") % {"quarter": quarter, "year": year}
    return written.month(text) if len(text) >= 7 else text


def plain(
    text: str, title: str, formula: str, as_of: date | None, facts: tuple[tuple[str, str], ...] = ()
) -> Number:
    """A number that no metric published: a sum or a count the page made, or a customer's own state."""
    dated = ((_("as of"), written.day(as_of)),) if as_of else ()
    return Number(text=text, title=title, formula=formula, facts=(*facts, *dated))
