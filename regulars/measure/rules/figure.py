"""One number as it is published, with what it needs beside it to be believed."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class FigureRow(NamedTuple):
    """A row to publish; the fields are those of ``measure.models.Figure``, where each is explained."""

    metric: str
    slice_kind: str
    slice: str
    period: str
    part: str
    value: float | None
    n: int
    as_of: date
    low: float | None = None
    high: float | None = None
    note: str = ""
