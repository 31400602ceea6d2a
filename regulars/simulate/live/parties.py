"""Who is expected: bookings and queue tickets of a day that say whose they are, as the queue system posts them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from regulars.simulate.draw import Flags, Ints, luck
from regulars.simulate.history import Life
from regulars.simulate.live.added import Added
from regulars.simulate.live.reach import card_of, phone_of
from regulars.simulate.seen import CARD, PHONE, WALLET

DAY = 86_400
OF_THE_DISH = 0.5  # of parties with it, that are posted before all others
EVENING = 18 * 3600 + 30 * 60
Row = dict[str, Any]


class Parties:
    """The tickets of the untreated world, found once, and those of visits on top."""

    def __init__(self, life: Life) -> None:
        self.life = life

    @cached_property
    def _tickets(self) -> dict[str, Row]:
        names = ("visit_no", "booked_at", "queued_at", "seated_at", "party", "occasion", "first_time_said")
        columns = [self.life.history.visits[name].to_pylist() for name in names]
        rows = (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))
        return {row["visit_no"]: row for row in rows if row["visit_no"][0] == "Q" and row["seated_at"]}

    @cached_property
    def chosen(self) -> Ints:
        """Orders whose party is posted before it is seated: so many a store and week, bookings first.

        Before them come some known guests who will have the disliked dish: loyal guests tell more, and staff can say
        who it was.
        """
        life, most = self.life, self.life.brand.responses.tickets_a_store_week
        sales, visits = life.sales, life.history.orders["visit_no"].to_pylist()
        known = life.history.truth.orders["identified"].to_numpy(zero_copy_only=False)
        able = np.asarray([each is not None for each in visits]) & known & ~sales.farmed & ~sales.cancelled
        rows = np.flatnonzero(able)
        booked = np.asarray(
            [self._tickets[visits[row]]["booked_at"] is not None for row in rows], dtype=np.bool_
        )
        group = (sales.day[rows] - life.days.opens) // 7 * 100 + sales.store[rows]
        drawn = luck(life.brand.seed, "posted", rows)
        order = np.lexsort(
            (drawn, ~booked, ~(sales.dish[rows] & self._can_be_told[rows] & (drawn < OF_THE_DISH)), group)
        )
        grouped = group[order]
        begins = np.searchsorted(grouped, grouped, side="left")
        picked: Ints = np.sort(rows[order][np.arange(len(order)) - begins < most])
        return picked

    @cached_property
    def tellers(self) -> Ints:
        """Those of the chosen whom staff can name as they come in."""
        named: Ints = self.chosen[self._can_be_told[self.chosen]]
        return named

    @cached_property
    def _can_be_told(self) -> Flags:
        """Of each order, whether who made it was known before and has a phone."""
        people, who = self.life.identities, self.life.sales.identity
        phone = (people.first[who] == PHONE) | (people.second[who] == PHONE)
        told: Flags = self.known_before & phone
        return told

    @cached_property
    def known_before(self) -> Flags:
        """Of each order, whether a till had learnt in an earlier week who this is."""
        sales = self.life.sales
        known = self.life.history.truth.orders["identified"].to_numpy(zero_copy_only=False)
        first = np.full(int(sales.identity.max(initial=0)) + 1, self.life.days.horizon)
        np.minimum.at(first, sales.identity[known], sales.day[known])
        weeks_ago: Flags = first[sales.identity] < sales.day - 7
        return weeks_ago

    def of(self, day: int, added: Sequence[Added]) -> list[Row]:
        """The parties of a day: visit_id, store_id, booked_at or queued_at (local), party, occasion, first_time_said,
        and a phone or a member_card."""
        first, last = np.searchsorted(self.life.sales.day[self.chosen], [day, day + 1])
        rows = [self._drawn(int(row)) for row in self.chosen[first:last]]
        rows += [self._on_top(each) for each in added if each.ticket and each.day == day]
        return sorted(rows, key=lambda row: (row["expected_at"], row["visit_id"]))

    def is_posted(self) -> set[str]:
        """The visit numbers of all that are posted."""
        taken = self.life.history.orders["visit_no"]
        return {taken[int(row)].as_py() for row in self.chosen}

    def _drawn(self, row: int) -> Row:
        life = self.life
        number = life.history.orders["visit_no"][row].as_py()
        ticket = self._tickets[number]
        said = {"yes": True, "no": False}.get(ticket["first_time_said"] or "")
        return {
            "visit_id": number,
            "store_id": life.premises.stores[int(life.sales.store[row])].code,
            "booked_at": ticket["booked_at"],
            "queued_at": ticket["queued_at"],
            "expected_at": ticket["queued_at"] or ticket["seated_at"],
            "party": ticket["party"],
            "table": life.history.orders["table_no"][row].as_py(),
            "occasion": ticket["occasion"] or None,
            "first_time_said": said,
            "identity": int(life.sales.identity[row]),
            **identifier(life, int(life.sales.identity[row])),
        }

    def _on_top(self, each: Added) -> Row:
        life = self.life
        midnight = np.datetime64(life.days.first, "D") + each.day
        at = (midnight.astype("datetime64[s]") + EVENING).item()
        return {
            "visit_id": each.visit_no,
            "store_id": life.premises.stores[each.store].code,
            "booked_at": (midnight.astype("datetime64[s]") + 9 * 3600).item(),
            "queued_at": None,
            "expected_at": at,
            "party": 2,
            "table": None,
            "occasion": None,
            "first_time_said": None,
            "identity": each.identity,
            **identifier(life, each.identity),
        }


def identifier(life: Life, identity: int) -> dict[str, str]:
    """What an identity gives when asked: a phone where it has one, a card where not; whose they are may be another."""
    kinds = (int(life.identities.first[identity]), int(life.identities.second[identity]))
    owner = int(life.identities.owner[identity])
    if CARD in kinds and PHONE not in kinds:
        return {"member_card": card_of(owner)}
    return {"phone": phone_of(life, identity if kinds[0] == WALLET and PHONE not in kinds else owner)}
