"""A few rows of a file as text, for a guess, without an engine and without reading the rest.

Most are its first ones; some stand further down, since a day in a file's first rows is often one and the same.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow.parquet as pq

from regulars.lake.reading.files import clean_headers
from regulars.lake.reading.form import Form
from regulars.lake.reading.nested import column_name, leaves, paths
from regulars.lake.reading.sniff import SAMPLE
from regulars.lake.reading.unpack import plain

# Shares of a long file at which a few more rows are looked at: not quarters, which fall on one day of the month.
LATER = tuple(n / 17 for n in range(1, 18))
PIECE, LINES = 1 << 15, 25  # bytes read there, and lines kept of them


@dataclass(frozen=True)
class Sample:
    """The headers of a file and a few of its rows in their order, each value as text or none."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]

    def values(self) -> dict[str, list[str | None]]:
        """Header → the values under it, in order."""
        return {header: [row[n] for row in self.rows] for n, header in enumerate(self.headers)}


def sample(path: Path, scratch: Path, form: Form | None = None, most: int = 500) -> Sample:
    """Up to ``most`` first rows of a file, of a long one some from ``LATER``; refuses what reading would refuse."""
    form = form or Form()
    scratch.mkdir(parents=True, exist_ok=True)
    at, found = plain(path, scratch, form)
    if found.kind == "parquet":
        first: list[Mapping[str, object]] = next(pq.ParquetFile(at).iter_batches(most)).to_pylist()
        return _of(pq.ParquetFile(at).schema_arrow.names, first)
    with at.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        text = file.read(SAMPLE)
    later = _later(at)
    if found.kind == "json_lines":
        objects = [*islice(_objects(text), most), *(each for part in later for each in _objects(part))]
        keys = paths(objects)
        flat = [{column_name(path): value for path, value in leaves(each).items()} for each in objects]
        return _of([column_name(path) for path in keys], flat)
    lines = "".join(text.splitlines(keepends=True)[form.skip :])
    rows = _records(lines, found.delimiter, form.quote, most if form.headers else most + 1)
    rows = rows if form.headers else rows[1:]
    for part in later:
        rows += _records(part, found.delimiter, form.quote, most)
    headers = clean_headers(found.headers)
    return Sample(tuple(headers), tuple(tuple(row) for row in rows if len(row) == len(headers)))


def _records(text: str, delimiter: str, quote: str, most: int) -> list[list[str]]:
    try:
        records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote)
        return list(islice((row for row in records if row), most))
    except csv.Error:
        return []


def _later(path: Path) -> list[str]:
    """Whole lines from a few places of a long text file; a row whose quoted value is cut has another width."""
    size = path.stat().st_size
    if size <= SAMPLE:
        return []
    parts = []
    with path.open("rb") as file:
        for share in LATER:
            file.seek(int((size - PIECE) * share))
            lines = file.read(PIECE).splitlines(keepends=True)[1:-1]
            parts.append(b"".join(lines[:LINES]).decode("utf-8", "replace"))
    return parts


def _objects(text: str) -> Iterator[Mapping[str, object]]:
    for line in text.splitlines():
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            yield value


def _of(names: Sequence[str], rows: Sequence[Mapping[str, object]]) -> Sample:
    def shown(value: object) -> str | None:
        if isinstance(value, bytes):
            return value.decode("utf-8", "replace")
        return None if value is None else str(value)

    return Sample(
        tuple(clean_headers(names)), tuple(tuple(shown(row.get(name)) for name in names) for row in rows)
    )
