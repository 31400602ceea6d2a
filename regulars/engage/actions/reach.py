"""What has to be known of people before one of them is written to: read for many at once, in a few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Q

from regulars.brand.actions import the_brand
from regulars.brand.models import Store
from regulars.catalogue import CHANNELS
from regulars.core import registry
from regulars.desk import bulk
from regulars.desk.spans import visible
from regulars.engage.models import Limits, Message, Permission
from regulars.engage.rules.arms import held_out
from regulars.engage.rules.consent import Choice, Way, Word, choose
from regulars.gather.models import Consent, Identifier, Record
from regulars.identify.actions import numbers_of_many
from regulars.identify.models import Link
from regulars.know.actions.segments import flagged
from regulars.know.models import CustomerState

UNDER_WAY = (Message.State.WAITING, Message.State.SENDING, Message.State.HANDED, Message.State.SENT)


@dataclass(frozen=True)
class Person:
    """A customer as far as writing to them goes; numbers are the living one and its aliases."""

    number: int  # the living number
    addresses: tuple[tuple[str, str], ...] = ()  # (kind, hash)
    words: Mapping[tuple[str, str], Word] = field(
        default_factory=dict
    )  # by (hash, channel), for the purpose asked
    permitted: frozenset[str] = frozenset()
    written: int = 0  # marketing messages within the cap's days, over all plays
    complains: bool = False
    held_out: bool = False
    language: str = ""
    zone: str = ""
    registered: date | None = None  # the earliest day on which a record of theirs was made

    def choose(self, ways: Sequence[Way], now: datetime) -> Choice:
        """The channel to write on, or why there is none."""
        return choose(ways, self.addresses, self.words, self.permitted, now)


def ways(names: Sequence[str] = ()) -> list[Way]:
    """The channels of these names, or all in the catalogue's order."""
    known = {each.name: each for each in registry.load(CHANNELS)}
    return [
        Way(name, tuple(known[name].reaches), bool(getattr(known[name], "by_permission", False)))
        for name in (names or known)
        if name in known
    ]


def people(
    numbers: Sequence[int], *, purpose: str, head: int, now: datetime, limits: Limits
) -> dict[int, Person]:
    """Each of ``numbers`` (as they were written) with what is known of the living customer behind it.

    Without a ``purpose`` nothing is read of consent, taps and what was written: for who is not written to now.
    """
    found: dict[int, Person] = {}
    for chunk in bulk.chunks(dict.fromkeys(numbers)):
        found |= _people(chunk, purpose, head, now, limits)
    return found


def _people(numbers: list[int], purpose: str, head: int, now: datetime, limits: Limits) -> dict[int, Person]:
    called = numbers_of_many(numbers, head=head)
    everyone = sorted({all_of[0] for all_of in called.values()})
    addresses = _addresses(everyone, head)
    hashes = sorted({address for pairs in addresses.values() for _kind, address in pairs})
    words: dict[tuple[str, str], Word] = {}
    permitted: frozenset[str] = frozenset()
    written: dict[int, int] = {}
    if purpose:
        words = _words(hashes, purpose, now)
        taps = Permission.objects.filter(address_hash__in=hashes, used_by=None)
        permitted = frozenset(taps.values_list("address_hash", flat=True))
        written = _written(called.values(), now - timedelta(days=limits.most_days))
    complains = flagged("open_complaint", everyone, head=head, now=now)
    said = _said(everyone, addresses, head)
    homes = _homes(everyone, said, head)
    made = {}
    for number in everyone:
        mine = tuple(addresses.get(number, ()))
        own = {address for _kind, address in mine}
        made[number] = Person(
            number=number,
            addresses=mine,
            words={key: word for key, word in words.items() if key[0] in own},
            permitted=permitted & own,
            written=written.get(number, 0),
            complains=number in complains,
            held_out=held_out(limits.salt, number, limits.hold_out),
            language=homes[number][0],
            zone=homes[number][1],
            registered=said[number].registered if number in said else None,
        )
    return {number: made[called[number][0]] for number in numbers}


def _addresses(numbers: list[int], head: int) -> dict[int, list[tuple[str, str]]]:
    """Identifiers of customers, in the order they were linked."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = Link.objects.filter(visible(head), customer__in=numbers).order_by("pk")
    for customer, kind, address in rows.values_list("customer", "identifier_type", "identifier_hash"):
        found[customer or 0].append((kind, address))
    return found


def _words(hashes: list[str], purpose: str, now: datetime) -> dict[tuple[str, str], Word]:
    """The last word of each address on each channel at ``now``; of two at one instant a no counts."""
    words: dict[tuple[str, str], Word] = {}
    for chunk in bulk.chunks(hashes):
        rows = Consent.objects.filter(address_hash__in=chunk, purpose=purpose, at__lte=now)
        for row in rows.order_by("at", "state", "pk"):  # given sorts before withdrawn
            words[row.address_hash, row.channel] = Word(row.state, row.expires_at)
    return words


def _written(people: Iterable[Sequence[int]], since: datetime) -> dict[int, int]:
    """How many marketing messages are under way or were sent since then, by living number: aliases count, too."""
    home = {each: all_of[0] for all_of in people for each in all_of}
    counted: dict[int, int] = defaultdict(int)
    for chunk in bulk.chunks(home):
        recent = Q(sent_at__gte=since) | Q(sent_at=None, due_at__gte=since)
        rows = Message.objects.filter(recent, customer__in=chunk, purpose="marketing")
        for customer, state in rows.values_list("customer", "state"):
            if (
                customer is not None and state in UNDER_WAY
            ):  # not asked for: by state there are many more rows
                counted[home[customer]] += 1
    return counted


@dataclass(frozen=True)
class Said:
    """What records say of a person."""

    language: str
    zone: str
    registered: date | None


def _homes(numbers: list[int], said: Mapping[int, Said], head: int) -> dict[int, tuple[str, str]]:
    """Language and time zone of each: of their record if it says so, else of their usual store, else of the brand."""
    brand = the_brand()
    zones = dict(Store.objects.values_list("code", "time_zone"))
    rows = CustomerState.objects.filter(visible(head), customer__in=numbers)
    usual = dict(rows.values_list("customer", "usual_store"))
    found = {}
    for number in numbers:
        language, zone = (said[number].language, said[number].zone) if number in said else ("", "")
        store = usual.get(number)
        found[number] = (
            language or ("zh" if brand.region == "CN" else "en"),
            next(
                (each for each in (zone, zones.get(store or "", ""), brand.time_zone) if _is_zone(each)),
                "UTC",
            ),
        )
    return found


def _said(numbers: list[int], addresses: dict[int, list[tuple[str, str]]], head: int) -> dict[int, Said]:
    """What records say: language and zone of the last, the day of the first."""
    owner = {
        address: number
        for number in numbers
        for kind, address in addresses.get(number, ())
        if kind == "external"
    }
    names: dict[str, int] = {}  # "source:record_id", the plain value of an external identifier, to its owner
    for chunk in bulk.chunks(owner):
        plain = Identifier.objects.filter(identifier_hash__in=chunk)
        names |= {value: owner[address] for address, value in plain.values_list("identifier_hash", "value")}
    found: dict[int, Said] = {}
    for chunk in bulk.chunks(names):
        pairs = [(source, number) for source, _colon, number in (name.partition(":") for name in chunk)]
        rows = Record.objects.filter(visible(head), bulk.among(pairs, "source", "record_id"))
        rows = rows.order_by("registered_at", "pk")
        for source, numbered, language, said, registered in rows.values_list(
            "source", "record_id", "language", "said", "registered_at"
        ):
            number = names.get(f"{source}:{numbered}")
            if number is not None:
                made = registered.date() if registered else None
                first = found[number].registered if number in found else None
                days = [each for each in (made, first) if each]
                found[number] = Said(language[:2], str(said.get("time_zone", "")), min(days, default=None))
    return found


@lru_cache(maxsize=1000)
def _is_zone(name: str) -> bool:
    try:
        return bool(name and ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
