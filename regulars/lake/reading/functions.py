"""DuckDB's functions that Ibis has no name for, declared so that a stage writes expressions and never SQL."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.datatypes as dt


@ibis.udf.scalar.builtin(name="try_strptime", signature=((str, list[str]), "timestamp(6)"))
def parsed_time(text: Any, forms: Any) -> Any:
    """A local instant from text in the first of several strptime forms that fits, or null."""


@ibis.udf.scalar.builtin(name="make_timestamp", signature=(("int64",), "timestamp(6)"))
def since_1970(micros: Any) -> Any:
    """What clocks in UTC showed that many microseconds after the start of 1970."""


@ibis.udf.scalar.builtin(name="timezone", signature=((str, "timestamp(6)"), "timestamp('UTC', 6)"))
def instant_in(zone: Any, local: Any) -> Any:
    """The instant that clocks in ``zone`` show as ``local``; of a repeated hour the second, in winter time."""


@ibis.udf.scalar.builtin(name="timezone", signature=((str, "timestamp('UTC', 6)"), "timestamp(6)"))
def clock_in(zone: Any, instant: Any) -> Any:
    """What clocks in ``zone`` show at an instant."""


@ibis.udf.scalar.builtin(name="getvariable", signature=((str,), "timestamp(6)"))
def told_instant(under: Any) -> Any:
    """An instant that the connection was told under a name, so that a statement need not name it."""


@ibis.udf.scalar.builtin(name="getvariable", signature=((str,), "array<int64>"))
def told_numbers(under: Any) -> Any:
    """A list of numbers that the connection was told under a name."""


@ibis.udf.scalar.builtin(name="trim", signature=((str, str), str))
def trimmed(text: Any, characters: Any) -> Any:
    """Text without those characters at either end."""


@ibis.udf.scalar.builtin(name="strlen", signature=((str,), "int64"))
def bytes_in(text: Any) -> Any:
    """How many bytes a text takes: as many as it has letters where all are plain."""


@ibis.udf.scalar.builtin(name="translate", signature=((str, str, str), str))
def translated(text: Any, old: Any, new: Any) -> Any:
    """Text with each character of ``old`` replaced by the one at its place in ``new``, or dropped."""


@ibis.udf.scalar.builtin(name="to_json", signature=None)
def as_json(value) -> dt.JSON():  # type: ignore[no-untyped-def, valid-type]
    """Any value, a struct of a whole row too, as JSON text."""


@ibis.udf.scalar.builtin(name="multiply", signature=(("decimal(24, 6)", "decimal(14, 8)"), "decimal(38, 14)"))
def changed(amount: Any, rate: Any) -> Any:
    """An exact amount times a rate, exact; Ibis finds no type for a product of two decimals of different scales."""
