"""What the models of value read of a base: its different histories and how many customers share each."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from regulars.core.refused import Refused
from regulars.know.rules.newton import Floats

ROOM = 2**62  # different keys that fit one integer
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Statistics:
    """Different histories and how many customers share each: four arrays of one length.

    x repeat visit days, t_x time from first to last visit, T time from first visit to now (t_x and T in one
    unit; the brand uses days), customers the count.
    """

    x: Floats
    t_x: Floats
    T: Floats
    customers: Floats

    @classmethod
    def of(
        cls, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike, customers: npt.ArrayLike | None = None
    ) -> "Statistics":
        """Count equal histories; without `customers` each row is one customer. Refuses impossible rows."""
        columns = [np.asarray(column) for column in (x, t_x, T)]
        counts = None if customers is None else np.asarray(customers, dtype=np.float64)
        _refuse_impossible(columns, counts)
        key, values = _keys(columns)
        if counts is None:  # one sort of one integer a customer: ten million in a second
            key.sort()
            starts = np.flatnonzero(np.concatenate([[key.size > 0], key[1:] != key[:-1]]))
            shared = np.diff(starts, append=key.size).astype(np.float64)
            return cls(*_told(key[starts], values), shared)
        lone, place = np.unique(key, return_inverse=True)
        shared = np.bincount(place, weights=counts, minlength=lone.size).astype(np.float64)
        return cls(*_told(lone, values), shared)


def different(x: Floats, t_x: Floats, T: Floats) -> tuple[Floats, Floats, Floats, npt.NDArray[np.intp]]:
    """The different histories among rows, and where each row's stands among them."""
    key, values = _keys([x, t_x, T])
    lone, place = np.unique(key, return_inverse=True)
    xs, ts, Ts = _told(lone, values)
    return xs, ts, Ts, place


def histogram(values: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """The different values, ascending, and the sum of `counts` at each."""
    lone, place = np.unique(values, return_inverse=True)
    return lone, np.bincount(place, weights=counts, minlength=lone.size).astype(np.float64)


def _keys(columns: list[npt.NDArray[Any]]) -> tuple[Codes, list[Floats | int]]:
    """One integer a row that orders rows as their columns do, and what takes it apart again."""
    codes = [_whole(column) for column in columns]
    values: list[Floats | int] = []
    sizes = [1 if code is None or not code.size else int(code.max()) + 1 for code in codes]
    crowded = float(np.prod(np.array(sizes, dtype=np.float64))) > ROOM
    key = np.zeros(columns[0].shape, dtype=np.int64)
    for column, code, size in zip(columns, codes, sizes, strict=True):
        if code is None or crowded:
            lone, rank = np.unique(column, return_inverse=True)
            code, size = rank.astype(np.int64), max(lone.size, 1)
            values.append(lone.astype(np.float64))
        else:
            values.append(size)
        key *= size
        key += code
    return key, values


def _whole(column: npt.NDArray[Any]) -> Codes | None:
    """The column as integers, or None where it has fractions."""
    codes = column.astype(np.int64)
    if column.dtype.kind in "iu" or np.array_equal(codes, column):
        return codes
    return None


def _told(key: Codes, values: list[Floats | int]) -> tuple[Floats, Floats, Floats]:
    columns: list[Floats] = []
    for value in reversed(values):
        size = value if isinstance(value, int) else max(value.size, 1)
        code = key % size
        key = key // size
        columns.append(code.astype(np.float64) if isinstance(value, int) else value[code])
    T, t_x, x = columns
    return x, t_x, T


def _refuse_impossible(columns: list[npt.NDArray[Any]], counts: Floats | None) -> None:
    x, t, T = columns
    shapes = {column.shape for column in (*columns, *([] if counts is None else [counts]))}
    if len(shapes) > 1:
        raise Refused(
            "x, t_x, T and customers must be equally long; they have %(lengths)s rows",
            lengths=[x.size, t.size, T.size, x.size if counts is None else counts.size],
        )
    sound = (x >= 0) & (t >= 0) & (t <= T) & ((x > 0) | (t == 0)) & np.isfinite(T) & np.isfinite(x)
    if counts is not None:
        sound &= counts >= 0
    if not sound.all():
        wrong = np.flatnonzero(~sound)
        raise Refused(
            "%(rows)d histories cannot be (a last visit after today or before the first);"
            " the first such row is %(row)d",
            rows=wrong.size,
            row=int(wrong[0]),
        )
