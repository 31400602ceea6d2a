"""When two tables of Arrow are the same: integers, dates and texts to the digit, floats to 1e-9 of their size."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import pyarrow as pa

CLOSE = 1e-9
Row = tuple[Any, ...]


def differences(one: pa.Table, other: pa.Table) -> list[str]:
    """What differs, the first few; rows may come in any order."""
    if one.schema != other.schema:
        return [f"{a} against {b}" for a, b in zip(one.schema, other.schema, strict=False) if a != b] or [
            "columns"
        ]
    if len(one) != len(other):
        return [f"{len(one)} rows against {len(other)}"]
    loose = {n for n, field in enumerate(one.schema) if pa.types.is_floating(field.type)}
    mine, theirs = (
        list(zip(*(column.to_pylist() for column in table.columns), strict=True)) for table in (one, other)
    )
    return told(one.column_names, mine, theirs, loose)


def told(names: list[str], mine: list[Row], theirs: list[Row], loose: set[int]) -> list[str]:
    """The same of rows; ``loose`` are the places of columns that need only be close."""
    if len(mine) != len(theirs):
        return [f"{len(mine)} rows against {len(theirs)}"]
    pairs = zip(_sorted(mine, loose), _sorted(theirs, loose), strict=True)
    return list(islice(_told(names, pairs), 5))


def _told(names: list[str], pairs: Iterable[tuple[Row, Row]]) -> Iterator[str]:
    for mine, theirs in pairs:
        for name, a, b in zip(names, mine, theirs, strict=True):
            if not same(a, b):
                yield f"{name}: {a!r} against {b!r} in {dict(zip(names, mine, strict=True))}"


def same(a: Any, b: Any) -> bool:
    """Whether two values are; of JSON as text what it says."""
    if isinstance(a, str) and isinstance(b, str) and a != b and a[:1] == b[:1] and a[:1] in ("{", "["):
        return same(json.loads(a), json.loads(b))
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=CLOSE, abs_tol=1e-12) or (math.isnan(a) and math.isnan(b))
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and bool(a == b)


def _sorted(rows: list[Row], loose: set[int]) -> list[Row]:
    """Rows by what is exact in them, then by what is not."""
    return sorted(
        rows,
        key=lambda row: (
            [repr(value) for n, value in enumerate(row) if n not in loose],
            [(row[n] is not None, row[n] or 0.0) for n in sorted(loose)],
        ),
    )
