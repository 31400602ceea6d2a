"""What every engine can do, so that nobody above the lake asks which one computes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa

from regulars.lake.facts import Fact


@dataclass(frozen=True)
class Written:
    """A Parquet file that an engine wrote: its path within the table's folder, rows, bytes, month where it has one."""

    path: Path
    rows: int
    size: int
    month: int | None


class Engine(Protocol):
    """One connection of an engine; ``con`` is its Ibis backend. ``rows``, ``write`` and ``keep`` are what executes."""

    con: Any

    def read(self, files: Sequence[str], fact: Fact, folder: Path) -> ir.Table:
        """Parquet files of a fact's ``folder`` as a table with the columns and types of ``facts``."""

    def read_parquet(self, path: Path | str) -> ir.Table:
        """Any other Parquet file, with the types it has."""

    def keep(self, name: str, rows: ir.Table | pa.Table) -> ir.Table:
        """Compute a table once, or take one from Arrow, under a name; an earlier one of that name goes."""

    def rows(self, expression: ir.Expr) -> Any:
        """The rows of a table as Arrow, in the types of its schema; of a scalar its Arrow value."""

    def write(self, rows: ir.Table, fact: Fact, folder: Path, stem: str) -> list[Written]:
        """Compute rows, which have a fact's columns, into Parquet files of ``folder`` named after ``stem``."""

    def close(self) -> None:
        """Let go of memory, threads and, where there is one, the cluster."""


def told_as(rows: ir.Table, fact: Fact) -> ir.Table:
    """Rows with exactly the columns and the types of a fact."""
    types = ibis.Schema.from_pyarrow(fact.schema)
    return rows.select([_cast(rows[name], type).name(name) for name, type in types.items()])


def _cast(column: ir.Value, type: dt.DataType) -> ir.Value:
    if not type.is_integer():
        return column.cast(type)
    # Column.cast leaves out a cast to what Ibis takes the type to be already.
    told: ir.Value = ops.Cast(column, to=type).to_expr()
    return told


def month_of(path: Path) -> int | None:
    """The month that a file's folder names."""
    at = path.parent.name
    return int(at.removeprefix("month=")) if at.startswith("month=") else None
