"""Writes a history as a point of sale exports it: orders and lines by month, older months compressed, some rows sent
twice; the truth goes into a folder of its own that the product never reads."""

from __future__ import annotations

import gzip
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from regulars.simulate.draw import Ints
from regulars.simulate.history import History

MONEY = {
    *("gross", "discount", "platform_subsidy", "commission", "comp", "net", "refunded"),
    *("list_price", "paid_price", "unit_cost", "cost"),
}
PLAIN_MONTHS = 12  # the newest; older ones are written as .csv.gz
STYLE = pa.csv.WriteOptions(quoting_style="needed")


def write(history: History, folder: Path) -> list[Path]:
    """Write every file of the history into `folder` (made where absent) and its `truth`; same history, same bytes.

    Returns the files a shop would hand over, in the order in which they are read best: stores, products, staff,
    members, visits, orders, lines, spend, totals.
    """
    folder.mkdir(parents=True, exist_ok=True)
    small = [csv(getattr(history, name), folder / f"{name}.csv") for name in ("stores", "products", "staff")]
    small.append(csv(history.members, folder / "members.csv"))
    small.append(csv(history.visits, folder / "visits.csv.gz"))
    monthly = _monthly(history, folder)
    after = [csv(getattr(history, name), folder / f"{name}.csv") for name in ("spend", "totals")]
    (folder / "truth").mkdir(exist_ok=True)
    for part in fields(history.truth):
        pa.parquet.write_table(getattr(history.truth, part.name), folder / "truth" / f"{part.name}.parquet")
    return [*small, *monthly, *after]


def _monthly(history: History, folder: Path) -> list[Path]:
    """Orders and lines by the calendar month of the order; a row sent twice stands again at the end of its file."""
    orders, lines = history.orders, history.lines
    months = orders["ordered_at"].to_numpy().astype("datetime64[M]")
    names = np.unique(months)
    edges = np.searchsorted(months, np.append(names, names[-1] + 1))
    first = np.flatnonzero(lines["line"].to_numpy() == 1)
    starts = np.append(first, len(lines))
    twice = np.flatnonzero(history.truth.orders["sent_twice"].to_numpy(zero_copy_only=False))
    plain = names[-1] - PLAIN_MONTHS
    jobs: list[tuple[pa.Table, Path]] = []
    for month, begin, end in zip(names, edges[:-1], edges[1:], strict=True):
        ending = "csv" if month > plain else "csv.gz"
        again = twice[(twice >= begin) & (twice < end)]
        rows = [np.arange(starts[order], starts[order + 1]) for order in again]
        more = np.concatenate([*rows, np.zeros(0, dtype=np.int64)]).astype(np.int64)
        jobs.append((_again(orders, begin, end, again), folder / f"orders-{month}.{ending}"))
        jobs.append((_again(lines, starts[begin], starts[end], more), folder / f"lines-{month}.{ending}"))
    with ThreadPoolExecutor(2) as writers:
        written = list(writers.map(lambda job: csv(*job), jobs))
    return [*written[::2], *written[1::2]]


def _again(table: pa.Table, begin: int, end: int, rows: Ints) -> pa.Table:
    return pa.concat_tables([table.slice(begin, end - begin), table.take(pa.array(rows))])


def csv(table: pa.Table, path: Path) -> Path:
    """One file; money as yuan with two places, absent values as nothing."""
    shown = pa.table(
        {name: _yuan(table[name]) if name in MONEY else table[name] for name in table.column_names}
    )
    if path.suffix == ".gz":
        # No name and no time in the header, so that the same rows are the same bytes.
        with path.open("wb") as raw, gzip.GzipFile("", "wb", 1, raw, mtime=0) as packed:
            pa.csv.write_csv(shown, packed, STYLE)
    else:
        pa.csv.write_csv(shown, path, STYLE)
    return path


def _yuan(fen: pa.ChunkedArray) -> pa.Array:
    """Fen as decimal yuan: the same integer under a scale of two."""
    low = fen.combine_chunks().to_numpy(zero_copy_only=False).astype(np.int64)
    wide = np.empty((len(low), 2), dtype=np.int64)
    wide[:, 0], wide[:, 1] = low, low >> 63
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(low), [None, pa.py_buffer(wide)])
