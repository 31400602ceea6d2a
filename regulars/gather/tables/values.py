"""One column of a file read as one type; a value that is there but cannot be read stays null, and its row is rejected.

A Parquet column that is typed already is converted without a detour through text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from regulars.gather.map.fields import (
    BIRTHDAY,
    CODE,
    COST,
    COUNT,
    DATE,
    FLAG,
    HOUR,
    INSTANT,
    MONEY,
    NUMBER,
    TEXT,
    TIME,
)
from regulars.gather.map.map import Map
from regulars.gather.rules.forms import TIMES, date_forms
from regulars.gather.rules.words import CLOSED, FALSE, NOTHING, TRUE, meanings
from regulars.lake.reading.functions import bytes_in, instant_in, parsed_time, since_1970, translated, trimmed

PADDING = " \t\r\n\f\v\u00a0\u3000\ufeff"
SIGNS = "¥￥$€£₩₹元円"
AMOUNT = "decimal(18, 6)"  # below 10^12, to a millionth
WIDE_FROM, WIDE_TO = "０１２３４５６７８９．，－（）：／　−", "0123456789.,-():/ -"
LONGEST = 1000  # characters kept of any text


def said(column: ir.Column, blank: Sequence[str] = ()) -> ir.Column:
    """A column without what means nothing: trimmed text, or null for "null", "N/A", "-" and the map's own blanks."""
    kind = column.type()
    if not kind.is_string():
        if kind.is_floating():
            column = column.isnan().ifelse(ibis.null(kind), column)
        words = [each for each in blank if is_number(each)]
        if words and kind.is_numeric():
            column = (
                column.cast("float64").isin([float(each) for each in words]).ifelse(ibis.null(kind), column)
            )
        return column
    text = trimmed(column, PADDING)
    nothing = (*NOTHING, *(each.strip().lower() for each in blank))
    # Every blank word is short, so a length check spares the long texts.
    short = text.length() <= max(map(len, nothing))
    return short.ifelse(among(text.lower(), nothing), False).ifelse(ibis.null("string"), text)


BETWEEN = "\x1f"  # the ASCII unit separator, which no till writes


def among(word: Any, words: Sequence[str]) -> Any:
    """Whether a word is one of a few: found as text, because DuckDB makes a join of every IN and of every list."""
    every = BETWEEN + "".join(each + BETWEEN for each in words)
    return ibis.literal(every).contains(ibis.literal(BETWEEN).concat(word, BETWEEN))


def first_known(usual: Any, otherwise: Any) -> Any:
    """The first where it is known. A CASE, because DuckDB computes every part of a COALESCE for every row."""
    return usual.notnull().ifelse(usual, otherwise)


def is_number(text: str) -> bool:
    """Whether a word of the map is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def text(column: ir.Column) -> ir.Column:
    """As text: a whole number without the .0 that a float column gives it, at most 1,000 characters."""
    kind = column.type()
    if kind.is_floating():
        whole = (column == column.floor()) & (column.abs() < 1e15)
        return whole.ifelse(column.try_cast("int64").cast("string"), column.cast("string"))
    if kind.is_string():
        return column.substr(0, LONGEST)
    return column.cast("string")


def amount(column: ir.Column, map: Map, bare: ir.Column | None = None) -> ir.Column:
    """A number as decimal(18, 6): thousands and currency signs, a decimal comma, (1.50) and 1.50- as negative.

    ``bare`` is ``half_read`` of the column, where a step before has it.
    """
    if not column.type().is_string():
        return column.try_cast(AMOUNT)
    spelled = _spelled(_bare(column) if bare is None else bare, map).try_cast(AMOUNT)
    return first_known(column.try_cast(AMOUNT), spelled) if map.decimal == "." else spelled


def half_read(column: ir.Column, kind: str, map: Map) -> ir.Column | None:
    """What reading a column as a type asks for several times, so that it can be a step of its own and is written once:
    a number's bare letters where it is not plain already, the instant that a program counted; none where nothing is.
    """
    text = column.type().is_string()
    if kind in (MONEY, COST, NUMBER, COUNT) and text:
        bare = _bare(column)
        plain = column.try_cast(AMOUNT).notnull()
        return plain.ifelse(ibis.null("string"), bare) if map.decimal == "." else bare
    if kind == INSTANT and not map.dates and (text or column.type().is_integer()):
        return counted(column)
    return None


def _bare(column: ir.Column) -> ir.Column:
    """A number without signs of currency, spaces and full-width letters; brackets and a minus behind it before it."""
    plain = translated(column, WIDE_FROM + SIGNS, WIDE_TO)
    plain = plain.re_replace(
        "(?i)^(-?)(CNY|RMB|USD|EUR|GBP|HKD|TWD|SGD|JPY)|(CNY|RMB|USD|EUR|GBP|HKD|TWD|SGD|JPY)$", r"\1"
    )
    plain = plain.re_replace(r"[\s']", "")
    return plain.re_replace(r"^\((.*)\)$", r"-\1").re_replace(r"^(.*[0-9])-$", r"-\1")


def _spelled(plain: ir.Column, map: Map) -> ir.Column:
    decimal, thousands = ("[" + each + "]" if each else "" for each in (map.decimal, map.thousands))
    grouped = f"[0-9]{{1,3}}({thousands}[0-9]{{3}})+|[0-9]+" if thousands else "[0-9]+"
    good = plain.re_search(f"^[+-]?({grouped})?({decimal}[0-9]*)?$") & plain.re_search("[0-9]")
    bare = plain.replace(map.thousands, "") if map.thousands else plain
    return good.ifelse(bare.replace(map.decimal, "."), ibis.null("string"))


def number(column: ir.Column, map: Map, bare: ir.Column | None = None) -> ir.Column:
    """A quantity as float64."""
    kind = column.type()
    return column.cast("float64") if kind.is_numeric() else amount(column, map, bare).cast("float64")


def count(column: ir.Column, field: str, map: Map, bare: ir.Column | None = None) -> ir.Column:
    """A whole number as int64; null where there is a fraction, or more than 32 bits of guests or lines."""
    value = column if column.type().is_integer() else amount(column, map, bare)
    whole = value == value.cast("float64").floor()
    if field in ("guests", "party", "line"):
        whole = whole & (value.abs() < 2**31)
    return whole.ifelse(value.try_cast("int64"), ibis.null("int64"))


# Closed at its end: DuckDB would read "8:15 PM" as a quarter past eight in the morning.
OFFSET = " ?([Zz]|UTC|[+-][0-9]{2}:?[0-9]{2})"
ISO = rf"^[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}([ T][0-9]{{1,2}}:[0-9]{{2}}(:[0-9]{{2}}([.][0-9]+)?)?{OFFSET}?)?$"
ZONED = f"[0-9]{OFFSET}$"
EPOCH = "^1([0-9]{9}|[0-9]{12}|[0-9]{15})$"


def zoned(column: ir.Column, half: ir.Column | None = None) -> ir.Column | None:
    """The instant of each value that names its own zone (…Z, …+08:00), null for the others; none where none can."""
    kind = column.type()
    if kind.is_timestamp() and kind.timezone:
        return column.cast("timestamp('UTC', 6)")
    if kind.is_integer():
        return counted(column) if half is None else half
    if not kind.is_string():
        return None
    names_it = (column.length() >= 17) & column.re_search(ZONED)
    closed = column.re_replace(" ?UTC$", "Z").re_replace(" ([+-][0-9:]+)$", r"\1")  # as DuckDB wants it
    written = names_it.ifelse(closed, ibis.null("string")).try_cast("timestamp('UTC', 6)")
    return first_known(written, counted(column) if half is None else half)


def counted(column: ir.Column) -> ir.Column:
    """The instant that a program counts in seconds, milli- or microseconds since 1970, where the value is one.

    Only from 2001 to 2033: there no such number is a date written together (2024010512…).
    """
    number = column
    if column.type().is_string():
        number = column.re_search(EPOCH).ifelse(column, ibis.null("string")).try_cast("int64")
    number = number.cast("int64")
    scales = ((10**9, 10**6), (10**12, 10**3), (10**15, 1))
    micros = ibis.cases(
        *((number.between(least, 2 * least - 1), number * scale) for least, scale in scales),
        else_=ibis.null("int64"),
    )
    return instant_in(ibis.literal("UTC"), since_1970(micros))


def local(column: ir.Column, map: Map) -> ir.Column:
    """What the clock on the wall showed, as timestamp without zone; midnight where the value is a date alone."""
    kind = column.type()
    if kind.is_timestamp() or kind.is_date():
        return column.cast("timestamp(6)")
    value = text(column)
    forms = ibis.array(date_forms(map.dates, map.day_first))
    if map.dates:
        plain = translated(value, WIDE_FROM, WIDE_TO)
        return first_known(parsed_time(value, forms), parsed_time(plain, forms))
    # No form of ours has a wide letter, so nothing is lost where those are made plain first; most texts have none.
    plain = (bytes_in(value) == value.length()).ifelse(value, translated(value, WIDE_FROM, WIDE_TO))
    wall = value.re_replace(f"(:[0-9.]+){OFFSET}$", r"\1")
    iso = value.re_search(ISO).ifelse(wall, ibis.null("string")).try_cast("timestamp(6)")
    return first_known(iso, parsed_time(plain, forms))


def is_date_alone(column: ir.Column) -> Any:
    """Whether the value says no hour: a date column, or text without a colon, 时, 点 or fourteen digits."""
    kind = column.type()
    if kind.is_timestamp():
        return ibis.literal(False)
    if kind.is_date():
        return ibis.literal(True)
    return ~text(column).re_search("[:：时点]|^[0-9]{10,14}$")


def seconds(column: ir.Column, kind: str) -> ir.Column:
    """Seconds since midnight, int64, from an hour (14), a clock (14:05, 2:05 PM) or the number HHMM (1405)."""
    if column.type().is_time():
        return column.hour() * 3600 + column.minute() * 60 + column.second()
    whole = column.try_cast("int64") if not column.type().is_floating() else column.round().cast("int64")
    if kind == HOUR:
        known = whole.between(0, 23).ifelse(whole * 3600, ibis.null("int64"))
    else:
        good = whole.between(0, 2359) & (whole % 100 < 60)
        known = good.ifelse((whole // 100) * 3600 + (whole % 100) * 60, ibis.null("int64"))
    if column.type().is_numeric():
        return known
    clock = parsed_time(translated(text(column), WIDE_FROM, WIDE_TO), ibis.array(list(TIMES)))
    return first_known(known, (clock.epoch_seconds() % 86400 + 86400) % 86400)


def flag(column: ir.Column) -> ir.Column:
    """True or false by the words of both languages, null for any other."""
    if column.type().is_boolean():
        return column
    word = text(column).lower()
    return ibis.cases((among(word, TRUE), True), (among(word, FALSE), False), else_=ibis.null("boolean"))


def named(column: ir.Column, field: str, map: Map) -> ir.Column:
    """Text by the map's own [values], then by the words that Regulars knows for the field."""
    own = {raw.strip(): name for raw, name in map.values.get(field, {}).items()}
    word = text(column)
    branches = [(word == raw, ibis.literal(name)) for raw, name in own.items()]
    known = meanings(field)
    lower = word.lower()
    branches += [
        (among(lower, [each for each, to in known.items() if to == name]), ibis.literal(name))
        for name in dict.fromkeys(known.values())
    ]
    if not branches:
        return word
    return ibis.cases(*branches, else_=ibis.null("string") if field in CLOSED else word)


def read_as(column: ir.Column, kind: str, field: str, map: Map, half: ir.Column | None = None) -> ir.Column:
    """The column read as one of the types of ``map.fields``; null where it cannot be. ``half`` is ``half_read`` of it,
    where a step before has it."""
    if kind == FLAG:
        return flag(named(column, field, map)) if map.values.get(field) else flag(column)
    if kind == TEXT:
        return named(column, field, map)
    if kind == CODE:
        return text(column)
    if kind in (MONEY, COST):
        return amount(column, map, half)
    if kind == NUMBER:
        return number(column, map, half)
    if kind == COUNT:
        return count(column, field, map, half)
    if kind in (HOUR, TIME):
        return seconds(column, kind)
    assert kind in (DATE, BIRTHDAY, INSTANT)
    if kind == INSTANT and not map.dates and (column.type().is_string() or column.type().is_integer()):
        known = counted(column) if half is None else half
        return first_known(known.cast("timestamp(6)"), local(column, map))
    return local(column, map)
