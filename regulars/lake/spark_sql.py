"""Ibis's Spark SQL, mended where it means something else than the same expression means on DuckDB."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

import ibis.expr.datatypes as dt
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from ibis.backends.sql.datatypes import PySparkType


class Types(PySparkType):  # type: ignore[misc]
    """Spark's instants have microseconds and no other scale, so none may be written."""

    @classmethod
    def from_ibis(cls, dtype: dt.DataType) -> Any:
        if isinstance(dtype, dt.Timestamp):
            dtype = dt.Timestamp(timezone=dtype.timezone, nullable=dtype.nullable)
        return super().from_ibis(dtype)


def _fingerprint(sql: Compiler, said: Any) -> Any:
    anonymous = sql.f.anon
    return sql.cast(anonymous.conv(anonymous.substr(anonymous.md5(said), 1, 15), 16, 10), dt.int64)


def _clock_in(sql: Compiler, zone: Any, instant: Any) -> Any:
    # To Ibis every instant of Spark's is one in the session's zone, UTC, with or without a zone of its own.
    return sql.f.anon.from_utc_timestamp(instant, zone)


# DuckDB's functions that were declared by name (`portable`), and what Spark says for them.
SPELT: dict[str, Callable[..., Any]] = {"fingerprint": _fingerprint, "timezone": _clock_in}


class Compiler(PySparkCompiler):  # type: ignore[misc]
    """What is mended: numbers with a point (a decimal in Spark, a double in DuckDB), JSON of structs with nulls,
    instants as text, and functions by name."""

    __slots__ = ()

    type_mapper = Types

    def visit_NonNullLiteral(self, op: Any, *, value: Any, dtype: Any) -> Any:
        if dtype.is_floating() and isfinite(value):
            return self.cast(repr(float(value)), dt.float64)
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)

    def visit_Cast(self, op: Any, *, arg: Any, to: Any) -> Any:
        if to.is_json() and not op.arg.dtype.is_string():
            # DuckDB writes a null; Spark would leave the field out.
            return self.f.anon.to_json(arg, self.f.anon.map("ignoreNullFields", "false"))
        if to.is_string() and op.arg.dtype.is_timestamp() and op.arg.dtype.timezone:
            return self.f.concat(
                super().visit_Cast(op, arg=arg, to=to), "+00"
            )  # as DuckDB says that it is UTC
        return super().visit_Cast(op, arg=arg, to=to)

    def visit_IntervalFromInteger(self, op: Any, *, arg: Any, unit: Any) -> Any:
        if unit.short == "D":  # not by way of text, for every row
            return self.f.anon.make_dt_interval(self.cast(arg, dt.int32))
        return super().visit_IntervalFromInteger(op, arg=arg, unit=unit)

    def visit_StringSplit(self, op: Any, *, arg: Any, delimiter: Any) -> Any:
        # Spark reads a regular expression; between these two everything means itself.
        return self.f.split(arg, self.f.concat("\\Q", delimiter, "\\E"))

    def visit_ScalarUDF(self, op: Any, **arguments: Any) -> Any:
        spelt = SPELT.get(op.__func_name__)
        if spelt:
            return spelt(self, *arguments.values())
        return super().visit_ScalarUDF(op, **arguments)


COMPILER = Compiler()
