"""Columns into the desk's tables: many rows, short transactions, the same call on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction

from regulars.desk.spans import CHUNK

AT_ONCE = 20_000  # rows held as Python's objects


def insert(model: type[models.Model], rows: pa.Table, *, keep: bool = False, **constants: Any) -> int:
    """Insert a table's rows, ``CHUNK`` to a transaction; returns how many were given.

    Columns are named as the model's fields; ``constants`` fill further fields, the rest take the field's default.
    Text for a JSON field is JSON already. With ``keep`` a row whose unique key is there already is passed over.
    """
    if not len(rows):
        return 0
    fields = _fields(model, rows.column_names, constants)
    names = ", ".join(connection.ops.quote_name(field.column) for field, _ in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    tuples = _tuples(fields, rows)
    if connection.vendor == "postgresql" and not keep:
        with (
            transaction.atomic(),
            connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
        ):
            for row in tuples:
                copy.write_row(row)
        return len(rows)
    marks = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {table} ({names}) VALUES ({marks}){' ON CONFLICT DO NOTHING' if keep else ''}"
    for chunk in chunks(tuples):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(statement, chunk)
    return len(rows)


def chunks(rows: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """Lists of up to ``size`` rows, in the order given."""
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk


def among(pairs: Iterable[tuple[str, str]], outer: str, inner: str) -> models.Q:
    """The condition that two text columns are one of the pairs, written so that an index of the two finds the rows."""
    inside: dict[str, list[str]] = {}
    for first, second in pairs:
        inside.setdefault(first, []).append(second)
    either = models.Q()
    for first, seconds in sorted(inside.items()):
        either |= models.Q(**{outer: first, f"{inner}__in": seconds})
    return either if inside else models.Q(pk__in=[])


def close(
    model: type[models.Model],
    *,
    number: int,
    field: str,
    values: Iterable[Any],
    within: models.Q | None = None,
    **also: Any,
) -> int:
    """End the open rows whose ``field`` is among ``values`` (and that are ``within``) with landing ``number``.

    ``also`` sets further fields of the rows that end. Returns how many ended.
    """
    rows: Any = model._default_manager.filter(within or models.Q(), until=None, batch__lt=number)
    ended = 0
    for chunk in chunks(values):
        with transaction.atomic():
            ended += rows.filter(**{f"{field}__in": chunk}).update(until=number, **also)
    return ended


def columns(rows: Any, *names: str) -> pa.Table:
    """A query set's columns as an Arrow table, read without making model objects.

    A JSON column comes as its text, as both databases write it: ``["a", "b"]``.
    """
    asked = rows.values_list(*names)
    fields = [rows.model._meta.pk if name == "pk" else rows.model._meta.get_field(name) for name in names]
    try:
        statement, parameters = asked.query.sql_with_params()
    except EmptyResultSet:
        return pa.table({name: pa.array([]) for name in names})
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        values = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(names)
    return pa.table(
        {name: _column(field, column) for name, field, column in zip(names, fields, values, strict=True)}
    )


def _column(field: Any, values: tuple[Any, ...]) -> pa.Array:
    """A field's values as the driver gave them; JSON as text, whatever the driver made of it."""
    if isinstance(field, models.JSONField):
        texts = (json.dumps(each) if isinstance(each, list | dict) else each for each in values)
        return pa.array(texts, pa.string())
    if isinstance(field, models.DateTimeField):
        return pa.array(values, pa.timestamp("us", "UTC"))
    return pa.array(values)


def _fields(model: type[models.Model], given: list[str], constants: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Each concrete field with the constant that fills it (None where a column does)."""
    fields = []
    for field in model._meta.concrete_fields:
        if field.attname in given:
            fields.append((field, None))
        elif field.attname in constants:
            fields.append((field, constants[field.attname]))
        elif not isinstance(field, models.AutoField):
            fields.append((field, field.get_default()))
    return fields


def _tuples(fields: list[tuple[Any, Any]], rows: pa.Table) -> Iterator[tuple[Any, ...]]:
    """Rows as the driver takes them; some at a time, because as Python's objects they need several times the memory."""
    for start in range(0, len(rows), AT_ONCE):
        part = rows.slice(start, AT_ONCE)
        yield from zip(*(_values(field, part, constant) for field, constant in fields), strict=True)


def _values(field: Any, rows: pa.Table, constant: Any) -> Iterable[Any]:
    if field.attname not in rows.column_names:
        if isinstance(field, models.JSONField):
            constant = json.dumps(constant)
        return [
            field.get_db_prep_save(constant, connection) if not isinstance(constant, str) else constant
        ] * len(rows)
    column = rows.column(field.attname)
    if connection.vendor == "sqlite":
        # SQLite keeps instants and dates as text; these are the forms Django reads and compares.
        if pa.types.is_timestamp(column.type):
            column = pc.strftime(
                column.cast(pa.timestamp("s", "UTC"), safe=False), format="%Y-%m-%d %H:%M:%S"
            )
        elif pa.types.is_date(column.type):
            column = pc.strftime(column, format="%Y-%m-%d")
    values: list[Any] = column.to_pylist()
    if isinstance(field, models.CharField | models.TextField) and not field.null:
        return ["" if value is None else value for value in values]
    return values
