"""Ibis's backend of DuckDB that writes a statement once: of a small brand's turn that would be most of the time.

An expression equals one of an earlier turn where all it is made of does, names of tables and their columns included;
the lake gives its tables the same names each time, so most statements of a turn are those of the turn before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import sqlglot as sg
from ibis.backends.duckdb import Backend as Plain

STATEMENTS = 400  # that are remembered: those of two turns and of what is asked between them


class Backend(Plain):  # type: ignore[misc]
    """One connection."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.opened: Counter[str] = Counter()

    def compile(self, expr: ir.Expr, /, **options: Any) -> str:
        """As `Plain.compile`, remembered where there are no options."""
        if any(each is not None for each in options.values()):
            statement: str = super().compile(expr, **options)
            return statement
        return _statement(expr.op())

    def view(self, name: str, files: Sequence[str], *, by_month: bool = False) -> ir.Table:
        """Parquet files as a table; its name is ``name`` with a number, so that what opened it before stands."""
        self.opened[name] += 1
        known = f"{name}:{self.opened[name]}"
        listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
        self.raw_sql(
            f'CREATE TEMP VIEW "{known}" AS FROM read_parquet([{listed}], hive_partitioning = {by_month})'
        )
        found: ir.Table = self.table(known)
        return found

    def keep(self, name: str, rows: ir.Table | pa.Table) -> ir.Table:
        """A table computed once, or taken from Arrow; an earlier one of that name goes.

        Its columns have the types of its schema: by themselves DuckDB's sums of whole numbers are wider.
        """
        if isinstance(rows, pa.Table):
            schema, statement = ibis.Schema.from_pyarrow(rows.schema), "FROM given"
            self.con.register("given", rows)
        else:
            schema, statement = rows.schema(), self.compile(rows)
            self._run_pre_execute_hooks(rows)
        columns = ", ".join(each.sql(self.dialect) for each in schema.to_sqlglot_column_defs(self.dialect))
        self.raw_sql(f'DROP TABLE IF EXISTS temp.main."{name}"')
        self.raw_sql(f'CREATE TEMP TABLE "{name}" ({columns})')
        self.raw_sql(f'INSERT INTO temp.main."{name}" {statement}').fetchall()
        if isinstance(rows, pa.Table):
            self.con.unregister("given")
        kept: ir.Table = ops.DatabaseTable(name, schema, self, ops.Namespace("temp", "main")).to_expr()
        return kept


@lru_cache(maxsize=STATEMENTS)
def _statement(op: ops.Node) -> str:
    tree = Plain.compiler.to_sqlglot(op.to_expr())
    statement: str = tree.sql(dialect=Plain.name, copy=False, unsupported_level=sg.ErrorLevel.RAISE)
    return statement
