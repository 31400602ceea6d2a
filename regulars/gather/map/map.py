"""The map itself: nothing in it reads a file, so that it can be guessed, shown, mended and tested alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from regulars.core.refused import Refused
from regulars.gather.map.fields import IDENTIFIED, REQUIRED, fields
from regulars.gather.rules.identifiers import IDENTIFIERS
from regulars.lake.reading.form import Form

FORM = re.compile(r"(%-?[aAdbBmyYHIpMSgfjcxX]|%%|[^%])+")  # strptime as DuckDB has it, without zones
RETURNS = ("refused", "negative", "quantity", "marked")
AMOUNTS = ("line", "unit", "unit_list")
REPEATED = ("once", "kept")


@dataclass(frozen=True)
class Join:
    """A side table: ``file`` lies beside the data, ``on`` pairs a column here with one there, ``columns`` come over."""

    file: str
    on: Mapping[str, str]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Map:
    """What the columns of a file mean. ``columns`` and ``identifiers`` give header names by field.

    ``key`` names what makes an order's number, ``returns`` how a row says that it takes back what another row sold
    (refused: none does; negative: by any negative number; quantity: by a negative quantity, while a negative amount is
    a deduction; marked: by the field returned, which otherwise marks a line both sold and given back), ``amounts``
    whether a line's prices are of the line, both of one unit, or only the list price, ``repeated`` whether identical
    lines of an order count once, ``rate`` (or the column of it) the worth of the file's currency in the brand's.
    """

    rows: str
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    identifiers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    joins: tuple[Join, ...] = ()
    key: tuple[str, ...] = ()
    source: str = "files"
    time_zone: str | None = None
    dates: tuple[str, ...] = ()
    day_first: bool | None = None
    decimal: str = "."
    thousands: str = ","
    rate: str | None = None
    rate_column: str | None = None
    blank: tuple[str, ...] = ()
    returns: str = "refused"
    amounts: str = "line"
    repeated: str = "kept"
    form: Form = field(default_factory=Form)

    def __post_init__(self) -> None:
        known = fields(self.rows)
        for name, given in (
            ("columns", self.columns),
            ("constants", self.constants),
            ("values", self.values),
        ):
            for each in given:
                if each not in known:
                    raise Refused(
                        "[%(part)s] names %(field)s, which rows of %(rows)s do not have; they have %(known)s",
                        part=name, field=each, rows=self.rows, known=", ".join(known),
                    )  # fmt: skip
        self._check_identifiers()
        self._check_clock()
        for choice in REQUIRED[self.rows]:
            if not any(each in self.columns or each in self.constants for each in choice):
                raise Refused(
                    "a map of %(rows)s needs %(field)s: name its column under [columns] or give it under [constants]",
                    rows=self.rows, field=" or ".join(choice),
                )  # fmt: skip
        if self.rows in ("orders", "lines") and not self.key and "order_id" not in self.columns:
            raise Refused(
                "a map of %(rows)s needs order_id under [columns], or key = [...] with the columns that make an order",
                rows=self.rows,
            )
        if self.key and "refund_of" in self.columns:
            raise Refused("refund_of names one order number, so it goes with order_id alone; leave key out")
        for name, value, allowed in (
            ("returns", self.returns, RETURNS),
            ("amounts", self.amounts, AMOUNTS),
            ("repeated", self.repeated, REPEATED),
        ):
            if value not in allowed:
                raise Refused(
                    '%(name)s = "%(value)s" is not known; write one of %(allowed)s',
                    name=name, value=value, allowed=", ".join(allowed),
                )  # fmt: skip

    def _check_identifiers(self) -> None:
        for each in self.identifiers:
            if each not in IDENTIFIERS:
                raise Refused(
                    "[identifiers] names %(type)s, which is not a type of identifier; they are %(known)s",
                    type=each, known=", ".join(IDENTIFIERS),
                )  # fmt: skip
        if self.identifiers and self.rows not in IDENTIFIED:
            raise Refused("rows of %(rows)s name no customer, so leave [identifiers] out", rows=self.rows)
        if self.rows == "consents" and not {"phone", "email", "wechat_openid"} & set(self.identifiers):
            raise Refused("a map of consents needs phone, email or wechat_openid under [identifiers]")
        if self.decimal == self.thousands:
            raise Refused("decimal and thousands are both %(sign)s; they must differ", sign=self.decimal)

    def _check_clock(self) -> None:
        for each in self.dates:
            if not FORM.fullmatch(each):
                raise Refused(
                    "formats has %(form)s, which is no form of a date; write such as %%Y%%m%%d or %%d-%%b-%%y %%H:%%M"
                    " (a value that names its zone, as 2024-01-05T10:00+08:00, is read where formats is left out)",
                    form=each,
                )  # fmt: skip
        try:
            ZoneInfo(self.time_zone or "UTC")
        except (ValueError, OSError, ZoneInfoNotFoundError) as error:
            raise Refused(
                "time_zone = %(zone)s is not known; write one such as Asia/Shanghai", zone=self.time_zone
            ) from error

    def headers(self) -> tuple[str, ...]:
        """Every header the map reads, in the order it names them, once."""
        given = [each for many in (*self.columns.values(), *self.identifiers.values()) for each in many]
        given += [each for each in self.key if each not in fields(self.rows) and each != "business_date"]
        given += [self.rate_column] if self.rate_column else []
        return tuple(dict.fromkeys(given))
