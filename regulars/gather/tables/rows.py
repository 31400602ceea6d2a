"""A map applied to a file: each row with its typed fields and the first thing that is wrong with it, if anything is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from regulars.core.brand import BrandFacts
from regulars.core.money import digits
from regulars.core.refused import Refused
from regulars.gather.map.fields import BIRTHDAY, COST, COUNT, DATE, INSTANT, MONEY, NUMBER, REQUIRED, fields
from regulars.gather.map.map import Map
from regulars.gather.rules.forms import AHEAD, EARLIEST, LONG_AGO
from regulars.gather.tables import values
from regulars.gather.tables.rejects import FILE, ROW, SEQ, Check, find
from regulars.lake.reading.functions import changed, clock_in, instant_in, trimmed

EXACT = "decimal(24, 6)"
# Deductions are sizes, whatever sign a till gives them.
DEDUCTIONS = ("discount", "line_discount", "platform_subsidy", "commission", "comp", "refunded")
RATE = "is not a rate of one currency in another"
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


def resolve(headers: Sequence[str], map: Map) -> dict[str, str]:
    """Map's spelling → the file's, for every header the map reads; refuses one that is not there, naming the others."""
    found = {each: find(headers, each) for each in map.headers()}
    missing = [each for each, there in found.items() if there is None]
    if missing:
        raise Refused(
            "the map reads %(missing)s, which the file does not have; it has %(there)s",
            missing=", ".join(missing), there=", ".join(headers[:60]),
        )  # fmt: skip
    return {each: there for each, there in found.items() if there is not None}


def zone_of(store: Any | None, map: Map, brand: BrandFacts) -> Any:
    """The time zone of a row: the map's, else its store's, else the brand's."""
    if map.time_zone or store is None or not brand.store_zones:
        return ibis.literal(map.time_zone or brand.time_zone)
    cases = [(store == code, ibis.literal(zone)) for code, zone in brand.store_zones.items()]
    return ibis.cases(*cases, else_=brand.time_zone)


class Rows:
    """The columns of one file under one map, gathered field by field together with what can be wrong with them."""

    def __init__(
        self, raw: ir.Table, headers: Sequence[str], map: Map, brand: BrandFacts, now: ir.TimestampScalar
    ) -> None:
        self.map, self.brand, self.now = map, brand, now
        self.headers = tuple(headers)
        self.names = resolve(headers, map)
        self.checks: list[Check] = []
        used = list(dict.fromkeys(self.names.values()))
        self.place = {header: f"s_{n}" for n, header in enumerate(used)}
        place = [raw[each] for each in (FILE, ROW, SEQ)]
        tidy = {find(headers, each) for join in map.joins for each in join.columns}  # since they were joined
        self.own = tuple(each for each in headers if each not in tidy)
        # Each step is a view, or Ibis would write every expression again wherever its value is used.
        said = raw.select(
            *place,
            **{
                at: raw[header] if header in tidy else values.said(raw[header], self._blank(header))
                for header, at in self.place.items()
            },
        ).view()
        given = [
            (field, kind, n, self._at(header))
            for field, kind in fields(map.rows).items()
            for n, header in enumerate(map.columns.get(field, ()))
        ]
        halves = {f"h_{field}_{n}": values.half_read(said[at], kind, map) for field, kind, n, at in given}
        begun = {name: half for name, half in halves.items() if half is not None}
        said = said.select(*said.columns, **begun).view()
        reads = {
            f"r_{field}_{n}": values.read_as(said[at], kind, field, map, _if_there(said, f"h_{field}_{n}"))
            for field, kind, n, at in given
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
        self.checks.append(Check(header, value < ibis.literal(first), f"is before {year}"))
        if field not in ("expires_at", "opened_on", "closed_on", "booked_at"):
            self.checks.append(Check(header, value > self.now + ibis.literal(AHEAD), "lies in the future"))

    def money(self, field: str) -> Any | None:
        """An amount in the brand's currency as an exact decimal of major units; deductions without their sign."""
        if field not in self.read:
            return None
        value = self.read[field]
        value = (value.abs() if field in DEDUCTIONS else value).cast(EXACT)
        rate: Any = self._rate()
        return value if rate is None else changed(value, rate).cast(EXACT)

    def _rate(self) -> Any | None:
        header = self.map.rate_column
        if header is None:
            return ibis.literal(self.map.rate).cast("decimal(14, 8)") if self.map.rate else None
        rate = values.amount(self.column(header), self.map).try_cast("decimal(14, 8)")
        if all(check.reason != RATE for check in self.checks):
            self.checks.append(Check(header, rate.isnull() | (rate <= 0), RATE))
        return rate

    def instant(self, field: str) -> Any:
        """A field's instant in UTC; noon where it is a date alone."""
        part = self.said[field][1]
        zone = zone_of(self.read.get("store_id"), self.map, self.brand)
        at = instant_in(zone, self.read[field] + noon(part))
        known = self.zoned(field)
        return at if known is None else ibis.coalesce(known, at)

    def zoned(self, field: str) -> Any | None:
        """The instant of a field's values that name their own zone; none where none can."""
        if self.map.dates:
            return None
        return values.zoned(self.said[field][1], _if_there(self.table, f"h_{field}_0"))

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


def _if_there(table: ir.Table, name: str) -> ir.Column | None:
    return table[name] if name in table.columns else None


def noon(part: Any) -> Any:
    """Twelve hours for a date alone, none for a date with an hour."""
    return values.is_date_alone(part).ifelse(ibis.interval(hours=12), ibis.interval(hours=0))


def minor(value: Any, currency: str) -> Any:
    """An exact amount of major units as int64 minor units, halves away from zero."""
    return (value * ibis.literal(10 ** digits(currency), "int64")).round().cast("int64")


def local_clock(zone: Any, known: Any | None, local: Any) -> Any:
    """What the store's clock showed, for values that name their zone as for those that do not."""
    return local if known is None else ibis.coalesce(clock_in(zone, known), local)


def required(map: Map) -> tuple[tuple[str, ...], ...]:
    """The choices of fields of which each row must fill one."""
    return REQUIRED[map.rows]
