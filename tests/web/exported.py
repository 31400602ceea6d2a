"""What a page gave as a file, read as a spreadsheet would read it."""

from __future__ import annotations

import csv
import io

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase


def lines(answer: HttpResponseBase) -> list[list[str]]:
    """All lines of the CSV, its header first."""
    assert isinstance(answer, StreamingHttpResponse), f"no file: {answer.status_code}"
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def rows(answer: HttpResponseBase) -> list[dict[str, str]]:
    """A row each under the names of the header."""
    header, *rest = lines(answer)
    return [dict(zip(header, line, strict=True)) for line in rest]
