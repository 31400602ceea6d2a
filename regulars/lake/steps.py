"""Statements by name, compiled once a process: for a small file Ibis takes longer to write them than DuckDB to run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from regulars.lake.reading.functions import told_instant, told_numbers

KINDS = 64  # of input whose statements are kept
Make = Callable[[], ir.Table]


@lru_cache(maxsize=KINDS)
def _kept(kind: str) -> tuple[dict[str, ir.Table], dict[str, str]]:
    """The tables and the statements of one kind of input, by name."""
    return {}, {}


class Steps:
    """Tables computed one after another on a connection, each into a Parquet file of ``scratch`` under a name of its
    own. ``make`` is called only where the process has not met that name with this kind of input, so ``kind`` must tell
    all that the expressions are made of, and a name must always stand for the same expression."""

    def __init__(self, con: Any, scratch: Path, kind: str) -> None:
        self.con = con
        self.scratch = scratch
        self.kind = kind
        self.tables, self.statements = _kept(kind)

    def branch(self, said: str) -> None:
        """Say what the data decided, where later names stand for other expressions because of it."""
        self.kind += said
        self.tables, self.statements = _kept(self.kind)

    def tell_instant(self, name: str, at: datetime) -> ir.TimestampScalar:
        """An instant that statements ask for by name, since it differs each time; as UTC without a zone."""
        told = at.astimezone(UTC).replace(tzinfo=None)
        self.con.raw_sql(f'SET VARIABLE "{name}" = TIMESTAMP {_text(told.isoformat(" "))}')
        asked: ir.TimestampScalar = told_instant(name)
        return asked

    def tell_numbers(self, name: str, numbers: Sequence[int]) -> ir.ArrayScalar:
        """The same of a list of numbers."""
        self.con.raw_sql(f'SET VARIABLE "{name}" = {[int(each) for each in numbers]}::BIGINT[]')
        asked: ir.ArrayScalar = told_numbers(name)
        return asked

    def view(self, name: str, table: ir.Table) -> ir.Table:
        """A table under a name, not computed."""
        return self._view(name, self.con.compile(table), table.schema())

    def open(self, name: str, files: Sequence[Path | str], schema: pa.Schema | None = None) -> ir.Table:
        """Parquet files as the table of that name; where there is none, an empty one of ``schema``."""
        if not files and schema is not None:
            files = [self.path(name)]
            pq.write_table(schema.empty_table(), files[0])
        return self._view(name, f"SELECT * FROM read_parquet([{', '.join(map(_text, files))}])")

    def keep(self, name: str, make: Make) -> ir.Table:
        """Compute a table into the scratch folder and open it from there."""
        path = self.path(name)
        self.con.raw_sql(f"COPY ({self._statement(name, make)}) TO {_text(path)} (FORMAT parquet)").fetchall()
        return self.open(name, [path])

    def rows(self, name: str, make: Make) -> pa.Table:
        """Compute a table that fits into memory."""
        found: pa.Table = self.con.con.sql(self._statement(name, make)).to_arrow_table()
        return found

    def path(self, name: str) -> Path:
        """Where a kept table lies."""
        return self.scratch / f"{name}.parquet"

    def count(self, name: str) -> int:
        """How many rows a kept table has."""
        return int(pq.read_metadata(self.path(name)).num_rows)

    def _statement(self, name: str, make: Make) -> str:
        if name not in self.statements:
            self.statements[name] = self.con.compile(make())
        return self.statements[name]

    def _view(self, name: str, statement: str, schema: ibis.Schema | None = None) -> ir.Table:
        self.con.raw_sql(f'CREATE OR REPLACE TEMP VIEW "{name}" AS {statement}')
        if name not in self.tables:
            # Not the view itself: that would hold the connection for as long as its name is kept.
            self.tables[name] = ibis.table(schema or self.con.table(name).schema(), name=name)
        return self.tables[name]


def _text(said: Path | str) -> str:
    return "'" + str(said).replace("'", "''") + "'"
