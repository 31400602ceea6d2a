"""Opens what HEAD names as Ibis tables on a DuckDB of this process's own, bounded in memory and threads."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from deltalake import DeltaTable

from regulars.lake import head as heads
from regulars.lake.facts import COMPUTED, FACTS

MEMORY = "1200MB"  # of DuckDB alone: an import and a turn stay under 2 GB with what Arrow and Python hold beside it


def connect(scratch: Path, memory: str = MEMORY) -> Any:
    """An in-memory DuckDB behind Ibis: cores − 1 threads, at most ``memory``, spilling into ``scratch``, UTC."""
    ibis.options.sql.fuse_selects = (
        False  # DuckDB merges them itself, and Ibis takes a third of its time for it
    )
    con = ibis.duckdb.connect()
    threads = max(1, (os.cpu_count() or 2) - 1)
    con.raw_sql(f"SET threads = {threads}")
    con.raw_sql(f"SET memory_limit = '{memory}'")
    con.raw_sql(f"SET temp_directory = '{str(scratch).replace(chr(39), chr(39) * 2)}'")
    con.raw_sql("SET preserve_insertion_order = false")
    con.raw_sql("SET TimeZone = 'UTC'")
    return con


@dataclass
class Lake:
    """The lake as of one HEAD: ``table("orders")`` is an Ibis table, empty where nothing has landed yet."""

    folder: Path
    head: heads.Head
    con: Any

    def files(self, name: str) -> list[str]:
        """The Parquet files that hold a table at this HEAD."""
        version = self.head.tables.get(name)
        return [] if version is None else DeltaTable(self.folder / name, version=version).file_uris()

    def table(self, name: str) -> ir.Table:
        """A table of the lake as an Ibis expression, with the schema of ``facts``."""
        files = self.files(name)
        if not files:
            return self.keep(f"empty_{name}", (FACTS | COMPUTED)[name].schema.empty_table())
        return self.con.read_parquet(files)

    def keep(self, name: str, rows: ir.Table | pa.Table) -> ir.Table:
        """Compute a table once and keep it for this process under a name; an earlier one of that name goes."""
        table = ibis.memtable(rows) if isinstance(rows, pa.Table) else rows
        # Not create_table(overwrite=True): Ibis 12 with sqlglot 30 writes a DROP without the table's name.
        self.con.raw_sql(f'DROP TABLE IF EXISTS temp.main."{name}"')
        return self.con.create_table(name, table, temp=True)


def open_lake(folder: Path, scratch: Path, con: Any | None = None) -> Lake:
    """The lake at its present HEAD, on ``con`` or a new connection."""
    return Lake(folder, heads.read(folder), con or connect(scratch))
