"""The first rows of a file as text, for a guess and a preview, without an engine and without reading the rest."""

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
from regulars.lake.reading.sniff import SAMPLE
from regulars.lake.reading.unpack import plain


@dataclass(frozen=True)
class Sample:
    """The headers of a file and its first rows, each value as text or none."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]

    def values(self) -> dict[str, list[str | None]]:
        """Header → the values under it, in order."""
        return {header: [row[n] for row in self.rows] for n, header in enumerate(self.headers)}


def sample(path: Path, scratch: Path, form: Form | None = None, most: int = 500) -> Sample:
    """Up to ``most`` first rows of a file; refuses what reading it would refuse."""
    form = form or Form()
    scratch.mkdir(parents=True, exist_ok=True)
    at, found = plain(path, scratch, form)
    if found.kind == "parquet":
        first: list[Mapping[str, object]] = next(pq.ParquetFile(at).iter_batches(most)).to_pylist()
        return _of(pq.ParquetFile(at).schema_arrow.names, first)
    with at.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        text = file.read(SAMPLE)
    if found.kind == "json_lines":
        objects = list(islice(_objects(text), most))
        return _of(list(dict.fromkeys(key for each in objects for key in each)), objects)
    lines = io.StringIO("".join(text.splitlines(keepends=True)[form.skip :]), newline="")
    records = csv.reader(lines, delimiter=found.delimiter, quotechar=form.quote)
    headers = clean_headers(found.headers)
    wanted = most if form.headers else most + 1
    try:
        rows = list(islice((row for row in records if row), wanted))
    except csv.Error:
        rows = []
    rows = rows if form.headers else rows[1:]
    return Sample(tuple(headers), tuple(tuple(row) for row in rows if len(row) == len(headers)))


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
        return None if value is None else str(value)

    return Sample(
        tuple(clean_headers(names)), tuple(tuple(shown(row.get(name)) for name in names) for row in rows)
    )
