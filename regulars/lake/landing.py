"""A landing writes several tables and is seen at once or never: each table's log first, HEAD as the last act.

The caller holds the writer's lock. What a crash left in a table beyond HEAD is taken back when the next landing
begins; until then nobody reads it, because readers open only what HEAD names.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

from regulars.lake import head as heads
from regulars.lake.facts import COMPUTED, FACTS

READERS_HOURS = 1  # files that a reader of the last hour may still have open are kept


class Landing:
    """One numbered change of the lake, begun with the clean-up of what an earlier writer left half done."""

    def __init__(self, folder: Path, number: int) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self.number = number
        self.head = heads.read(folder)
        self.versions = dict(self.head.tables)
        self._logs: dict[str, DeltaTable] = {}
        recover(folder, self.head)

    def append(self, name: str, rows: Iterable[pa.RecordBatch]) -> None:
        """Add rows to a fact; ``batch`` is filled in here. Columns must be those of ``facts`` without ``batch``."""
        schema = FACTS[name].schema
        number = pa.scalar(self.number, pa.int64())
        numbered = (batch.append_column("batch", pa.repeat(number, len(batch))) for batch in rows)
        self._write(name, numbered, schema, "append")

    def overwrite(self, name: str, rows: pa.Table) -> None:
        """Put rows in place of all that a computed table held."""
        self._write(name, rows.to_batches(), COMPUTED[name].schema, "overwrite")

    def drop_batches(self, name: str, numbers: list[int]) -> None:
        """Take out of a fact all rows that earlier landings brought; whole files where they hold nothing else."""
        if numbers and name in self.versions:
            table = self._log(name)
            table.delete(f"batch in ({', '.join(str(int(number)) for number in numbers)})")
            self.versions[name] = table.version()

    def files(self, name: str) -> list[str]:
        """The Parquet files that hold a table once this has landed."""
        return self._log(name).file_uris() if name in self.versions else []

    def land(self, still_held: Callable[[], bool]) -> heads.Head:
        """Make it happen: replace HEAD if the lock is still held, then let go of files nobody needs."""
        if not still_held():
            raise RuntimeError(
                "the writer's lock was lost before the landing; nothing was changed, run it again"
            )
        head = heads.Head(self.number, self.versions)
        heads.replace(self.folder, head)
        for name, version in head.tables.items():
            if version != self.head.tables.get(name):
                self._log(name).vacuum(
                    READERS_HOURS, dry_run=False, enforce_retention_duration=False, keep_versions=[version]
                )
        return head

    def _write(self, name: str, rows: Iterable[pa.RecordBatch], schema: pa.Schema, mode: Any) -> None:
        table = self.folder / name
        if name not in self.versions:
            DeltaTable.create(table, schema=schema, mode="ignore")
        arrays = ([_column(batch, field) for field in schema] for batch in rows)
        batches = (pa.RecordBatch.from_arrays(columns, schema=schema) for columns in arrays)
        log = self._log(name)
        write_deltalake(log, pa.RecordBatchReader.from_batches(schema, batches), mode=mode)
        self.versions[name] = log.version()

    def _log(self, name: str) -> DeltaTable:
        """A table's log, read once: while the lock is held nobody else writes."""
        if name not in self._logs:
            self._logs[name] = DeltaTable(self.folder / name)
        return self._logs[name]


def _column(batch: pa.RecordBatch, field: pa.Field) -> pa.Array:
    return batch.column(field.name).cast(field.type)


def recover(folder: Path, head: heads.Head) -> None:
    """Take back what ran ahead of HEAD: tables to HEAD's version, tables HEAD does not name out altogether."""
    for name in (*FACTS, *COMPUTED):
        table = folder / name
        if not table.exists():
            continue
        version = head.tables.get(name)
        if version is None:
            shutil.rmtree(table)
        elif _entry(table, version + 1).exists():
            DeltaTable(table).restore(version)


def _entry(table: Path, version: int) -> Path:
    """Where a Delta log keeps what made a version; looking for the next one is cheaper than reading the log."""
    return table / "_delta_log" / f"{version:020}.json"
