"""Rows written out for spreadsheets, so that no cell a stranger filled in is ever run as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

BYTE_ORDER_MARK = "\ufeff"  # without it a spreadsheet reads Chinese as the machine's old code page
# A spreadsheet takes a cell that begins so for a formula, in half or full width (OWASP, "CSV injection").
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NEGATIVE = re.compile(r"-\d[\d.,]*")  # an amount, which a spreadsheet reads as what it says
CHUNK = 500


def cell(value: Any) -> Any:
    """A value as one cell: numbers as they are, nothing as nothing, text neutralised by a leading apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        text = str(value)
        harmless = not text.startswith(BEGINS_A_FORMULA) or NEGATIVE.fullmatch(text)
        return text if harmless else "'" + text
    return value


def csv_text(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """A header and rows as pieces of CSV text (RFC 4180, with a byte-order mark), a few hundred rows each."""
    out = io.StringIO(BYTE_ORDER_MARK)
    out.seek(0, io.SEEK_END)
    writer = csv.writer(out)
    writer.writerow([cell(value) for value in header])
    for number, row in enumerate(rows, 1):
        writer.writerow([cell(value) for value in row])
        if number % CHUNK == 0:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()
