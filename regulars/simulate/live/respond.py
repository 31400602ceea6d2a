"""What things done to people bring: each person's fate under each of them is settled before anything is done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from regulars.core.refused import Refused
from regulars.simulate.brand import Brand, Response
from regulars.simulate.draw import Flags, Floats, Ints, luck
from regulars.simulate.history import Life
from regulars.simulate.live.added import Added, between, keys
from regulars.simulate.sales import DELIVERY, MINI_PROGRAM

DUE = 30  # days after a first visit at which a message asks for the second
EARLY = 1.7  # the larger, the sooner within the window they come


@dataclass(frozen=True)
class Outcomes:
    """Of each person, whether they are back within the window: left alone (`y0`) and treated (`y1`).

    The first two of the process, the other two as the tills identify it.
    """

    y0: Flags
    y1: Flags
    seen0: Flags
    seen1: Flags

    @property
    def effect(self) -> float:
        """The planted effect on these people, in shares."""
        return float(self.y1.mean() - self.y0.mean())

    @property
    def effect_seen(self) -> float:
        """The same as the tills identify it: what a right measurement finds."""
        return float(self.seen1.mean() - self.seen0.mean())


def kinds(brand: Brand) -> dict[str, Response]:
    """What can be done to a person, by name."""
    own = brand.responses
    return {
        part.name: getattr(own, part.name)
        for part in fields(own)
        if isinstance(getattr(own, part.name), Response)
    }


@dataclass(frozen=True)
class Fates:
    """Both potential outcomes of everybody, for every kind of response."""

    life: Life

    @cached_property
    def horizon(self) -> int:
        """Days that were drawn, the future included."""
        return self.life.days.horizon

    @cached_property
    def came(self) -> Ints:
        """Keys of household and day of every visit of the untreated world."""
        visits = self.life.visits
        return keys(visits.household, visits.time.astype(np.int64), self.horizon)

    @cached_property
    def seen(self) -> Ints:
        """Keys of identity and day of every order of the untreated world that says who ordered."""
        sales, orders = self.life.sales, self.life.history.truth.orders
        known = orders["identified"].to_numpy(zero_copy_only=False)
        known &= orders["is_visit"].to_numpy(zero_copy_only=False) & ~sales.farmed
        return keys(sales.identity[known], sales.day[known], self.horizon)

    @cached_property
    def at_till(self) -> float:
        """How often an order at a till is identified after the rise, on average over willing and unwilling."""
        brand, sales = self.life.brand, self.life.sales
        mini, delivery = (sales.channel == MINI_PROGRAM).mean(), (sales.channel == DELIVERY).mean()
        knows = brand.identity
        if knows.share_after >= 1:
            return 1.0
        rest = (knows.share_after - 0.95 * mini - knows.delivery_share * delivery) / (1 - mini - delivery)
        return float(max(rest, 0.0))

    def base(self, within: int) -> float:
        """The share back within so many days of those who came once, `DUE` days ago, and were not back since."""
        return self._base[within]

    @cached_property
    def _base(self) -> dict[int, float]:
        visits, days = self.life.visits, self.life.days
        shares = {}
        for within in sorted({each.days for each in kinds(self.life.brand).values()}):
            ones = (visits.number == 1) & (visits.time >= days.opened[visits.store])
            ones &= visits.time < days.horizon - DUE - within
            who, day = visits.household[ones], visits.time[ones].astype(np.int64)
            away = between(self.came, who, day, DUE, self.horizon) == 0
            back = between(self.came, who[away], day[away] + DUE, within, self.horizon) > 0
            shares[within] = float(back.mean()) if len(back) else 0.0
        return shares

    def moved(self, identities: Ints, kind: str, times: float = 1.0) -> Flags:
        """Whom this moves, if they would not be back anyway; `times` less for those who are tired of it."""
        response = kinds(self.life.brand).get(kind)
        if response is None:
            raise Refused("nothing called %(kind)s is done to guests of a made-up brand", kind=kind)
        if not 0 <= response.gain < 1 - self.base(response.days):
            raise Refused(
                "a gain of %(gain)s on %(base)s cannot be planted",
                gain=response.gain,
                base=self.base(response.days),
            )
        chance = times * response.gain / (1 - self.base(response.days))
        moves: Flags = luck(self.life.brand.seed, f"moved by {kind}", identities) < chance
        return moves

    def known(self, identities: Ints, part: str) -> Flags:
        """Whether the till would learn who they are."""
        share = np.minimum(self.at_till * self.life.identities.willing[identities], 0.98)
        share = np.where(self.at_till >= 1, 1.0, share)
        shows: Flags = luck(self.life.brand.seed, f"known when {part}", identities) < share
        return shows

    def when(self, identities: Ints, kind: str) -> Floats:
        """After how many days they come, the sooner the likelier; never on the same day, nor on the window's last."""
        within = kinds(self.life.brand)[kind].days
        after: Floats = 1 + (within - 2) * luck(self.life.brand.seed, f"when {kind}", identities) ** EARLY
        return after

    def outcomes(self, identities: Ints, days: Ints, kind: str, added: Iterable[Added] = ()) -> Outcomes:
        """Both outcomes of people on the days (since the warm-up began) on which it is done to them.

        `added` are the visits that other things brought; what this kind brought to these people is left out.
        """
        within = kinds(self.life.brand)[kind].days
        others = [each for each in added if each.cause != kind]
        who = np.asarray([each.household for each in others], dtype=np.int64)
        on = np.asarray([each.day for each in others], dtype=np.int64)
        shown = np.asarray([each.known for each in others], dtype=np.bool_)
        by = np.asarray([each.identity for each in others], dtype=np.int64)
        more, more_seen = keys(who, on, self.horizon), keys(by[shown], on[shown], self.horizon)
        y0 = (between(self.came, identities // 2, days, within, self.horizon) > 0) | (
            between(more, identities // 2, days, within, self.horizon) > 0
        )
        seen0 = (between(self.seen, identities, days, within, self.horizon) > 0) | (
            between(more_seen, identities, days, within, self.horizon) > 0
        )
        comes = self.moved(identities, kind) & ~y0
        return Outcomes(y0, y0 | comes, seen0, seen0 | (comes & self.known(identities, kind)))
