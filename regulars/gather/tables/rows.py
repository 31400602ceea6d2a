"""A map applied to a file: each row with its typed fields and the first thing that is wrong with it, if anything is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis
import ibis.expr.types as ir

from regulars.core.brand import BrandFacts
from regulars.core.money import digits
from regulars.core.refused import Refused
from regulars.gather.map.fields import BIRTHDAY, COST, COUNT, DATE, INSTANT, MONEY, NUMBER, REQUIRED, fields
from regulars.gather.map.map import Join, Map
from regulars.gather.rules.forms import EARLIEST, LONG_AGO, latest
from regulars.gather.tables import values
from regulars.lake.reading.functions import as_json, clock_in, instant_in, trimmed

FILE, ROW, SEQ, WRONG = "_file", "_row", "_seq", "_wrong"
EXACT = "decimal(24, 6)"
# Deductions are sizes, whatever sign a till gives them.
DEDUCTIONS = ("discount", "line_discount", "platform_subsidy", "commission", "comp", "refunded")
SOLD = ("orders", "lines")
KNOWN = {
    MONEY: "is not an amount of money below a million million",
    COST: "is not an amount of money below a million million",
    NUMBER: "is not a number",
    "count": "is not a whole number",
    DATE: "is not a date in any form the map knows",
    INSTANT: "is not a date and time in any form the map knows",
    BIRTHDAY: "is not a date in any form the map knows",
    "time": "is not a time of day",
    "hour": "is not an hour of the day",
    "flag": "is neither yes nor no",
    "text": "is not a word the map or Regulars knows for it",
}


@dataclass(frozen=True)
class Check:
    """One thing that can be wrong with a row: its column, the condition, and the reason a person reads."""

    header: str
    wrong: Any
    reason: str


@dataclass(frozen=True)
class Mapped:
    """``table`` has file, row, sequence, a column for each field given, ``id_<type>_<n>`` and ``_wrong``: the number
    of the first check that failed, or null. ``raw`` is the table as read, joins included.
    """

    table: ir.Table
    raw: ir.Table
    headers: tuple[str, ...]
    checks: tuple[Check, ...]


def find(headers: Sequence[str], wanted: str) -> str | None:
    """The header a map means: the same but for case and spaces, or none."""
    folded = " ".join(wanted.split()).casefold()
    return next((each for each in headers if each.casefold() == folded), None)


def resolve(headers: Sequence[str], map: Map) -> dict[str, str]:
    """Map's spelling → the file's, for every header the map reads; refuses those that no file has, naming what there is."""
    found = {each: find(headers, each) for each in map.headers()}
    missing = [each for each, there in found.items() if there is None]
    if missing:
        raise Refused(
            "the map reads %(missing)s, which the file does not have; it has %(there)s",
            missing=", ".join(missing), there=", ".join(headers[:60]),
        )  # fmt: skip
    return {each: there for each, there in found.items() if there is not None}


def side(other: ir.Table, headers: Sequence[str], join: Join, map: Map) -> ir.Table:
    """A side table as it is joined: its keys as text (_on0 …) and the columns asked for, each different row once.

    Refuses keys and columns that are not there, and a column that the data have too.
    """
    theirs = [each for each in other.columns if each not in (FILE, ROW, SEQ)]
    keys = {here: find(theirs, there) for here, there in join.on.items()}
    take = [find(theirs, each) for each in join.columns]
    if None in take or None in keys.values() or any(find(headers, here) is None for here in keys):
        raise Refused(
            "the map joins %(file)s on %(on)s for %(take)s; the data have %(here)s and %(file)s has %(there)s",
            file=join.file, on=", ".join(f"{a} = {b}" for a, b in join.on.items()), take=", ".join(join.columns),
            here=", ".join(headers), there=", ".join(theirs),
        )  # fmt: skip
    if both := [str(each) for each in take if find(headers, str(each))]:
        raise Refused(
            "%(columns)s stands both in the data and in %(file)s; take it out of the columns of the join",
            columns=", ".join(both), file=join.file,
        )  # fmt: skip
    on = {f"_on{n}": values.text(values.said(other[str(there)])) for n, there in enumerate(keys.values())}
    return other.select(
        **on, **{str(each): values.said(other[str(each)], map.blank) for each in take}
    ).distinct()


def joined(
    raw: ir.Table, headers: Sequence[str], map: Map, sides: Sequence[ir.Table]
) -> tuple[ir.Table, tuple[str, ...]]:
    """The file with the columns of its side tables, matched as text without padding; a row without a match has nulls."""
    for join, narrow in zip(map.joins, sides, strict=True):
        on = [name for name in narrow.columns if name.startswith("_on")]
        here = [values.text(values.said(raw[str(find(headers, each))])) for each in join.on]
        at = {f"_at{n}": each for n, each in enumerate(here)}
        raw = raw.mutate(**at)
        raw = raw.left_join(narrow, [raw[a] == narrow[b] for a, b in zip(at, on, strict=True)]).drop(*at, *on)
        headers = (*headers, *(each for each in narrow.columns if each not in on))
    return raw, tuple(headers)


def zone_of(store: Any | None, map: Map, brand: BrandFacts) -> Any:
    """The time zone of a row: the map's, else its store's, else the brand's."""
    if map.time_zone or store is None or not brand.store_zones:
        return ibis.literal(map.time_zone or brand.time_zone)
    cases = [(store == code, ibis.literal(zone)) for code, zone in brand.store_zones.items()]
    return ibis.cases(*cases, else_=brand.time_zone)


class Rows:
    """The columns of one file under one map, gathered field by field together with what can be wrong with them."""

    def __init__(
        self, raw: ir.Table, headers: Sequence[str], map: Map, brand: BrandFacts, now: datetime
    ) -> None:
        self.map, self.brand, self.now = map, brand, now
        self.headers = tuple(headers)
        self.names = resolve(headers, map)
        self.checks: list[Check] = []
        used = list(dict.fromkeys(self.names.values()))
        self.place = {header: f"s_{n}" for n, header in enumerate(used)}
        place = [raw[each] for each in (FILE, ROW, SEQ)]
        tidy = {find(headers, each) for join in map.joins for each in join.columns}  # since they were joined
        # Each step is a view, or Ibis would write every expression again wherever its value is used.
        said = raw.select(
            *place,
            **{
                at: raw[header] if header in tidy else values.said(raw[header], self._blank(header))
                for header, at in self.place.items()
            },
        ).view()
        reads = {
            f"r_{field}_{n}": values.read_as(said[self._at(header)], kind, field, map)
            for field, kind in fields(map.rows).items()
            for n, header in enumerate(map.columns.get(field, ()))
        }
        reads |= {
            f"c_{field}": values.read_as(ibis.literal(given), fields(map.rows)[field], field, map)
            for field, given in map.constants.items()
        }
        self.table = said.select(*said.columns, **reads).view()
        self.said: dict[str, tuple[str, Any]] = {}  # field → (header, value as the file has it, blanks gone)
        self.read: dict[str, Any] = {}
        for field, kind in fields(map.rows).items():
            self._read(field, kind)

    def _blank(self, header: str) -> list[str]:
        """The map's blank words for a column; a number among them means nothing only where no number is read."""
        kinds = {
            fields(self.map.rows)[field]
            for field, many in self.map.columns.items()
            for each in many
            if self.names[each] == header
        }
        counts = kinds & {MONEY, COST, NUMBER, COUNT}
        return [each for each in self.map.blank if not (counts and values.is_number(each))]

    def _at(self, header: str) -> str:
        return self.place[self.names[header]]

    def column(self, header: str) -> Any:
        """What the file has under a header, blanks gone."""
        return self.table[self._at(header)]

    def _read(self, field: str, kind: str) -> None:
        constant = self.table[f"c_{field}"] if field in self.map.constants else None
        given = self.map.columns.get(field, ())
        if not given:
            if constant is not None:
                self.read[field] = constant
            return
        reads = [self.table[f"r_{field}_{n}"] for n in range(len(given))]
        self.said[field] = (given[0], self.column(given[0]))
        for header, value in zip(given, reads, strict=True):
            if kind in KNOWN:
                self.checks.append(Check(header, self.column(header).notnull() & value.isnull(), KNOWN[kind]))
        value = self._combined(reads, kind)
        if constant is not None:
            value = ibis.coalesce(value, constant)
        if kind in (DATE, INSTANT, BIRTHDAY):
            self._check_date(given[0], value, kind, field)
        self.read[field] = value

    def _combined(self, reads: list[Any], kind: str) -> Any:
        """Several columns of one field: amounts add up, texts stand one after another."""
        if len(reads) == 1:
            return reads[0]
        if kind in (MONEY, COST, NUMBER):
            total = sum((each.fill_null(0) for each in reads[1:]), reads[0].fill_null(0))
            return (
                ibis.coalesce(*reads)
                .notnull()
                .ifelse(total, ibis.null())
                .cast(EXACT if kind != NUMBER else "float64")
            )
        return ibis.coalesce(
            trimmed(ibis.literal(" ").join([each.fill_null("") for each in reads]), " ").nullif("")
        )

    def _check_date(self, header: str, value: Any, kind: str, field: str) -> None:
        old = kind == BIRTHDAY or field in ("opened_on", "closed_on")
        first, year = (LONG_AGO, LONG_AGO.year) if old else (EARLIEST, EARLIEST.year)
        last = latest(self.now).replace(tzinfo=None)
        self.checks.append(Check(header, value < ibis.literal(first), f"is before {year}"))
        if field not in ("expires_at", "opened_on", "closed_on", "booked_at"):
            self.checks.append(Check(header, value > ibis.literal(last), "lies in the future"))

    def money(self, field: str) -> Any | None:
        """An amount in the brand's currency as an exact decimal of major units; deductions without their sign."""
        if field not in self.read:
            return None
        value = self.read[field]
        value = (value.abs() if field in DEDUCTIONS else value).cast(EXACT)
        rate: Any = ibis.literal(self.map.rate).cast("decimal(14, 8)") if self.map.rate else None
        if self.map.rate_column:
            rate = values.amount(self.column(self.map.rate_column), self.map).cast("decimal(14, 8)")
        return value if rate is None else (value * rate).cast(EXACT)

    def instant(self, field: str) -> Any:
        """A field's instant in UTC; noon where it is a date alone."""
        part = self.said[field][1]
        zone = zone_of(self.read.get("store_id"), self.map, self.brand)
        at = instant_in(zone, self.read[field] + noon(part))
        known = values.zoned(part) if not self.map.dates else None
        return at if known is None else ibis.coalesce(known, at)

    def require(self, choices: Sequence[tuple[str, ...]]) -> None:
        for choice in choices:
            there = [each for each in choice if each in self.read]
            header = next((self.map.columns[each][0] for each in there if each in self.map.columns), None)
            if header:
                self.checks.append(
                    Check(header, ibis.and_(*(self.read[each].isnull() for each in there)), "is blank")
                )

    def identifiers(self) -> dict[str, Any]:
        """``id_<type>_<n>``: each identifier as text, blanks gone."""
        return {
            f"id_{type}_{n}": values.text(self.column(header))
            for type, many in self.map.identifiers.items()
            for n, header in enumerate(many)
        }


def noon(part: Any) -> Any:
    """Twelve hours for a date alone, none for a date with an hour."""
    return values.is_date_alone(part).ifelse(ibis.interval(hours=12), ibis.interval(hours=0))


def minor(value: Any, currency: str) -> Any:
    """An exact amount of major units as int64 minor units, halves away from zero."""
    return (value * ibis.literal(10 ** digits(currency), "int64")).round().cast("int64")


def wrong(checks: Sequence[Check]) -> Any:
    """The number of the first check that fails, or null."""
    if not checks:
        return ibis.null("int16")
    cases = [(check.wrong.fill_null(False), ibis.literal(n, "int16")) for n, check in enumerate(checks)]
    return ibis.cases(*cases, else_=ibis.null("int16"))


def rejected(mapped: Mapped, typed: ir.Table) -> ir.Table:
    """file, row, column, value, reason and raw (the row as JSON) of the rows that failed a check."""
    bad = typed.filter(typed[WRONG].notnull()).select(_at=SEQ, _which=WRONG)
    raw = mapped.raw.inner_join(bad, mapped.raw[SEQ] == bad["_at"])
    numbers = range(len(mapped.checks))

    def pick(make: Any) -> Any:
        return ibis.cases(
            *((raw["_which"] == n, make(mapped.checks[n])) for n in numbers), else_=ibis.null("string")
        )

    return raw.select(
        file=raw[FILE],
        row=raw[ROW],
        column=pick(lambda check: ibis.literal(check.header)),
        value=pick(lambda check: value_in(raw, mapped.headers, check.header)),
        reason=pick(lambda check: ibis.literal(check.reason)),
        raw=whole(raw, mapped.headers),
    )


def value_in(raw: ir.Table, headers: Sequence[str], header: str) -> Any:
    """What a row has under a header, as text."""
    there = find(headers, header)
    return raw[there].cast("string").substr(0, values.LONGEST) if there else ibis.null("string")


def whole(raw: ir.Table, headers: Sequence[str]) -> Any:
    """A row as it came, as JSON text of header and value."""
    return as_json(ibis.struct({each: raw[each].cast("string") for each in headers})).cast("string")


def local_clock(zone: Any, known: Any | None, local: Any) -> Any:
    """What the store's clock showed, for values that name their zone as for those that do not."""
    return local if known is None else ibis.coalesce(clock_in(zone, known), local)


def required(map: Map) -> tuple[tuple[str, ...], ...]:
    """The choices of fields of which each row must fill one."""
    return REQUIRED[map.rows]
