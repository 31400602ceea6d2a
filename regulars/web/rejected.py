"""The rejected rows of an import as they came, read from where the import kept them; Parquet is loaded only here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings

SHOWN = ("file", "row", "column", "value", "reason")
WHY = ("file", "row", "column", "reason")
ROWS = 2000


def path(batch: int | None) -> Path | None:
    """Where an import that landed as ``batch`` kept its rejected rows, if it kept any."""
    there = settings.HOME / "rejected" / f"{batch}.parquet"
    return there if batch and there.is_file() else None


def _rows(batch: int | None) -> Iterator[dict[str, Any]]:
    there = path(batch)
    if there is None:
        return
    import pyarrow.parquet as pq

    with pq.ParquetFile(there) as file:
        for some in file.iter_batches(batch_size=ROWS):
            yield from some.to_pylist()


def sample(batch: int | None, count: int) -> list[list[str]]:
    """The first rejected rows: file, row, column, value and reason."""
    rows = islice(_rows(batch), count)
    return [["" if row.get(name) is None else str(row[name])[:200] for name in SHOWN] for row in rows]


def _said(row: dict[str, Any]) -> dict[str, Any]:
    """A row's own columns; one that could not be taken apart is one column, ``raw``."""
    try:
        said = json.loads(row.get("raw") or "")
    except ValueError:
        return {"raw": row.get("raw")}
    return said if isinstance(said, dict) else {"raw": row.get("raw")}


def header(batch: int | None) -> list[str]:
    """The columns of the rejected rows' own files, in the order met, then where each stood and why it was refused."""
    names: dict[str, None] = {}
    for row in _rows(batch):
        names.update(dict.fromkeys(_said(row)))
    return [*names, *(f"rejected {name}" for name in WHY)] if names else []


def lines(batch: int | None, names: list[str]) -> Iterator[list[Any]]:
    """The rejected rows under that header, to be mended and sent again."""
    own = names[: len(names) - len(WHY)]
    for row in _rows(batch):
        said = _said(row)
        yield [_cell(said.get(name)) for name in own] + [row.get(name) for name in WHY]


def _cell(value: Any) -> Any:
    """A negative amount leaves as a number, so that the mended file says what the first one said."""
    if not isinstance(value, str) or not value.startswith("-"):
        return value
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return value
    if not amount.is_finite():
        return value
    return next((number for number in (int(amount), float(amount)) if str(number) == value), value)
