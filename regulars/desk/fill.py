"""Things told in several calls, each knowing more: written by their key, never blanked by a call that knows less."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.db import models, transaction

from regulars.desk.bulk import chunks

Row = TypeVar("Row", bound=models.Model)


def fill(
    model: type[Row],
    said: Sequence[Mapping[str, Any]],
    *,
    key: Sequence[str],
    unions: Sequence[str] = (),
    stamp: str = "",
    new: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda said: {},
) -> list[tuple[Row, bool]]:
    """Write what is ``said`` of things by their unique ``key``; each row as it stands then, and whether it changed.

    A value of None leaves what was there; a list field among ``unions`` is added to, in the order things came. The
    field ``stamp`` is written only where something else was; ``new`` makes of what is said what only a new row gets.
    Up to 500 to a transaction; two callers at once lose nothing, because rows are locked before they are read.
    """
    answers: dict[tuple[Any, ...], tuple[Row, bool]] = {}
    for chunk in chunks(said):
        with transaction.atomic():
            answers |= _fill(model, chunk, tuple(key), unions, stamp, new)
    return [answers[tuple(each[name] for name in key)] for each in said]


def _fill(
    model: type[Row],
    said: list[Mapping[str, Any]],
    key: tuple[str, ...],
    unions: Sequence[str],
    stamp: str,
    beginning: Callable[[Mapping[str, Any]], Mapping[str, Any]],
) -> dict[tuple[Any, ...], tuple[Row, bool]]:
    rows: Any = model._default_manager
    keys = list(dict.fromkeys(tuple(each[name] for name in key) for each in said))
    within = {f"{name}__in": {each[at] for each in keys} for at, name in enumerate(key)}
    there = set(rows.filter(**within).values_list(*key))
    new: dict[tuple[Any, ...], Row] = {}
    for each in said:
        name = tuple(each[field] for field in key)
        if name not in there and name not in new:
            new[name] = model(
                **beginning(each), **{field: value for field, value in each.items() if value is not None}
            )
    rows.bulk_create(new.values(), ignore_conflicts=True)
    found: dict[tuple[Any, ...], Row] = {
        tuple(getattr(row, name) for name in key): row
        for row in rows.select_for_update().filter(**within).order_by("pk")
    }
    changed = {name: name in new for name in keys}
    written: set[str] = set()
    for each in said:
        name = tuple(each[field] for field in key)
        differs = _differing(found[name], each, unions, {*key, stamp})
        for field, value in differs.items():
            setattr(found[name], field, value)
        if differs and stamp:
            setattr(found[name], stamp, each[stamp])
        changed[name] = changed[name] or bool(differs)
        written |= differs.keys()
    if written:
        fields = sorted(written | ({stamp} if stamp else set()))
        rows.bulk_update([found[name] for name in keys if changed[name]], fields)
    return {name: (found[name], changed[name]) for name in keys}


def _differing(
    row: models.Model, said: Mapping[str, Any], unions: Sequence[str], beside: set[str]
) -> dict[str, Any]:
    """The fields in which what is said differs from a row, with the value they get."""
    found = {}
    for field, value in said.items():
        if field in beside or value is None:
            continue
        before = getattr(row, field)
        after = [*before, *(each for each in value if each not in before)] if field in unions else value
        if after != before:
            found[field] = after
    return found
