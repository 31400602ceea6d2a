"""What every reading of a brand's files depends on: its currency, its clock and its phones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time


@dataclass(frozen=True)
class BrandFacts:
    """One brand: ISO 4217 currency, IANA time zone, ISO 3166 region, the hour its day ends.

    ``store_zones`` gives the time zone of each store whose zone is not the brand's, by store code.
    """

    currency: str = "CNY"
    time_zone: str = "Asia/Shanghai"
    region: str = "CN"
    day_ends: time = time(4)
    store_zones: Mapping[str, str] = field(default_factory=dict)
