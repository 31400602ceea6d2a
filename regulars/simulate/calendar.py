"""The days a brand lives through: weekdays, rain, National Day, and the lunar new year that moves between years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from regulars.core.refused import Refused
from regulars.simulate.brand import Brand
from regulars.simulate.draw import Flags, Floats, Ints, chances, stream
from regulars.simulate.premises import Premises

# First day of the lunar year (Hong Kong Observatory, Gregorian-Lunar Calendar Conversion Table).
SPRING_FESTIVAL = tuple(
    map(
        date.fromisoformat,
        (
            *("2019-02-05", "2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10"),
            *("2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03"),
        ),
    )
)
FESTIVAL_DAYS = range(-1, 7)  # the eve and the seven days that follow it
RAINY_SHARE = (0.2, 0.25, 0.33, 0.37, 0.4, 0.5, 0.45, 0.42, 0.35, 0.25, 0.22, 0.18)  # January to December


@dataclass(frozen=True)
class Days:
    """Days numbered from the first of the warm-up; the history is `opens` ≤ day < `closes`, the future follows.

    `footfall` is stores × days, about 1 on average: how much busier than usual a day is for that store.
    """

    first: date
    opens: int
    closes: int
    horizon: int
    rain: Flags
    footfall: Floats
    opened: Ints

    @property
    def dates(self) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
        """Every day as a date, warm-up and future included."""
        return np.datetime64(self.first, "D") + np.arange(self.horizon)


def days_of(brand: Brand, premises: Premises) -> Days:
    """The calendar of the brand: warm-up, history ending with `last_day`, and `future_days` after it.

    Refuses years for which the lunar new year is not known here.
    """
    opens, closes = 7 * brand.warm_up_weeks, 7 * (brand.warm_up_weeks + brand.weeks)
    horizon = closes + brand.future_days
    first = brand.last_day - timedelta(days=closes - 1)
    last = first + timedelta(days=horizon - 1)
    if first.year < SPRING_FESTIVAL[0].year or last.year > SPRING_FESTIVAL[-1].year:
        raise Refused(
            "a made-up brand lives from %(from)s to %(to)s, not %(first)s to %(last)s: choose another last day",
            **{"from": SPRING_FESTIVAL[0].year, "to": SPRING_FESTIVAL[-1].year, "first": first, "last": last},
        )
    dates = np.datetime64(first, "D") + np.arange(horizon)
    months = dates.astype("datetime64[M]").astype(np.int64) % 12
    rain = chances(stream(brand.seed, "rain"), horizon, np.asarray(RAINY_SHARE)[months])
    footfall = _footfall(brand, premises, dates, rain)
    opened = np.asarray([0 if s.opened_week is None else opens + 7 * s.opened_week for s in premises.stores])
    return Days(first, opens, closes, horizon, rain, footfall, opened.astype(np.int64))


def _footfall(
    brand: Brand, premises: Premises, dates: np.ndarray[tuple[int], np.dtype[np.datetime64]], rain: Flags
) -> Floats:
    """Stores × days: the product of what weekday, rain, holidays and a rival do, scaled to a mean of 1."""
    habits = brand.calendar
    weekday = (dates.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday; Monday is 0
    delivered = brand.delivery_share
    wet = 1 + (1 - delivered) * habits.rain_dine_in + delivered * habits.rain_delivery
    every_store = np.where(weekday >= 4, habits.weekend, 1.0) * np.where(rain, wet, 1.0)
    october = dates.astype("datetime64[M]").astype(np.int64) % 12 == 9
    day_of_month = (dates - dates.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64)
    every_store = every_store * np.where(october & (day_of_month < 7), 1 + habits.national_day, 1.0)
    festival = np.zeros(len(dates), dtype=np.bool_)
    for new_year in SPRING_FESTIVAL:
        since = (dates - np.datetime64(new_year, "D")).astype(np.int64)
        festival |= (since >= FESTIVAL_DAYS.start) & (since < FESTIVAL_DAYS.stop)
    swings = np.asarray([store.spring_festival for store in premises.stores])
    footfall: Floats = every_store[None, :] * np.where(festival[None, :], 1 + swings[:, None], 1.0)
    footfall /= footfall.mean(axis=1, keepdims=True)
    rival = brand.decoys.rival_week
    if rival is not None and brand.decoys.rival_store < len(premises.stores):
        footfall[brand.decoys.rival_store, 7 * (brand.warm_up_weeks + rival) :] *= (
            1 - brand.decoys.rival_takes
        )
    return footfall
