"""What gather does: bring files, take live visits, and keep the desk's recent orders in step with the lake.

What reads files loads an engine, so it is imported when it is first asked for: a live door never asks.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from regulars.gather.actions.consents import take_consents
from regulars.gather.actions.visits import NotTaken, Taken, take_visits

if TYPE_CHECKING:
    from regulars.gather.actions.handing import hand_over_visits
    from regulars.gather.actions.imports import bring, recover
    from regulars.gather.actions.land import end_orders

LATER = {"bring": "imports", "recover": "imports", "end_orders": "land", "hand_over_visits": "handing"}

__all__ = [
    "NotTaken",
    "Taken",
    "bring",
    "end_orders",
    "hand_over_visits",
    "recover",
    "take_consents",
    "take_visits",
]


def __getattr__(name: str) -> Any:
    if name not in LATER:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{LATER[name]}"), name)
