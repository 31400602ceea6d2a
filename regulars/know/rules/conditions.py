"""What an expression may consist of once it is read, and whether it is true: of one customer, or of all at once.

Of a number or a date that is not known no comparison holds, so `not (days_late > 0)` is true of who has no rhythm.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
Columns = Mapping[str, npt.NDArray[Any]]
Value = Any  # of one customer: number, flag, text, date, words, or None

OPERATORS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


@dataclass(frozen=True)
class Name:
    """A field of the customer."""

    name: str
    kind: str


@dataclass(frozen=True)
class Both:
    """All parts hold."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Either:
    """At least one part holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: Node


@dataclass(frozen=True)
class Compare:
    """Two values compared; dates are ordinals."""

    left: Name | float | str
    by: type[ast.cmpop]
    right: Name | float | str


@dataclass(frozen=True)
class Among:
    """A field's value is one of a list."""

    field: Name
    values: tuple[float | str, ...]


@dataclass(frozen=True)
class Has:
    """A word is among the field's words."""

    field: Name
    word: str


Node = Name | Both | Either | Not | Compare | Among | Has


def column(kind: str, values: Sequence[Value]) -> npt.NDArray[Any]:
    """Values of one field as a column: numbers and dates as floats (NaN: not known), flags, texts or sets of words."""
    if kind == "number":
        return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)
    if kind == "date":
        return np.array(
            [np.nan if value is None else float(value.toordinal()) for value in values], dtype=np.float64
        )
    if kind == "flag":
        return np.array([bool(value) for value in values], dtype=np.bool_)
    made = np.empty(len(values), dtype=object)
    made[:] = [value or ("" if kind == "text" else frozenset()) for value in values]
    return made


def holds(node: Node, person: Mapping[str, Value]) -> bool:
    """Whether a condition is true of one customer, by the value of each field (None: not known)."""
    match node:
        case Name(name):
            return bool(person.get(name))
        case Both(parts):
            return all(holds(part, person) for part in parts)
        case Either(parts):
            return any(holds(part, person) for part in parts)
        case Not(part):
            return not holds(part, person)
        case Has(field, word):
            return word in (person.get(field.name) or ())
        case Among(field, values):
            return _one(field, person) in values
        case Compare(left, by, right):
            pair = _one(left, person), _one(right, person)
            return None not in pair and bool(OPERATORS[by](*pair))


def _one(side: Name | float | str, person: Mapping[str, Value]) -> Value:
    if not isinstance(side, Name):
        return side
    value = person.get(side.name)
    if side.kind == "text":
        return value or ""
    if value is None:
        return None
    return float(value.toordinal() if side.kind == "date" else value)


def mask(node: Node, columns: Columns) -> Flags:
    """Of which customers a condition is true: a flag for each row of ``columns``, as ``column`` makes them."""
    match node:
        case Name(name):
            return columns[name].astype(np.bool_)
        case Both(parts):
            all_hold: Flags = np.all([mask(part, columns) for part in parts], axis=0)
            return all_hold
        case Either(parts):
            one_holds: Flags = np.any([mask(part, columns) for part in parts], axis=0)
            return one_holds
        case Not(part):
            return ~mask(part, columns)
        case Has(field, word):
            return np.array([word in words for words in columns[field.name]], dtype=np.bool_)
        case Among(field, values):
            return np.isin(columns[field.name], np.array(values, dtype=columns[field.name].dtype))
        case Compare(left, by, right):
            sides = [columns[side.name] if isinstance(side, Name) else side for side in (left, right)]
            found: Flags = np.asarray(OPERATORS[by](*sides), dtype=np.bool_)
            for side in sides:
                if isinstance(side, np.ndarray) and side.dtype == np.float64:
                    found = found & ~np.isnan(side)
            return found
