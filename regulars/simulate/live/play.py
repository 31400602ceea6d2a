"""A brand played week by week: its past in files, then each week by what the brand did in it; all state in a folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from regulars.core.refused import Refused
from regulars.simulate.brand import Brand
from regulars.simulate.draw import Ints
from regulars.simulate.history import Life, lived
from regulars.simulate.live import added as on_top
from regulars.simulate.live import say, week
from regulars.simulate.live.added import Added, between
from regulars.simulate.live.parties import Parties
from regulars.simulate.live.reach import holder
from regulars.simulate.live.react import Reactions, answers, confirms, opts_out, taps
from regulars.simulate.live.respond import DUE, Fates, Outcomes, kinds
from regulars.simulate.live.revive import revived

DAY_ENDS = timedelta(hours=4)
ASKED = ("ask", "promise", "tasting")
Row = dict[str, Any]


class Live:
    """The weeks of a brand that are played; the same brand and the same that is done give the same bytes.

    Every number of the untreated world was drawn before: `simulate(brand)` holds it. What the brand does adds to it.
    A later process goes on where the folder stands.
    """

    def __init__(self, brand: Brand, folder: Path, since: int = 78, zone: str = "Asia/Shanghai") -> None:
        """The brand with its weeks up to `since` past; refuses a brand that has no week left to play."""
        if not 0 < since < brand.weeks:
            raise Refused(
                "a brand of %(weeks)s weeks cannot be played from week %(since)s",
                weeks=brand.weeks,
                since=since,
            )
        self.brand, self.folder, self.zone = brand, folder, ZoneInfo(zone)
        folder.mkdir(parents=True, exist_ok=True)
        kept = json.loads(self._state.read_text()) if self._state.exists() else {}
        self.week: int = kept.get("week", since + 1)  # the next to be played
        self.added: list[Added] = on_top.read(kept.get("added", []))
        self.changes: list[Row] = kept.get("changes", [])
        self._heard: set[str] = set(kept.get("heard", []))
        self._reached: list[list[int]] = kept.get("reached", [])  # identity, day: what was written to them
        self._spoken: set[int] = set(kept.get("spoken", []))

    @property
    def _state(self) -> Path:
        return self.folder / "live.json"

    @cached_property
    def life(self) -> Life:
        """The untreated world."""
        return lived(self.brand)

    @cached_property
    def fates(self) -> Fates:
        """Everybody's potential outcomes."""
        return Fates(self.life)

    @cached_property
    def _parties(self) -> Parties:
        return Parties(self.life)

    @cached_property
    def _own_orders(self) -> tuple[Ints, Ints]:
        """Identity and day of every order as one key, sorted, and the rows of the orders in that order."""
        sales = self.life.sales
        key = sales.identity * (self.life.days.horizon + 1) + sales.day
        order = np.argsort(key, kind="stable")
        return key[order], order

    @property
    def begins(self) -> date:
        """The first business date of the next week to be played."""
        return self.brand.last_day - timedelta(days=7 * (self.brand.weeks - self.week + 1) - 1)

    def history(self, folder: Path) -> list[Path]:
        """Write the files of the past, up to the week before the first that is played."""
        return week.history_until(self.life, self.week - 1, folder)

    def parties(self, day: date) -> list[Row]:
        """The bookings and queue tickets of a day that say whose they are; times are the store's own."""
        return self._parties.of(self._index(day), self.added)

    def told_to_staff(self) -> list[Row]:
        """What staff hear from guests in the week that is played; asked twice, it says the same."""
        return say.told(self.life, self.week, self._mended, self._spoken, self._parties.tellers)

    def change(self, *, product_id: str, version: str, stores: Iterable[str], begins_on: date) -> None:
        """A new version of a product stands on the menu of these stores from a day on; said twice, it counts once."""
        row = {
            "product": product_id,
            "version": version,
            "stores": sorted(stores),
            "begins_on": begins_on.isoformat(),
        }
        if row not in self.changes:
            self.changes.append(row)
            self._mended = self._mending()

    def hear(
        self, messages: Iterable[Mapping[str, Any]] = (), cards: Iterable[Mapping[str, Any]] = ()
    ) -> Reactions:
        """What comes of messages that reached an address and of cards that staff see; each is heard once.

        A message has key, channel, address, kind (a name in `Responses`, ask, promise or tasting) and at; one with
        ``handed`` true still waits for an employee. A card has card, kind (near, care, recovery or promise),
        address and at. Instants have a zone.
        """
        found = Reactions()
        for message in messages:
            if message["key"] not in self._heard:
                self._heard.add(message["key"])
                self._read(message, found)
        for card in cards:
            name = f"card {card['card']}"
            if name not in self._heard:
                self._heard.add(name)
                self._see(card, found)
        return found

    def close(self) -> Path:
        """End the week: write its files into ``week-NNN`` and stand before the next; refuses after the last week."""
        if self.week > self.brand.weeks:
            raise Refused(
                "this brand was drawn for %(weeks)s weeks and all of them are played; begin another in a new home",
                weeks=self.brand.weeks,
            )
        begins, ends = week.week_of(self.life, self.week)
        self._spoken |= {row["identity"] for row in self.told_to_staff() if row["identity"] is not None}
        self.added += revived(self.fates, begins, ends, self._mended)
        came = [each for each in self.added if begins <= each.time < ends]
        folder = self.folder / f"week-{self.week:03d}"
        reviews = say.reviews(self.life, self.week, self._mended)
        week.write_week(
            self.life,
            self.week,
            came,
            self._mended,
            self._version,
            self._parties.is_posted(),
            reviews,
            folder,
        )
        self.week += 1
        self.save()
        return folder

    def save(self) -> None:
        """Keep what was heard, so that a later process goes on from here."""
        kept = {
            "week": self.week,
            "added": on_top.rows(self.added),
            "changes": self.changes,
            "heard": sorted(self._heard),
            "reached": self._reached,
            "spoken": sorted(self._spoken),
        }
        partial = self._state.with_suffix(".new")
        partial.write_text(json.dumps(kept))
        partial.replace(self._state)

    def truth(self, people: Iterable[tuple[str, datetime]], kind: str) -> Outcomes:
        """Both outcomes of those behind these addresses, from the instants on at which it is done to them.

        Addresses that are nobody's are left out: nothing done to them brings anybody.
        """
        found = [(holder(self.life, address), self._day(at)) for address, at in people]
        rows = [(identity, day) for identity, day in found if identity is not None]
        who = np.asarray([identity for identity, _ in rows], dtype=np.int64)
        days = np.asarray([day for _, day in rows], dtype=np.int64)
        return self.fates.outcomes(who, days, kind, self.added)

    def _read(self, message: Mapping[str, Any], found: Reactions) -> None:
        """One message: an employee may have to send it first; then it moves its reader, or wants an answer."""
        if message.get("handed"):
            confirmed = confirms(self.fates, message)
            if confirmed is None:
                return
            found.confirmed.append(confirmed)
            message = {**message, "at": confirmed["at"]}
        identity = holder(self.life, str(message["address"]))
        if identity is None:
            return
        day = self._day(message["at"])
        if message["kind"] in ASKED:
            said = answers(self.fates, message, identity, self._last_order(identity, day), self._mended)
            if said:
                kept = {"promise": found.promises, "tasting": found.votes}.get(message["kind"], found.answers)
                kept.append(said)
            return
        before = sum(1 for who, on in self._reached if who == identity and 0 <= day - on < DUE)
        self._reached.append([identity, day])
        tired = self.brand.responses.tired ** max(0, before + 1 - self.brand.responses.tired_after)
        self._bring(identity, day, str(message["kind"]), tired)
        if message["kind"] != "told" and (left := opts_out(self.fates, message)):
            found.left.append(left)

    def _see(self, card: Mapping[str, Any], found: Reactions) -> None:
        tapped = taps(self.fates, card)
        if tapped is None:
            return
        found.taps.append(tapped)
        identity = holder(self.life, str(card["address"]))
        kind = {"near": "near", "care": "wish"}.get(str(card["kind"]))
        if tapped["truly"] and kind and identity is not None:
            self._bring(identity, self._day(card["at"]), kind, 1.0)

    def _bring(self, identity: int, day: int, kind: str, times: float) -> None:
        """One more visit, where this moves them and they would not come within the window by themselves."""
        who, within = np.asarray([identity]), kinds(self.brand)[kind].days
        if not self.fates.moved(who, kind, times)[0]:
            return
        household, horizon = identity // 2, self.life.days.horizon
        already = between(self.fates.came, who // 2, np.asarray([day]), within, horizon)[0]
        if already or any(
            each.household == household and day < each.day <= day + within for each in self.added
        ):
            return
        time = day + float(self.fates.when(who, kind)[0])
        if time >= horizon:
            return
        first = int(np.searchsorted(self.fates.came, household * (horizon + 1)))
        number = (
            1 + int(np.searchsorted(self.fates.came, household * (horizon + 1) + day, side="right")) - first
        )
        number += sum(1 for each in self.added if each.household == household and each.time < time)
        known = bool(self.fates.known(who, kind)[0]) or kind == "told"
        home = int(self.life.households.home[household])
        self.added.append(Added(household, identity, number, time, home, kind, known, ticket=kind == "told"))

    def _last_order(self, identity: int, day: int) -> int | None:
        """The order that someone was last seen paying, up to a day."""
        ordered, rows = self._own_orders
        base = identity * (self.life.days.horizon + 1)
        at = int(np.searchsorted(ordered, base + day, side="right")) - 1
        return int(rows[at]) if at >= 0 and ordered[at] >= base else None

    @cached_property
    def _mended(self) -> Callable[[int, int], bool]:
        return self._mending()

    def _mending(self) -> Callable[[int, int], bool]:
        """Whether the disliked dish is served mended, by store and day."""
        premises = self.life.premises
        disliked = premises.products["product"][premises.disliked].as_py()
        codes = [store.code for store in premises.stores]
        begins: dict[int, int] = {}
        for row in self.changes:
            if row["product"] == disliked:
                day = self._index(date.fromisoformat(row["begins_on"]))
                for code in row["stores"] or codes:
                    begins[codes.index(code)] = min(day, begins.get(codes.index(code), day))
        return lambda store, day: store in begins and day >= begins[store]

    @property
    def _version(self) -> str:
        return str(self.changes[-1]["version"]) if self.changes else ""

    def _day(self, at: datetime) -> int:
        """The business date of an instant, as days since the warm-up began."""
        return self._index((at.astimezone(self.zone) - DAY_ENDS).date())

    def _index(self, day: date) -> int:
        return (day - self.life.days.first).days
