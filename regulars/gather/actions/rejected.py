"""Rejected rows as a person can mend them: under the headers they came with, and why beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from regulars import settings
from regulars.core.refused import Refused
from regulars.gather.models import Import

BESIDE = (
    "rejected because",
    "in column",
    "file",
    "row",
)  # headers no map reads, so the file may be sent as it is
ROWS = 2000  # read at a time


def rejected_rows(*, row: Import) -> tuple[list[str], Iterator[list[Any]]]:
    """A header, and the rejected rows of an import in the order of file and row.

    The header has the file's own columns, then why, in which column, from which file and row of it. What could not
    be divided into columns stands whole in a column ``as it came``. Refuses an import that rejected nothing.
    """
    path = settings.HOME / "rejected" / f"{row.batch}.parquet"
    if row.batch is None or not path.is_file():
        raise Refused("import %(number)d has kept no rejected rows", number=row.pk)
    names = list(dict.fromkeys(name for values, _ in _read(path) for name in values))
    return [*names, *BESIDE], ([*(values.get(name) for name in names), *why] for values, why in _read(path))


def _read(path: Path) -> Iterator[tuple[dict[str, Any], list[Any]]]:
    for batch in pq.ParquetFile(path).iter_batches(batch_size=ROWS):
        for row in batch.to_pylist():
            yield _values(row["raw"] or ""), [row["reason"], row["column"], row["file"], row["row"]]


def _values(raw: str) -> dict[str, Any]:
    try:
        values = json.loads(raw)
    except json.JSONDecodeError:
        values = None
    return values if isinstance(values, dict) else {"as it came": raw}
