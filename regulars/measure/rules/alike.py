"""Which stores can fairly be set beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Features:
    """What makes stores comparable: orders a day, revenue an order (minor units), share of orders by channel."""

    orders_a_day: float
    ticket: float
    channels: Mapping[str, float]


def alike(features: Mapping[str, Features], how_many: int = 3) -> dict[str, list[tuple[str, float]]]:
    """For each store the ``how_many`` nearest others with their distance, nearest first, ties by code.

    Distance is Euclidean over three parts of equal weight, each divided by its standard deviation over the stores: the
    logarithms of orders a day and of ticket (both must be above zero), and the channel mix taken as one.
    """
    stores = sorted(features)
    if len(stores) < 2:
        return {store: [] for store in stores}
    channels = sorted({channel for each in features.values() for channel in each.channels})
    size = np.log([[features[store].orders_a_day, features[store].ticket] for store in stores])
    mix = np.array([[features[store].channels.get(channel, 0.0) for channel in channels] for store in stores])
    spread = size.std(axis=0)
    size = (size - size.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    whole = float(np.sqrt(((mix - mix.mean(axis=0)) ** 2).sum(axis=1).mean()))
    places = np.hstack([size, mix / (whole or 1.0)])
    result = {}
    for at, store in enumerate(stores):
        distance = np.sqrt(((places - places[at]) ** 2).sum(axis=1))
        distance[at] = np.inf
        nearest = np.argsort(distance, kind="stable")[: min(how_many, len(stores) - 1)]
        result[store] = [(stores[other], float(distance[other])) for other in nearest]
    return result
