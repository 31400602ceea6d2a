"""Numbers, money, days and drawings as templates write them; currency and zone come from the frame."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.template import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from regulars.web import words, written
from regulars.web.numbers import Number
from regulars.web.retold import retold
from regulars.web.words.measures import has_page

register = template.Library()

register.filter("retold", retold)
register.filter("count", written.count)
register.filter("decimal", written.decimal)
register.filter("share", written.share)
register.filter("language", written.language)


@register.simple_tag(takes_context=True)
def money(context: Context, value: float | None) -> str:
    return written.money(value, context["look"].brand.currency)


@register.simple_tag(takes_context=True)
def exact_money(context: Context, value: float | None) -> str:
    return written.exact_money(value, context["look"].brand.currency)


@register.simple_tag(takes_context=True)
def short_money(context: Context, value: float | None) -> str:
    return written.short_money(value, context["look"].brand.currency)


@register.simple_tag(takes_context=True)
def bare_money(context: Context, value: float | None) -> str:
    """A rounded amount without its sign, where the number beside it has one."""
    currency = context["look"].brand.currency
    return written.short_money(value, currency).replace(written.sign(currency), "")


@register.simple_tag(takes_context=True)
def day(context: Context, value: date | None) -> str:
    """A day; its year only where it is not the one on the brand's clock."""
    return written.day(value, context["look"].now.year)


@register.simple_tag(takes_context=True)
def instant(context: Context, value: datetime | None) -> str:
    return written.instant(value, context["look"].brand.time_zone)


@register.simple_tag(takes_context=True)
def current(context: Context, page: str) -> str:
    """What the way to a page says when one stands on it or below it."""
    here = context["request"].resolver_match
    name = here.url_name if here else ""
    return (
        "page" if name == page else "true" if name and name.split("-")[0] in (page, page.rstrip("s")) else ""
    )


@register.filter
def store_name(code: str | None, names: dict[str, str]) -> str:
    """A store's name where it is known, its code where not, a dash where none was recorded."""
    return names.get(code, code) if code else written.NOTHING


@register.filter
def item(table: dict[Any, Any], key: Any) -> Any:
    return table.get(key)


@register.simple_tag(takes_context=True)
def number(context: Context, shown: Number, id: str = "") -> SafeString:
    """A number that opens its formula, count, date and interval; its popover's id is unique on the page.

    Nothing follows it, not even a line end: a comma may stand right behind.
    """
    if not id:
        request: Any = context["request"]
        request.numbers = getattr(request, "numbers", 0) + 1
        id = f"n{request.numbers}"
    seen = context.get("look")
    whole = has_page(shown.metric) and bool(seen and seen.may("see_figures"))
    people = bool(shown.people and seen and seen.may("see_customers"))
    told = {"number": shown, "id": id, "whole": whole, "people": people}
    made = get_template("parts/number.html").render(told)
    return mark_safe(made.strip())


@register.filter
def at(values: Sequence[Any], place: int) -> Any:
    return values[place]


@register.filter
def called(code: str, kind: str) -> str:
    """What a channel, an offer or a source is called on a page."""
    return words.slice_name(kind, code, {})


@register.simple_tag
def space() -> str:
    """What stands between two sentences: a space in English, nothing in Chinese."""
    return "" if written.locale().language == "zh" else " "
