"""Bookings, queue tickets and scans as they come in: kept by their key in under a second, without an engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from regulars import settings
from regulars.brand.actions import the_brand
from regulars.brand.models import Store
from regulars.desk.bulk import chunks
from regulars.desk.fill import fill
from regulars.gather.models import Consent, Identifier, Visit, VisitSighting
from regulars.gather.rules import visits as rules
from regulars.gather.rules.identifiers import ABSENT, SEARCHABLE, normalise_all


@dataclass(frozen=True)
class NotTaken:
    """Why an item, or a member of it, was not taken: its place, a JSON pointer and a sentence."""

    place: int
    pointer: str
    detail: str


@dataclass
class Taken:
    """Visits as they stand now, those that changed, items that were refused, members that say nothing of anybody."""

    visits: list[Visit] = field(default_factory=list)
    changed: list[Visit] = field(default_factory=list)
    wrong: list[NotTaken] = field(default_factory=list)
    noticed: list[NotTaken] = field(default_factory=list)


def take_visits(*, source: str, items: Sequence[Any], now: datetime) -> Taken:
    """Keep what a live source tells of visits by (source, visit_id): a later call adds, and blanks nothing.

    Identifiers are normalised and hashed as in files; consents are kept by address, channel and purpose, each purpose
    apart. An item that cannot be read is refused alone. Durable when this returns.
    """
    taken = Taken()
    brand = the_brand()
    zones = {code: zone or brand.time_zone for code, zone in Store.objects.values_list("code", "time_zone")}
    said: list[dict[str, Any]] = []
    agreed: list[dict[str, str]] = []
    plain: list[Identifier] = []
    for place, item in enumerate(items):
        try:
            visit = rules.read(item, zones, now)
            names, agreements = rules.identifiers(item), rules.consents(item)
        except rules.NotRead as error:
            taken.wrong.append(NotTaken(place, error.pointer, error.detail))
            continue
        hashes = _known(names, brand.region, source, place, taken, plain)
        visit |= {"identifiers": [[name, digest] for name, digest in hashes], "source": source}
        visit["changed_at"] = now
        said.append(visit)
        agreed += [
            each | {"address_hash": digest}
            for each in agreements
            for name, digest in hashes
            if name == each["identifier"]
        ]
    Identifier.objects.bulk_create(plain, ignore_conflicts=True, batch_size=500)
    answers = keep(said=said, now=now)
    taken.visits = list({visit.pk: visit for visit, _changed in answers}.values())
    taken.changed = list({visit.pk: visit for visit, changed in answers if changed}.values())
    _consent(agreed, source, now)
    return taken


def _known(
    names: Sequence[tuple[str, str]],
    region: str,
    source: str,
    place: int,
    taken: Taken,
    plain: list[Identifier],
) -> list[tuple[str, str]]:
    """Hashes of the identifiers that identify; into ``plain`` goes the value of those that people search by."""
    hashes, values, reasons = normalise_all(names, region, settings.IDENTIFIER_KEY, source)
    found = []
    for (name, _raw), digest, value, reason in zip(names, hashes, values, reasons, strict=True):
        if digest is None:
            if reason not in ABSENT:
                taken.noticed.append(NotTaken(place, f"/identifiers/{name}", f"identifies nobody: {reason}"))
            continue
        found.append((name, digest))
        if name in SEARCHABLE and value:
            plain.append(Identifier(identifier_hash=digest, identifier_type=name, value=value))
    return found


def keep(*, said: Sequence[Mapping[str, Any]], now: datetime) -> list[tuple[Visit, bool]]:
    """Write visits by their key, and put those that changed where lists and look-ups find them: by when they came or
    are due, by identifier. Each as it stands, and whether it changed, in the order said."""
    answers = fill(
        Visit,
        said,
        key=("source", "visit_id"),
        unions=("identifiers",),
        stamp="changed_at",
        new=lambda visit: {"expected_at": rules.expected(visit) or now},
    )
    changed = {visit.pk: visit for visit, differs in answers if differs}
    moved = []
    for visit in changed.values():
        due = rules.expected(vars(visit))
        if due and due != visit.expected_at:
            visit.expected_at = due
            moved.append(visit)
    Visit.objects.bulk_update(moved, ["expected_at"], batch_size=500)
    sightings = [
        VisitSighting(identifier_hash=digest, source=visit.source, visit_id=visit.visit_id)
        for visit in changed.values()
        for _name, digest in visit.identifiers
    ]
    VisitSighting.objects.bulk_create(sightings, ignore_conflicts=True, batch_size=500)
    return answers


def _consent(agreed: list[dict[str, str]], source: str, now: datetime) -> None:
    """Write agreements that say something new; the same said again, as a retried call does, is said once."""
    for chunk in chunks(agreed):
        hashes = {each["address_hash"] for each in chunk}
        rows = Consent.objects.filter(address_hash__in=hashes).order_by("at", "pk")
        latest = {(row.address_hash, row.channel, row.purpose): row.state for row in rows}
        new = []
        for each in chunk:
            key = (each["address_hash"], each["channel"], each["purpose"])
            if latest.get(key) != each["state"]:
                latest[key] = each["state"]
                row = {name: each[name] for name in ("address_hash", "channel", "purpose", "state")}
                new.append(Consent(**row, source=source, evidence="said at a visit", at=now))
        Consent.objects.bulk_create(new, ignore_conflicts=True)
