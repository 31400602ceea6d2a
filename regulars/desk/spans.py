"""Rows written beside one another and shown at once: the desk's half of a landing."""

from __future__ import annotations

from typing import Any, TypeVar

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q

from regulars.desk.models import Spanned

CHUNK = 500  # rows in one write transaction, so that the till never waits
Row = TypeVar("Row", bound=models.Model)


def visible(head: int) -> Q:
    """The condition under which a spanned row is shown when HEAD stands at ``head``."""
    return Q(batch__lte=head) & (Q(until__isnull=True) | Q(until__gt=head))


def spanned() -> list[type[models.Model]]:
    """Every table whose rows have a span."""
    return [model for model in apps.get_models() if issubclass(model, Spanned)]


def recover(head: int) -> int:
    """Remove what a crashed landing left beyond HEAD and reopen what it closed; returns the rows touched.

    Call it only as the lake's writer, before a new landing begins.
    """
    touched = 0
    for model in spanned():
        rows: Any = model._default_manager
        touched += _in_chunks(rows.filter(batch__gt=head), lambda chunk: chunk.delete()[0])
        touched += _in_chunks(rows.filter(until__gt=head), lambda chunk: chunk.update(until=None))
    return touched


def sweep(model: type[models.Model], head: int) -> int:
    """Delete rows that ended at or before HEAD, in short transactions; returns how many."""
    rows: Any = model._default_manager
    return _in_chunks(rows.filter(until__lte=head), lambda chunk: chunk.delete()[0])


def _in_chunks(rows: Any, act: Any) -> int:
    """Act on rows a chunk at a time, each named by its first and last key: five hundred keys take long to write out."""
    touched = 0
    keys = sorted(
        rows.values_list("pk", flat=True)
    )  # sorted here: asked to, SQLite would walk the whole table
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        with transaction.atomic():
            touched += act(rows.filter(pk__gte=chunk[0], pk__lte=chunk[-1]))
    return touched
