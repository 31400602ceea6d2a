"""Keeps the cells of every cube: counted once where a month is open, corrected where a closed one changed."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from regulars import catalogue
from regulars.core.registry import load
from regulars.measure.cube import Cube, cells_of
from regulars.measure.metric import Inputs, Metric


def metrics() -> list[Metric]:
    """The metrics of the catalogue, in its order."""
    return load(catalogue.METRICS)


def cubes() -> list[Cube]:
    """Every cube that a metric of the catalogue reads, by name, each once."""
    found = {cube.name: cube for metric in metrics() for cube in metric.cubes}
    return [found[name] for name in sorted(found)]


def counted_as() -> str:
    """What the kept cells were counted by: where a turn finds another text than the last one's, all is counted anew."""
    return " ".join(f"{cube.name}.{cube.version}" for cube in cubes())


def count(inputs: Inputs) -> ir.Table:
    """Rows of the fact ``cells``: every cube of whatever sales and days the inputs hold.

    Of the open month each turn; of a whole history in ranges of months, one after another, each with the visits
    ``before`` it.
    """
    return cells_of(cubes(), inputs)


def correction(was: Inputs, now: Inputs) -> ir.Table:
    """Rows to add to the closed months of ``cells``: what ``now`` counts less what ``was`` counted; no row where equal.

    Both hold of the closed months (those of the kept cells) all sales and days of every customer of whom anything
    changed, with their states, and the sales without a customer that changed: as the last turn knew them, and as this
    one does. A customer who was two, or becomes two, is in both with all numbers.
    """
    both = ibis.union(cells_of(cubes(), now), cells_of(cubes(), was, sign=-1))
    keys = [name for name in both.columns if not name.startswith("sum_")]
    sums = [name for name in both.columns if name.startswith("sum_")]
    changed = both.group_by(*keys).aggregate(**{name: both[name].sum().cast("int64") for name in sums})
    moved = changed.filter(ibis.or_(*[changed[name].fill_null(0) != 0 for name in sums]))
    return moved.select(*both.columns)
