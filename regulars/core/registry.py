"""Loads what the catalogue lists by name, so that a plug-in is one file and one line."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from regulars.core.refused import Refused


def load(names: Iterable[str]) -> list[Any]:
    """The objects behind dotted names such as ``regulars.measure.metrics.bubble:METRIC``, in the order given.

    Refuses a name whose module or attribute is not there.
    """
    found = []
    for name in names:
        module, _, attribute = name.partition(":")
        try:
            found.append(getattr(import_module(module), attribute))
        except (ImportError, AttributeError) as error:
            raise Refused(
                "the catalogue names %(name)s, which cannot be loaded: %(why)s", name=name, why=error
            ) from error
    return found
