"""How numbers, money and days are written in the language of the page; shares are fractions, money is minor units."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError, numbers
from babel.dates import format_date, format_datetime, format_skeleton
from django.utils.translation import get_language

from regulars.core.money import digits, minor_units

NOTHING = "–"


@lru_cache
def _locale(language: str) -> Locale:
    return Locale.parse("zh_Hans_CN" if language.startswith("zh") else "en")


def locale() -> Locale:
    """Babel's locale of the page being written."""
    return _locale(get_language() or "en")


@lru_cache
def sign(currency: str) -> str:
    """The short sign of a currency: one installation has one currency, so ¥ needs no country beside it."""
    return re.sub(r"^[A-Z]{1,3}(?=[^A-Z\s])", "", numbers.get_currency_symbol(currency, "en"))


def count(value: float | None) -> str:
    return NOTHING if value is None else str(numbers.format_decimal(round(value), locale=locale()))


def decimal(value: float | None, places: int = 1) -> str:
    return NOTHING if value is None else f"{value:,.{places}f}"


def share(value: float | None, places: int = 0) -> str:
    """A fraction as a percentage; all and none need no decimals."""
    return NOTHING if value is None else f"{100 * value:.{0 if value in (0, 1) else places}f}%"


def change(value: float, places: int = 0) -> str:
    """A relative change with its sign: +12%, −3%."""
    rounded = round(100 * value, places)
    return f"{'+' if rounded > 0 else '−' if rounded < 0 else '±'}{abs(rounded):.{places}f}%"


def signed(value: float, places: int = 1) -> str:
    """A difference with its sign: +1.2, −0.4."""
    rounded = round(value, places)
    return f"{'+' if rounded > 0 else '−' if rounded < 0 else '±'}{abs(rounded):.{places}f}"


def of_hundred(value: float) -> str:
    """A share as whole people among a hundred."""
    return str(math.floor(100 * value + 0.5))


def money(value: float | None, currency: str) -> str:
    """An amount in minor units, with its decimals below a thousand and without them above."""
    if value is None:
        return NOTHING
    amount = value / minor_units(currency)
    places = digits(currency) if abs(amount) < 1000 else 0
    return f"{'−' if amount < 0 else ''}{sign(currency)}{abs(amount):,.{places}f}"


def exact_money(value: float | None, currency: str) -> str:
    """An amount in minor units to its last decimal, as it stands on a receipt."""
    if value is None:
        return NOTHING
    amount = value / minor_units(currency)
    return f"{'−' if amount < 0 else ''}{sign(currency)}{abs(amount):,.{digits(currency)}f}"


def short_money(value: float | None, currency: str) -> str:
    """An amount in minor units, in thousands or millions (English) or 万 and 亿 (Chinese) where it is large."""
    if value is None:
        return NOTHING
    amount = value / minor_units(currency)
    if abs(amount) < 10_000:
        return f"{'−' if amount < 0 else ''}{sign(currency)}{abs(amount):,.0f}"
    compact = numbers.format_compact_decimal(abs(amount), locale=locale(), fraction_digits=1)
    return f"{'−' if amount < 0 else ''}{sign(currency)}{compact}"


def listed(names: Iterable[str]) -> str:
    """Names one after another, with the comma of the language."""
    return ("、" if locale().language == "zh" else ", ").join(names)


def day(value: date | None, this_year: int | None = None) -> str:
    """A day as "21 Nov 2026" or 2026年11月21日; the year is left out when it is this one."""
    if value is None:
        return NOTHING
    chinese = locale().language == "zh"
    if this_year == value.year:
        return str(format_date(value, "M月d日" if chinese else "d MMM", locale=locale()))
    return str(format_date(value, "y年M月d日" if chinese else "d MMM y", locale=locale()))


def language(tag: str) -> str:
    """What a language is called in that of the page: zh-Hans is Chinese (Simplified); an unknown one stays as it is."""
    try:
        return str(Locale.parse(tag, sep="-").get_display_name(locale()) or tag)
    except (UnknownLocaleError, ValueError):
        return tag


def instant(value: datetime | None, zone: str, this_year: int | None = None) -> str:
    """An instant in the brand's time zone; the year is left out when it is this one."""
    if value is None:
        return NOTHING
    pattern = "y年M月d日 HH:mm" if locale().language == "zh" else "d MMM y, HH:mm"
    if this_year == value.astimezone(ZoneInfo(zone)).year:
        pattern = "M月d日 HH:mm" if locale().language == "zh" else "d MMM, HH:mm"
    return str(format_datetime(value, pattern, tzinfo=ZoneInfo(zone), locale=locale()))


def month(period: str, this_year: int | None = None, short: bool = False) -> str:
    """The month of a period "2026-08": August, Aug or 8月, with its year when that is not this one."""
    value = date(int(period[:4]), int(period[5:7]), 1)
    name = ("yMMM" if short else "yMMMM") if this_year != value.year else ("MMM" if short else "LLLL")
    if locale().language == "zh":
        return f"{value.year}年{value.month}月" if this_year != value.year else f"{value.month}月"
    if name in ("MMM", "LLLL"):
        return str(format_date(value, name, locale=locale()))
    return str(format_skeleton(name, value, locale=locale()))
