"""What is wrong with a row, and the row as it came, so that a person can mend it and send it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from regulars.gather.tables import values
from regulars.lake.reading.functions import as_json

FILE, ROW, SEQ, WRONG = "_file", "_row", "_seq", "_wrong"


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
    own: tuple[str, ...]  # those of the file itself, as which a mended row is sent again
    checks: tuple[Check, ...]


def find(headers: Sequence[str], wanted: str) -> str | None:
    """The header a map means: the same but for case and spaces, or none."""
    folded = " ".join(wanted.split()).casefold()
    return next((each for each in headers if each.casefold() == folded), None)


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
        raw=whole(raw, mapped.own),
    )


def value_in(raw: ir.Table, headers: Sequence[str], header: str) -> Any:
    """What a row has under a header, as text."""
    there = find(headers, header)
    return raw[there].cast("string").substr(0, values.LONGEST) if there else ibis.null("string")


def whole(raw: ir.Table, headers: Sequence[str]) -> Any:
    """A row as it came, as JSON text of header and value."""
    return as_json(ibis.struct({each: raw[each].cast("string") for each in headers})).cast("string")
