"""Opens what HEAD names as Ibis tables on the engine that was asked for; which one, nobody above the lake can see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
from deltalake import DeltaTable

from regulars.lake import head as heads
from regulars.lake.computed import COMPUTED
from regulars.lake.contract import Engine, Written, month_of, told_as
from regulars.lake.duck import MEMORY, Duck
from regulars.lake.duck import connect as connect_duckdb
from regulars.lake.facts import FACTS, Fact

__all__ = ["MEMORY", "Engine", "Lake", "Written", "connect", "open_lake"]


def connect(scratch: Path, memory: str = MEMORY, engine: str = "duckdb") -> Any:
    """An Ibis backend: ``duckdb``, ``spark`` (in a JVM of this process's own) or ``spark://host:port`` (a master).

    Refuses Spark where PySpark or Java is missing, or where nobody answers at that address.
    """
    if engine == "duckdb":
        return connect_duckdb(scratch, memory)
    from regulars.lake import spark  # seconds of imports that no import of an order waits for

    return spark.connect(scratch, memory, engine)


def _engine_on(con: Any) -> Engine:
    if con.name == "duckdb":
        return Duck(con)
    from regulars.lake.spark import Spark

    return Spark(con)


Choose = Callable[[ir.Table], ir.Table]
Months = tuple[int | None, int | None]  # from the first on, and before the second


def _lies(month: int | None, months: Months) -> bool:
    since, before = months
    return month is None or ((since is None or month >= since) and (before is None or month < before))


def _within(rows: ir.Table, months: Months) -> ir.Table:
    since, before = months
    rows = rows if since is None else rows.filter(rows.month >= since)
    return rows if before is None else rows.filter(rows.month < before)


@dataclass
class Lake:
    """The lake as of one HEAD: ``table("orders")`` is an Ibis table, empty where nothing has landed yet."""

    folder: Path
    head: heads.Head
    con: Any
    opened: dict[Any, ir.Table] = field(
        default_factory=dict
    )  # by name and versions: opening reads a log and footers

    @property
    def engine(self) -> Engine:
        """What computes here."""
        return _engine_on(self.con)

    def files(self, name: str) -> list[str]:
        """The Parquet files that hold a table at this HEAD."""
        version = self.head.tables.get(name)
        return [] if version is None else DeltaTable(self.folder / name, version=version).file_uris()

    def size(self, name: str) -> int:
        """How many rows the files of a table hold, as its log says: patches are counted by themselves."""
        version = self.head.tables.get(name)
        if version is None:
            return 0
        added = pa.table(DeltaTable(self.folder / name, version=version).get_add_actions(flatten=True))
        return sum(added["num_records"].to_pylist()) if len(added) else 0

    def table(
        self, name: str, choose: Choose | None = None, *, since: int | None = None, before: int | None = None
    ) -> ir.Table:
        """A table of the lake as an Ibis expression, with the schema of ``facts``, its patches laid over it.

        ``choose`` takes some of its rows, by what each of them says; of a large table it is asked before the patches
        are laid, which is cheaper than after. Of one by month, ``since`` and ``before`` open no files of other months:
        a filter would do, but by it DuckDB takes what is left for nothing and joins it the wrong way round.
        """
        fact, months = (FACTS | COMPUTED)[name], (since, before)
        if choose:
            return self._laid_over(fact, choose, months)
        versions = (name, *months, self.head.tables.get(name), self.head.tables.get(fact.patches.name))
        if versions not in self.opened:
            self.opened[versions] = self._laid_over(fact, lambda rows: rows, months)
        return self.opened[versions]

    def _laid_over(self, fact: Fact, choose: Choose, months: Months) -> ir.Table:
        base = choose(self._read(fact, months))
        if not fact.by_month or not self.files(fact.patches.name):
            return base
        laid = _within(self._read(fact.patches), months)
        # A row that moved to another month leaves a patch in the one it was in, which says nothing of the other.
        key = tuple(dict.fromkeys((*fact.key, "month")))
        newest = laid.group_by(key).agg(laid=laid.laid.max())
        patches = laid.semi_join(newest, (*key, "laid"))
        standing = choose(patches.filter(~patches.gone).select(base.columns))
        return base.anti_join(patches, key).union(standing)

    def _read(self, fact: Fact, months: Months = (None, None)) -> ir.Table:
        files = self.files(fact.name)
        if fact.by_month:  # in their order, because DuckDB guesses the size of all from the first
            files = [
                path
                for month, path in sorted((month_of(Path(path)), path) for path in files)
                if _lies(month, months)
            ]
        if not files:
            return self.keep(f"empty_{fact.name}", fact.schema.empty_table())
        return self.engine.read(files, fact, self.folder / fact.name)

    def rows(self, expression: ir.Expr) -> Any:
        """Compute a table that fits into memory, as Arrow in the types of its schema; of a scalar its Arrow value."""
        return self.engine.rows(expression)

    def read_parquet(self, path: Path | str) -> ir.Table:
        """A Parquet file that is no table of the lake."""
        return self.engine.read_parquet(path)

    def write(self, rows: ir.Table, fact: Fact, folder: Path, stem: str) -> list[Written]:
        """Compute rows of a fact straight into Parquet files of ``folder`` whose names begin with ``stem``.

        A fact ``by_month`` gets a folder a month. Nothing passes through this process's memory; the caller commits.
        """
        return self.engine.write(told_as(rows, fact), fact, folder, stem)

    def keep(self, name: str, rows: ir.Table | pa.Table) -> ir.Table:
        """Compute a table once and keep it for this process under a name; an earlier one of that name goes."""
        return self.engine.keep(name, rows)

    def close(self) -> None:
        """Let the engine go; what was kept is gone with it."""
        self.engine.close()


def open_lake(folder: Path, scratch: Path, con: Any | None = None, engine: str = "duckdb") -> Lake:
    """The lake at its present HEAD, on ``con`` or a new connection of ``engine``."""
    return Lake(folder, heads.read(folder), con or connect(scratch, engine=engine))
