"""Who entered what: each play, and the cards that chance shows or leaves out, as entries of two arms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from regulars.brand.models import Brand
from regulars.desk import bulk
from regulars.engage.models import Play
from regulars.identify.models import Customer
from regulars.serve.models import Card
from regulars.serve.rules.cards import BACK_WITHIN

Ints = npt.NDArray[np.int64]

NEAR = "near_service"  # the cards of staff that chance shows or leaves out, told as a play
NEAR_GAIN, NEAR_SPLIT = 0.02, 0.5


@dataclass(frozen=True)
class Trial:
    """One comparison as it was planned, with its entries: customer as numbered then, treated or not, day number."""

    name: str
    window: int
    gain: float
    split: float
    customer: Ints
    treated: Ints
    entered: Ints
    play: Play | None = None


@dataclass(frozen=True)
class People:
    """A trial's people by their number now, each once; ``mixed`` had entries in both arms and are left out."""

    customer: Ints
    treated: Ints
    entered: Ints
    mixed: int


def plays() -> list[Trial]:
    """Every play that has begun and compares two arms; a customer's first entry stands first.

    One that treats everybody, or asks for no gain, has nothing to be told by.
    """
    trials = []
    two_arms = Play.objects.filter(treated_share__gt=0, treated_share__lt=1, gain__gt=0, gain__lt=1)
    for play in two_arms.exclude(started_at=None).order_by("name"):
        rows = bulk.columns(play.entries.order_by("entered_on", "pk"), "customer", "arm", "entered_on")
        treated = pc.equal(rows["arm"].cast(pa.string()), "treated")
        window, split = play.outcome_days, play.treated_share
        trial = _trial(play.name, window, play.gain, split, rows, treated, "entered_on")
        trials.append(replace(trial, play=play))
    return trials


def near_service(brand: Brand) -> Trial:
    """Cards of near service, shown or left out by chance; a guest counts by the first, whatever later ones were."""
    cards = Card.objects.filter(kind=Card.Kind.NEAR).order_by("made_at", "pk")
    rows = bulk.columns(cards, "customer", "shown", "made_at")
    rows = rows.append_column("on", business_date(rows["made_at"].cast(pa.timestamp("us", "UTC")), brand))
    _, first = np.unique(np.asarray(rows["customer"].cast(pa.int64())), return_index=True)
    rows = rows.take(pa.array(np.sort(first)))
    return _trial(NEAR, BACK_WITHIN.days, NEAR_GAIN, NEAR_SPLIT, rows, rows["shown"].cast(pa.bool_()), "on")


def _trial(
    name: str, window: int, gain: float, split: float, rows: pa.Table, treated: pa.ChunkedArray, on: str
) -> Trial:
    return Trial(
        name,
        window,
        gain,
        split,
        np.asarray(rows["customer"].cast(pa.int64())),
        np.asarray(treated.cast(pa.int64())),
        np.asarray(rows[on].cast(pa.date32()).cast(pa.int32()).cast(pa.int64())),
    )


def first_entries(customer: Ints, treated: Ints, entered: Ints, merged: dict[int, int]) -> People:
    """Each person once, by the arm of their first entry; entries come in the order they were made.

    ``merged`` leads a number to the one its customer has now. Who entered both arms, as two customers who turned out
    to be one, is counted as mixed and left out.
    """
    if merged:
        known, place = np.unique(customer, return_inverse=True)
        customer = np.array([merged.get(each, each) for each in known.tolist()], dtype=np.int64)[place]
    people, first, place = np.unique(customer, return_index=True, return_inverse=True)
    least, most = np.ones(len(people), dtype=np.int64), np.zeros(len(people), dtype=np.int64)
    np.minimum.at(least, place, treated)
    np.maximum.at(most, place, treated)
    clean = least == most
    keep = first[clean]
    return People(people[clean], treated[keep], entered[keep], int((~clean).sum()))


def aliases(head: int) -> dict[int, int]:
    """Every alias with the number that its customer has now."""
    rows = Customer.objects.filter(merged_into__isnull=False, until__lte=head).order_by("number")
    found: dict[int, int] = {}
    for number, into in rows.values_list("number", "merged_into"):
        if into is not None:
            found[number] = found.get(into, into)  # a merge leads to a lower number, which came before
    return found


def business_date(instants: pa.ChunkedArray, brand: Brand) -> pa.ChunkedArray:
    """The store's own day of each instant: it ends at the brand's ``day_ends``."""
    ends = timedelta(hours=brand.day_ends.hour, minutes=brand.day_ends.minute)
    local = pc.local_timestamp(instants.cast(pa.timestamp("us", ZoneInfo(brand.time_zone).key)))
    return pc.subtract(local, pa.scalar(ends)).cast(pa.date32(), safe=False)
