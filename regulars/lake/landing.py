"""A landing writes several tables and is seen at once or never: each table's log first, HEAD as the last act.

The caller holds the writer's lock. What a crash left in a table beyond HEAD is taken back when the next landing
begins; until then nobody reads it, because readers open only what HEAD names.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
from deltalake import DeltaTable, write_deltalake
from deltalake.transaction import AddAction

from regulars.lake import head as heads
from regulars.lake.computed import COMPUTED
from regulars.lake.engine import Lake, Written
from regulars.lake.facts import FACTS, Fact

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

    def put(self, name: str, rows: ir.Table, lake: Lake, since: int | None = None) -> int:
        """Compute rows into a computed table in place of all it held, or of the months from ``since`` on.

        Returns how many. The engine writes the files; only the log passes through here: rows may outgrow memory.
        """
        return self._commit(name, rows, lake, "overwrite", since)

    def add(self, name: str, rows: ir.Table, lake: Lake) -> int:
        """Compute rows into a computed table beside those it holds; returns how many."""
        return self._commit(name, rows, lake, "append", None)

    def _commit(self, name: str, rows: ir.Table, lake: Lake, mode: Any, since: int | None) -> int:
        fact = COMPUTED[name]
        by = ["month"] if fact.by_month else None
        if name not in self.versions:
            DeltaTable.create(self.folder / name, schema=fact.schema, mode="ignore", partition_by=by)
        elif mode == "overwrite" and since is None and not self._as_declared(fact):
            # An older Regulars kept this table otherwise; what it held goes with this landing, as always here.
            DeltaTable.create(self.folder / name, schema=fact.schema, mode="overwrite", partition_by=by)
            del self._logs[name]
        log = self._log(name)
        files = lake.write(rows, fact, self.folder / name, f"{self.number}-{log.version()}")
        log.create_write_transaction(
            [_added(each) for each in files if each.rows],
            mode,
            log.schema(),
            partition_by=by,
            partition_filters=None if since is None else [("month", ">=", str(since))],
        )
        log.update_incremental()
        self.versions[name] = log.version()
        return sum(each.rows for each in files)

    def _as_declared(self, fact: Fact) -> bool:
        """Whether a table's log has the columns and the folders that ``facts`` gives it now."""
        log = self._log(fact.name)
        names = [field.name for field in log.schema().fields]
        return names == fact.schema.names and bool(log.metadata().partition_columns) == fact.by_month

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


def _added(file: Written) -> AddAction:
    return AddAction(
        path=file.path.as_posix(),
        size=file.size,
        partition_values={} if file.month is None else {"month": str(file.month)},
        modification_time=int(time.time() * 1000),
        data_change=True,
        stats=json.dumps({"numRecords": file.rows}),
    )


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
