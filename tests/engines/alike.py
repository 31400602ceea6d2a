"""When two tables of Arrow are the same: integers, dates and texts to the digit, floats to 1e-9 of their size."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

CLOSE = 1e-9


def differences(one: pa.Table, other: pa.Table) -> list[str]:
    """What differs, the first few; rows may come in any order."""
    if one.schema != other.schema:
        return [f"{a} against {b}" for a, b in zip(one.schema, other.schema, strict=False) if a != b] or [
            "columns"
        ]
    if len(one) != len(other):
        return [f"{len(one)} rows against {len(other)}"]
    names = one.column_names
    pairs = zip(_sorted(one), _sorted(other), strict=True)
    return list(_told(names, pairs))[:5]


def _told(names: list[str], pairs: Any) -> Iterator[str]:
    for mine, theirs in pairs:
        for name, a, b in zip(names, mine, theirs, strict=True):
            if not _same(a, b):
                yield f"{name}: {a!r} against {b!r} in {dict(zip(names, mine, strict=True))}"


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=CLOSE, abs_tol=1e-12) or (math.isnan(a) and math.isnan(b))
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a)
    return type(a) is type(b) and bool(a == b)


def _sorted(table: pa.Table) -> list[tuple[Any, ...]]:
    """Rows by what is exact in them, then by what is not."""
    exact = [n for n, field in enumerate(table.schema) if not pa.types.is_floating(field.type)]
    loose = [n for n in range(table.num_columns) if n not in exact]
    rows = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    return sorted(
        rows,
        key=lambda row: ([repr(row[n]) for n in exact], [(row[n] is not None, row[n] or 0.0) for n in loose]),
    )
