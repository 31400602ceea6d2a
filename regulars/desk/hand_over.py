"""Facts from the desk to the lake: stamped with a landing's number, read as columns, taken back when it died."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
from django.apps import apps
from django.db import models, transaction

from regulars.desk import bulk
from regulars.desk.models import HandedOver

MOST = 50_000  # rows of one table in one landing; the rest goes with the next


def handed_over() -> list[type[models.Model]]:
    """Every table whose rows go to the lake."""
    return [model for model in apps.get_models() if issubclass(model, HandedOver)]


def recover(head: int) -> int:
    """Free what a crashed landing had stamped, so that the next one takes it; returns how many rows.

    Call it only as the lake's writer, before a new landing begins.
    """
    freed = 0
    for model in handed_over():
        rows: Any = model._default_manager
        freed += rows.filter(batch__gt=head).update(batch=None)
    return freed


def stamp(
    model: type[models.Model], number: int, schema: pa.Schema, ready: models.Q | None = None
) -> pa.Table:
    """Give the oldest rows without a landing (that are ``ready``) this number, and return them as ``schema`` has them.

    Field names are the fact's column names; ``batch`` is left out, because the landing fills it in. A JSON field goes
    as its text.
    """
    rows: Any = model._default_manager
    waiting = rows.filter(ready or models.Q(), batch=None).order_by("pk")
    for chunk in bulk.chunks(list(waiting.values_list("pk", flat=True)[:MOST])):
        with transaction.atomic():
            rows.filter(pk__in=chunk, batch=None).update(batch=number)
    fields = [field for field in schema if field.name != "batch"]
    found = bulk.columns(rows.filter(batch=number).order_by("pk"), *(field.name for field in fields))
    columns = []
    for field in fields:
        values = found[field.name]
        if isinstance(model._meta.get_field(field.name), models.JSONField):
            # PostgreSQL writes JSON in letters of its own; the lake has it as Python does, whichever desk it came from.
            told = (None if each is None else json.dumps(json.loads(each)) for each in values.to_pylist())
            values = pa.array(told, pa.string())
        columns.append(values.cast(field.type))
    return pa.table(columns, schema=pa.schema(fields))
