"""Every table that a turn may compute, found by walking the stages: what is added later is found as well."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from regulars import catalogue
from regulars.core.registry import load
from regulars.measure.cube import cells_of
from regulars.measure.rates import RATES, WAIT, Rate
from regulars.measure.slices import sums_by

WALKED = ("know.tables", "measure.tables", "identify.tables", "improve.tables", "serve.tables", "turn.tables")
ALSO = ("gather.tables.versions", "gather.tables.sittings")
# What reads a file that somebody handed over stays on DuckDB, whatever computes a turn.
IMPORTS = ("at_hand", "joins", "orders", "others", "rejects", "rows", "sales", "totals", "values")
# Not a table of its own but a way to make one, run with every metric, or an import's.
WAYS = (
    *("measure.tables.cube", "measure.tables.margin", "measure.tables.stack", "measure.tables.summed"),
    "gather.tables.versions.judged",
)


def tables() -> dict[str, Callable[..., Any]]:
    """Public functions that return a table, by ``stage.tables.module.name``."""
    found: dict[str, Callable[..., Any]] = {}
    for package in (*WALKED, *ALSO):
        for module in _modules(f"regulars.{package}"):
            for name, function in inspect.getmembers(module, inspect.isfunction):
                told = f"{module.__name__.removeprefix('regulars.')}.{name}"
                made_here = function.__module__ == module.__name__ and not name.startswith("_")
                if made_here and "ir.Table" in _returned(function) and told not in WAYS:
                    found[told] = function
    return found


def _returned(function: Callable[..., Any]) -> str:
    told = function.__annotations__.get("return", "")
    return told if isinstance(told, str) else "ir.Table" if getattr(told, "__name__", "") == "Table" else ""


def _modules(name: str) -> Iterator[ModuleType]:
    module = importlib.import_module(name)
    yield module
    for each in pkgutil.iter_modules(getattr(module, "__path__", [])):
        yield importlib.import_module(f"{name}.{each.name}")


def metrics() -> dict[str, Callable[..., Any]]:
    """What each metric of the catalogue counts or reads of ``inputs``, each cube that they keep, and all its cells."""
    found: dict[str, Callable[..., Any]] = {}
    catalogued = load(catalogue.METRICS)
    cubes = {cube.name: cube for metric in catalogued for cube in metric.cubes}
    found["cells of every cube"] = lambda inputs: cells_of(list(cubes.values()), inputs)
    for metric in catalogued:
        for half in ("counts", "reading"):
            if counted := getattr(metric, half, None):
                found[f"metric {metric.name}: {half}"] = counted
    return found | {f"cube {name}": cube.count for name, cube in cubes.items()}


def grades() -> dict[str, Callable[..., Any]]:
    """What each grade of the catalogue gives ``states``."""
    return {f"grade {grade.name}": grade.grades for grade in load(catalogue.GRADES)}


def rates() -> dict[str, Callable[..., Any]]:
    """Each measure that any slice can be asked of, by slices that are read in every way there is."""

    def asked(rate: Rate, by: tuple[str, ...]) -> Callable[..., Any]:
        return lambda inputs: sums_by(rate, by, inputs)

    by = {WAIT: ("first_store", "cohort")}
    return {
        f"rate {rate.name}": asked(rate, by.get(rate.kind, ("store", "week", "stage")))
        for rate in RATES.values()
    }


def everything() -> dict[str, Callable[..., Any]]:
    """All of it, by name."""
    return {**tables(), **metrics(), **grades(), **rates()}
