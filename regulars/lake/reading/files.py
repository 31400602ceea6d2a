"""Every file, whatever it was, as one Ibis table of its own columns with the file's number, its name and the row."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from regulars.core.refused import Refused
from regulars.lake.engine import connect
from regulars.lake.reading.form import Form
from regulars.lake.reading.nested import column_name, paths, pointer
from regulars.lake.reading.sniff import MOST_COLUMNS, SAMPLE, Sniffed
from regulars.lake.reading.unpack import plain

FAULTS = {
    "MISSING COLUMNS": "has fewer columns than the header",
    "TOO MANY COLUMNS": "has more columns than the header",
    "UNQUOTED VALUE": "has a quote that does not end",
    "LINE SIZE OVER MAXIMUM": "is longer than a mebibyte",
    "INVALID ENCODING": "is not text in the file's encoding",
    "INVALID STATE": "breaks the rules of quoting",
}
MOST_FAULTS = 100_000  # of one file; beyond that it is not torn, it is read the wrong way
FILE, ROW, SEQ = "_file", "_row", "_seq"  # SEQ orders rows over all files: file number × 2^40 + row
_names = itertools.count()


@dataclass(frozen=True)
class Fault:
    """A row that could not be divided into columns."""

    file: str
    row: int
    reason: str
    raw: str


@dataclass(frozen=True)
class Read:
    """``table`` has the columns of the files under trimmed headers, with ``_file``, ``_row`` and ``_seq``.

    A row is counted as a spreadsheet counts it: in CSV the header is row 1; in Parquet and JSON lines there is none.
    """

    table: ir.Table
    faults: tuple[Fault, ...]
    headers: tuple[str, ...]


def reader(scratch: Path) -> Any:
    """A DuckDB of its own for one import, bounded, whose rows stay in the order of the file."""
    con = connect(scratch)
    con.raw_sql("SET preserve_insertion_order = true")
    return con


def read(con: Any, files: Sequence[Path], form: Form, scratch: Path) -> Read:
    """All files as one table; columns that some file lacks are null there, those of two types become text.

    Refuses no file at all and whatever ``plain`` refuses, before DuckDB opens anything.
    """
    if not files:
        raise Refused("name at least one file")
    tables, faults = [], []
    for number, path in enumerate(files):
        at, found = plain(path, scratch, form)
        base = number << 40
        if found.kind == "parquet":
            table, bad = _parquet(con, at, path.name), []
        else:
            stem = scratch / f"raw-{next(_names)}.parquet"
            convert = _csv if found.kind == "csv" else _json_lines
            bad = convert(con, at, path.name, found, form, stem)
            table = _register(con, stem)
        names = [each for each in table.columns if each not in (ROW,)]
        tables.append(
            table.select(
                **{each: table[each] for each in names},
                **{FILE: ibis.literal(path.name), ROW: table[ROW].cast("int64")},
                **{SEQ: table[ROW].cast("int64") + ibis.literal(base, "int64")},
            )
        )
        faults += bad
    table = _together(tables)
    return Read(table, tuple(faults), tuple(each for each in table.columns if each not in (FILE, ROW, SEQ)))


def _sql(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"


def _name(text: object) -> str:
    return '"' + str(text).replace('"', '""') + '"'


def clean_headers(headers: Iterable[str]) -> list[str]:
    """Headers without padding, byte-order mark or line ends; an empty one becomes column_N, a repeated one gets _2."""
    clean: list[str] = []
    taken: set[str] = set()
    for number, header in enumerate(headers, 1):
        base = (
            re.sub(r"\s+", " ", header.replace("\ufeff", "")).strip(" \u3000\u00a0")[:200]
            or f"column_{number}"
        )
        name, again = base, 2
        while name.casefold() in taken or name in (FILE, ROW, SEQ):
            name, again = f"{base}_{again}", again + 1
        taken.add(name.casefold())
        clean.append(name)
    return clean


def _register(con: Any, path: Path, **options: Any) -> ir.Table:
    table: ir.Table = con.read_parquet(str(path), table_name=f"read_{next(_names)}", **options)
    return table


def _parquet(con: Any, path: Path, name: str) -> ir.Table:
    try:
        schema = pq.ParquetFile(path).schema_arrow
        headers = schema.names
    except Exception as error:
        raise Refused(
            "%(file)s is a Parquet file that cannot be read: %(why)s", file=name, why=error
        ) from error
    if len(headers) > MOST_COLUMNS:
        raise Refused(
            "%(file)s has more than %(most)s columns: it is not a table of sales",
            file=name,
            most=MOST_COLUMNS,
        )
    if not headers or not pq.ParquetFile(path).metadata.num_rows:
        raise Refused("%(file)s is empty", file=name)
    table = _register(con, path, file_row_number=True, binary_as_string=True)
    renamed = dict(zip(clean_headers(headers), headers, strict=True))
    return table.select(
        **{new: _readable(table[old], schema.field(old).type) for new, old in renamed.items()},
        **{ROW: table["file_row_number"] + 1},
    )


def _readable(column: ir.Column, kind: pa.DataType) -> ir.Column:
    """Nanoseconds in a zone, as pandas writes them, to the microsecond; Ibis has no name for that type of DuckDB's."""
    odd = pa.types.is_timestamp(kind) and kind.unit == "ns" and kind.tz
    return column.cast("timestamp('UTC', 6)") if odd else column


def _options(found: Sniffed, form: Form, columns: list[str], separator: str, quote: str, header: bool) -> str:
    types = ", ".join(f"{_sql(each)}: 'VARCHAR'" for each in columns)
    return (
        f"auto_detect = false, columns = {{{types}}}, delim = {_sql(separator)}, quote = {_sql(quote)},"
        f" escape = {_sql(quote)}, header = {str(header).lower()}, skip = {form.skip}, max_line_size = {SAMPLE},"
        f" buffer_size = {16 * SAMPLE}, store_rejects = true, rejects_limit = {MOST_FAULTS}, nullstr = '\x03\x04'"
    )


def _csv(con: Any, path: Path, name: str, found: Sniffed, form: Form, target: Path) -> list[Fault]:
    columns = clean_headers(found.headers)
    header = not form.headers
    source = f"read_csv({_sql(path)}, {_options(found, form, columns, found.delimiter, form.quote, header)})"
    first = form.skip + (1 if header else 0)
    faults = _converted(con, f"SELECT *, row_number() OVER () + {first} AS {ROW} FROM {source}", target, name)
    if faults:
        _shift_rows(con, target, sorted({each.row for each in faults}), first)
    return faults


def _converted(con: Any, query: str, target: Path, name: str) -> list[Fault]:
    # Without a row-group limit a copy in order holds a whole group of every column at once.
    try:
        con.raw_sql(f"COPY ({query}) TO {_sql(target)} (FORMAT parquet, ROW_GROUP_SIZE 60000)").fetchall()
    except Exception as error:
        raise Refused(
            "%(file)s cannot be read: %(why)s", file=name, why=str(error).splitlines()[0]
        ) from error
    bad = con.raw_sql(
        "SELECT line, any_value(error_type::VARCHAR), any_value(csv_line) FROM reject_errors GROUP BY 1 ORDER BY 1"
    ).fetchall()
    many = con.raw_sql("SELECT count(*) FROM reject_errors").fetchall()[0][0]
    con.raw_sql("DROP TABLE reject_errors")
    con.raw_sql("DROP TABLE reject_scans")
    _bear(many, name)
    return [
        Fault(name, int(line), FAULTS.get(kind, "cannot be read"), (raw or "")[:10_000])
        for line, kind, raw in bad
    ]


def _bear(faults: int, name: str) -> None:
    if faults >= MOST_FAULTS:
        raise Refused(
            "%(file)s has over %(most)s rows not divided as the first is: are its delimiter and quote right?",
            file=name, most=MOST_FAULTS,
        )  # fmt: skip


def _shift_rows(con: Any, path: Path, lines: list[int], first: int) -> None:
    """Rows after a rejected one move down by it: the reader numbers only what it could read."""
    moved = path.with_suffix(".moved")
    values = ", ".join(f"({line - 1 - n}, {n + 1})" for n, line in enumerate(lines))
    con.raw_sql(
        f"COPY (SELECT r.* REPLACE (r.{ROW} + coalesce(s.k, 0) AS {ROW}) FROM read_parquet({_sql(path)}) r"
        f" ASOF LEFT JOIN (SELECT t, max(k) AS k FROM (VALUES {values}) v(t, k) GROUP BY t) s ON r.{ROW} > s.t)"
        f" TO {_sql(moved)} (FORMAT parquet, ROW_GROUP_SIZE 60000)"
    ).fetchall()
    moved.replace(path)


def _first_objects(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as file:
        for raw in file.readlines(SAMPLE)[:1000]:
            try:
                value = json.loads(raw)
            except (ValueError, RecursionError):
                continue
            if isinstance(value, dict):
                yield value


def _json_lines(con: Any, path: Path, name: str, found: Sniffed, form: Form, target: Path) -> list[Fault]:
    keys = paths(_first_objects(path))
    if not keys or len(keys) > MOST_COLUMNS:
        raise Refused("%(file)s has no columns, or more than %(most)s", file=name, most=MOST_COLUMNS)
    source = f"read_csv({_sql(path)}, {_options(found, form, ['l'], chr(1), chr(2), False)})"
    columns = ", ".join(
        f"json_extract_string(j, {_sql(pointer(key))}) AS {_name(clean)}"
        for key, clean in zip(keys, clean_headers(map(column_name, keys)), strict=True)
    )
    rows = target.with_suffix(".lines")
    faults = _converted(con, f"SELECT l, row_number() OVER () AS {ROW} FROM {source}", rows, name)
    lines = f"read_parquet({_sql(rows)})"
    con.raw_sql(
        f"COPY (SELECT {columns}, {ROW} FROM (SELECT CASE WHEN json_valid(l) THEN l::JSON END AS j, {ROW} FROM {lines})"
        f" WHERE json_type(j) = 'OBJECT') TO {_sql(target)} (FORMAT parquet, ROW_GROUP_SIZE 60000)"
    ).fetchall()
    wrong = con.raw_sql(
        f"SELECT {ROW}, l FROM {lines} WHERE trim(l) <> '' AND (NOT json_valid(l) OR json_type(CASE WHEN json_valid(l)"
        f" THEN l::JSON END) <> 'OBJECT') ORDER BY 1 LIMIT {MOST_FAULTS}"
    ).fetchall()
    rows.unlink()
    _bear(len(wrong), name)
    return faults + [Fault(name, int(row), "is not a JSON object", line[:10_000]) for row, line in wrong]


def _together(tables: list[ir.Table]) -> ir.Table:
    if len(tables) == 1:
        return tables[0]
    types: dict[str, Any] = {}
    for table in tables:
        for name, kind in table.schema().items():
            types[name] = kind if types.get(name, kind) == kind else ibis.dtype("string")
    same = [
        table.select(
            **{
                name: (table[name].cast(kind) if name in table.columns else ibis.null(kind))
                for name, kind in types.items()
            }
        )
        for table in tables
    ]
    return ibis.union(*same, distinct=False)
