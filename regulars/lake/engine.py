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
from regulars.lake.facts import COMPUTED, FACTS, Fact

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
    con.raw_sql(f"SET temp_directory = '{_quoted(scratch)}'")
    con.raw_sql("SET preserve_insertion_order = false")
    con.raw_sql("SET TimeZone = 'UTC'")
    return con


@dataclass(frozen=True)
class Written:
    """A Parquet file that an engine wrote: its path within the table's folder, rows, bytes, month where it has one."""

    path: Path
    rows: int
    size: int
    month: int | None


def _month(path: str) -> int | None:
    at = Path(path).parent.name
    return int(at.removeprefix("month=")) if at.startswith("month=") else None


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


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
        """A table of the lake as an Ibis expression, with the schema of ``facts``, its patches laid over it."""
        fact = (FACTS | COMPUTED)[name]
        base = self._read(fact)
        if not fact.by_month or not self.files(fact.patches.name):
            return base
        laid = self._read(fact.patches)
        newest = laid.group_by(fact.key).agg(laid=laid.laid.max())
        patches = laid.semi_join(newest, (*fact.key, "laid"))
        standing = patches.filter(~patches.gone).select(base.columns)
        return base.anti_join(patches, fact.key).union(standing)

    def _read(self, fact: Fact) -> ir.Table:
        files = self.files(fact.name)
        if not files:
            return self.keep(f"empty_{fact.name}", fact.schema.empty_table())
        rows = self.con.read_parquet(files, hive_partitioning=fact.by_month)
        return rows.select(fact.schema.names) if fact.by_month else rows

    def write(self, rows: ir.Table, fact: Fact, folder: Path, stem: str) -> list[Written]:
        """Compute rows of a fact straight into Parquet files of ``folder`` whose names begin with ``stem``.

        A fact ``by_month`` gets a folder a month. Nothing passes through this process's memory; the caller commits.
        """
        types = ibis.Schema.from_pyarrow(fact.schema)
        told = rows.select([rows[name].cast(type).name(name) for name, type in types.items()])
        folder.mkdir(parents=True, exist_ok=True)
        target, options = folder / f"{stem}.parquet", "FORMAT parquet, RETURN_STATS"
        if fact.by_month:
            target = folder
            options += f", PARTITION_BY (month), OVERWRITE_OR_IGNORE, FILENAME_PATTERN '{stem}-{{uuid}}'"
        statement = f"COPY ({self.con.compile(told)}) TO '{_quoted(target)}' ({options})"
        found = self.con.raw_sql(statement).fetchall()
        return [
            Written(Path(row[0]).relative_to(folder), int(row[1]), int(row[2]), _month(row[0]))
            for row in found
        ]

    def keep(self, name: str, rows: ir.Table | pa.Table) -> ir.Table:
        """Compute a table once and keep it for this process under a name; an earlier one of that name goes."""
        table = ibis.memtable(rows) if isinstance(rows, pa.Table) else rows
        # Not create_table(overwrite=True): Ibis 12 with sqlglot 30 writes a DROP without the table's name.
        self.con.raw_sql(f'DROP TABLE IF EXISTS temp.main."{name}"')
        return self.con.create_table(name, table, temp=True)


def open_lake(folder: Path, scratch: Path, con: Any | None = None) -> Lake:
    """The lake at its present HEAD, on ``con`` or a new connection."""
    return Lake(folder, heads.read(folder), con or connect(scratch))
