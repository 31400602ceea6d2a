"""DuckDB as the engine: in this process's own memory, bounded, spilling into a scratch folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.lake.contract import Written, month_of
from regulars.lake.duck_backend import Backend
from regulars.lake.facts import Fact

MEMORY = "1200MB"  # of DuckDB alone: an import and a turn stay under 2 GB with what Arrow and Python hold beside it


def connect(scratch: Path, memory: str = MEMORY) -> Any:
    """An in-memory DuckDB behind Ibis: cores − 1 threads, at most ``memory``, spilling into ``scratch``, UTC."""
    ibis.options.sql.fuse_selects = (
        False  # DuckDB merges them itself, and Ibis takes a third of its time for it
    )
    con = Backend().connect()
    threads = max(1, (os.cpu_count() or 2) - 1)
    con.raw_sql(f"SET threads = {threads}")
    con.raw_sql(f"SET memory_limit = '{memory}'")
    con.raw_sql(f"SET temp_directory = '{_quoted(scratch)}'")
    con.raw_sql("SET preserve_insertion_order = false")
    con.raw_sql("SET TimeZone = 'UTC'")
    # What `portable.fingerprint` is called; DuckDB's own hash() is nobody else's.
    con.raw_sql("CREATE TEMP MACRO fingerprint(said) AS ('0x' || md5(said)[1:15])::BIGINT")
    return con


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


@dataclass
class Duck:
    """The contract on a connection made here."""

    con: Any

    def read(self, files: Sequence[str], fact: Fact, folder: Path) -> ir.Table:
        rows: ir.Table = self.con.view(fact.name, files, by_month=fact.by_month)
        return rows.select(fact.schema.names) if fact.by_month else rows

    def read_parquet(self, path: Path | str) -> ir.Table:
        found: ir.Table = self.con.read_parquet(str(path))
        return found

    def keep(self, name: str, rows: ir.Table | pa.Table) -> ir.Table:
        kept: ir.Table = self.con.keep(name, rows)
        return kept

    def rows(self, expression: ir.Expr) -> Any:
        return self.con.to_pyarrow(expression)

    def write(self, rows: ir.Table, fact: Fact, folder: Path, stem: str) -> list[Written]:
        folder.mkdir(parents=True, exist_ok=True)
        target, options = folder / f"{stem}.parquet", "FORMAT parquet, RETURN_STATS"
        if fact.by_month:
            target = folder
            options += f", PARTITION_BY (month), OVERWRITE_OR_IGNORE, FILENAME_PATTERN '{stem}-{{uuid}}'"
        statement = f"COPY ({self.con.compile(rows)}) TO '{_quoted(target)}' ({options})"
        found = self.con.raw_sql(statement).fetchall()
        paths = [Path(row[0]) for row in found]
        return [
            Written(path.relative_to(folder), int(row[1]), int(row[2]), month_of(path))
            for path, row in zip(paths, found, strict=True)
        ]

    def close(self) -> None:
        self.con.disconnect()
