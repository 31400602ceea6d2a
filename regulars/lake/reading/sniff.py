"""What a file is, told from its first mebibyte: before any engine sees it, so that nothing hostile costs memory."""

from __future__ import annotations

import codecs
import csv
import io
import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from regulars.core.refused import Refused
from regulars.lake.reading.form import Form

SAMPLE = 1 << 20  # bytes looked at, and the longest line that is read
MOST_COLUMNS = 2000
DELIMITERS = ",;\t|"
MAGIC = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook; save the sheet as CSV (UTF-8), or unpack it"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook; save the sheet as CSV (UTF-8)"),
    (b"%PDF", "a PDF; export the sales as CSV"),
    (b"SQLite format 3", "a database; export its table as CSV"),
)


@dataclass(frozen=True)
class Sniffed:
    """``kind`` is parquet, csv or json_lines; of text, its encoding, delimiter and the headers as they stand."""

    kind: str
    encoding: str = "utf-8"
    delimiter: str = ","
    headers: tuple[str, ...] = ()


def sniff(path: Path, name: str, form: Form) -> Sniffed:
    """What lies at ``path``, which is plain (unpacked) already; ``name`` is what a person calls it.

    Refuses an empty file, a binary one, a first line longer than a mebibyte, and more than 2,000 columns.
    """
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    if not head.strip():
        raise Refused("%(file)s is empty", file=name)
    if head[:4] == b"PAR1":
        return Sniffed("parquet")
    for magic, what in MAGIC:
        if head.startswith(magic):
            raise Refused("%(file)s is %(what)s", file=name, what=what)
    encoding = form.encoding or _encoding(head)
    text = _decode(head, encoding, name)
    if "\x00" in text or sum(c < " " and c not in "\t\r\n\f\x1a" for c in text[:10_000]) > 50:
        raise Refused("%(file)s is not text: it is a binary file of a kind that is not known", file=name)
    lines = text.splitlines()
    if max(text[:SAMPLE].partition("\n")[0].count(sign) for sign in DELIMITERS) > MOST_COLUMNS:
        raise Refused(
            "%(file)s has more than %(most)s columns: it is not a table of sales",
            file=name,
            most=MOST_COLUMNS,
        )
    if len(head) == SAMPLE and not any(end in text for end in "\r\n"):
        raise Refused("%(file)s has no line end in its first mebibyte: it is not a table of rows", file=name)
    first = next((line for line in lines[form.skip :] if line.strip()), "")
    if first.lstrip().startswith("{") and _is_json(first):
        return Sniffed("json_lines", encoding)
    return _csv(text, name, encoding, form)


def _encoding(head: bytes) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return encoding
    return "utf-8" if is_text(head, "utf-8") else legacy_encoding(head)


def is_text(part: bytes, encoding: str) -> bool:
    """Whether the bytes are text in an encoding, a character cut off at the end allowed."""
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(part, final=False)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def legacy_encoding(part: bytes) -> str:
    """gb18030 or cp1252 for bytes that are not UTF-8: in Chinese text bytes above 127 stand together."""
    high = [byte > 0x7F for byte in part]
    runs = sum(a and b for a, b in pairwise(high))
    return "gb18030" if 2 * runs >= sum(high) and is_text(part, "gb18030") else "cp1252"


def _decode(head: bytes, encoding: str, name: str) -> str:
    try:
        return codecs.getincrementaldecoder(encoding)("replace").decode(head, final=False)
    except LookupError as error:
        raise Refused("%(file)s: encoding %(encoding)s is not known", file=name, encoding=encoding) from error


def _is_json(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (json.JSONDecodeError, RecursionError):
        return False


def _csv(text: str, name: str, encoding: str, form: Form) -> Sniffed:
    body = "\n".join(text.splitlines()[form.skip :])[: SAMPLE // 4]
    delimiter = form.delimiter or max(DELIMITERS, key=lambda sign: _fit(body, sign, form.quote))
    if len(delimiter) != 1 or len(form.quote) != 1:
        raise Refused("%(file)s: delimiter and quote are one character each", file=name)
    first = "\n".join(text.splitlines()[form.skip : form.skip + 20])
    headers = tuple(form.headers or _records(first, delimiter, form.quote, 1)[0])
    if len(headers) > MOST_COLUMNS:
        raise Refused(
            "%(file)s has more than %(most)s columns: it is not a table of sales",
            file=name,
            most=MOST_COLUMNS,
        )
    return Sniffed("csv", encoding, delimiter, headers)


def _records(text: str, delimiter: str, quote: str, most: int) -> list[list[str]]:
    csv.field_size_limit(SAMPLE)
    try:
        rows = csv.reader(io.StringIO(text), delimiter=delimiter, quotechar=quote)
        return [row for row, _ in zip(rows, range(most), strict=False)] or [[]]
    except csv.Error:
        return [[]]


def _fit(text: str, delimiter: str, quote: str) -> tuple[float, int]:
    """How well a delimiter divides the first lines: the share with as many fields as the first, then that number."""
    first, *rest = _records(text, delimiter, quote, 50)
    width = len(first)
    if width < 2:
        return (0.0, 0)
    same = sum(len(row) == width for row in rest)
    return ((same + 1) / (len(rest) + 1), width)
