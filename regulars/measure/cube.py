"""The contract of a cube: sums of sales and visits by month that are kept, so that no turn counts a closed month again.

A cube's cell is a sum over groups of rows: the sales without a customer each by itself, and of each customer the sales
and the days of a month. What a group adds may depend on the group's own rows, on the facts of the customer's first day
(``states.first_…``) and on the customer's last two visit days before the month, and on nothing else: these change only
with the group itself. Hence kept cells − cells of the groups that changed, as they were + as they are now = all anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce

import ibis
import ibis.expr.types as ir

from regulars.core.brand import BrandFacts

KEYS, SUMS = 8, 8  # columns of the fact ``cells``, which holds every cube


@dataclass(frozen=True)
class Inputs:
    """What cubes and metrics read; everything is as of the last business date observed.

    ``sales`` has one row a kept order at its highest version (cancelled and wholly refunded ones left out) with
    ``revenue`` (net − refunded, minor units), ``customer_id`` (null: not identified) and ``cause`` (why not). A return
    written as an order of its own is there with its revenue and with ``orders`` 0, which is 1 on all others: orders are
    counted as its sum. ``days`` and ``customers`` are the facts ``customer_days`` and ``customers`` (a day of returns
    alone has no orders and is no visit); ``states`` has one row a customer; ``lines`` is the fact ``order_lines``.

    The world may be restricted: to whole months, or to whole customers and single sales without one. Where it begins
    in the middle of a history, ``before`` has of the customers seen earlier the day numbers ``latest`` and ``previous``
    (null: only one) of their last two visits before it, by customer_id: ``customer_closed`` has these columns.

    ``cells`` is what is kept of all cubes (fact ``cells``), ``kept`` single ones of them by name, ready to be read:
    where they are there, nothing reads ``sales`` and ``days``.
    ``regions`` leads a store's code to its region, ``categories`` a product's to its category; ``brand`` has clocks.
    """

    sales: ir.Table
    days: ir.Table
    states: ir.Table
    customers: ir.Table
    as_of: date
    before: ir.Table | None = None
    lines: ir.Table | None = None
    cells: ir.Table | None = None
    regions: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    brand: BrandFacts = field(default_factory=BrandFacts)
    kept: Mapping[str, ir.Table] = field(default_factory=dict)

    def cube(self, cube: Cube) -> ir.Table:
        """``month``, the cube's keys and its sums: from the kept cells, or counted now where none are kept."""
        if cube.name in self.kept:
            return self.kept[cube.name]
        return counted_now(cube, self) if self.cells is None else kept(cube, self.cells)


@dataclass(frozen=True, kw_only=True)
class Cube:
    """Sums by month and slice that metrics share.

    ``count`` takes inputs, whole or restricted, and returns ``month`` (a number), the ``keys`` (name → type, string or
    int64; never null) and the integer ``sums``: one or several rows a combination. ``version`` is raised with every
    change of what is counted: cells of another version are counted anew.
    """

    name: str
    keys: Mapping[str, str]
    sums: tuple[str, ...]
    count: Callable[[Inputs], ir.Table]
    version: int = 1


def counted_now(cube: Cube, inputs: Inputs) -> ir.Table:
    """A cube from its inputs, one row a combination; one where every sum is 0 is left out."""
    return _summed(cube, cube.count(inputs))


def kept(cube: Cube, cells: ir.Table) -> ir.Table:
    """A cube out of the fact ``cells``, whose corrections lie beside what they correct."""
    own = cells.filter(cells.cube == cube.name)
    keys = {name: own[f"key_{n}"].cast(type) for n, (name, type) in enumerate(cube.keys.items(), 1)}
    sums = {name: own[f"sum_{n}"] for n, name in enumerate(cube.sums, 1)}
    return _summed(cube, own.select("month", **keys, **sums))


def cells_of(cubes: Sequence[Cube], inputs: Inputs, sign: int = 1) -> ir.Table:
    """All cubes of the inputs as rows of the fact ``cells``; ``sign`` −1 takes them away."""
    return reduce(
        lambda upper, lower: ibis.union(upper, lower), [_cells(each, inputs, sign) for each in cubes]
    )


def _cells(cube: Cube, inputs: Inputs, sign: int) -> ir.Table:
    rows = counted_now(cube, inputs)
    keys: dict[str, ir.Value] = {f"key_{n}": ibis.null("string") for n in range(1, KEYS + 1)}
    keys |= {f"key_{n}": rows[name].cast("string") for n, name in enumerate(cube.keys, 1)}
    sums: dict[str, ir.Value] = {f"sum_{n}": ibis.null("int64") for n in range(1, SUMS + 1)}
    sums |= {f"sum_{n}": (rows[name] * sign).cast("int64") for n, name in enumerate(cube.sums, 1)}
    return rows.select(cube=ibis.literal(cube.name), **keys, **sums, month=rows.month.cast("int64"))


def _summed(cube: Cube, rows: ir.Table) -> ir.Table:
    summed = rows.group_by("month", *cube.keys).aggregate(
        **{name: rows[name].sum().cast("int64") for name in cube.sums}
    )
    return summed.filter(reduce(lambda one, other: one | other, [summed[name] != 0 for name in cube.sums]))
