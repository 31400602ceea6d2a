"""Reviews and delivery notes from a platform's file: each once, those that cannot be read told with row and reason."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from regulars.brand.actions import the_brand
from regulars.brand.models import Store
from regulars.core.refused import Refused
from regulars.desk.bulk import chunks
from regulars.desk.spans import visible
from regulars.gather.models import Order, Sighting
from regulars.identify.actions import find_many
from regulars.lake import head as heads
from regulars.listen.actions.voices import LONGEST, hear, product_names
from regulars.listen.models import Voice

# What a column is called, by what it holds; anything else in a file is passed over.
COLUMNS: dict[str, tuple[str, ...]] = {
    "review_id": ("review_id", "id", "评价编号", "评论编号", "评价id"),
    "store_id": ("store_id", "store", "shop_id", "门店", "门店编号", "门店编码"),
    "order_id": ("order_id", "order", "订单号", "订单编号"),
    "score": ("score", "rating", "stars", "评分", "星级"),
    "text": ("text", "review", "content", "comment", "评价内容", "评论内容", "内容"),
    "at": ("at", "date", "time", "created_at", "评价时间", "时间", "日期"),
    "kind": ("kind", "type", "类型"),
    "product_id": ("product_id", "dish", "product", "菜品编码", "商品编码"),
}
KINDS = {"review": "review", "评价": "review", "评论": "review", "note": "note", "备注": "note"}
CHUNK = 200


@dataclass(frozen=True)
class Rejected:
    """A row that was set aside: where it stands in its file, and why."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Brought:
    """What a file of reviews came to."""

    read: int
    new: int
    known: int
    named: int  # of the new ones, those whose customer is known by their order
    rejected: tuple[Rejected, ...]


@dataclass(frozen=True)
class _Row:
    key: str
    source: str
    at: datetime
    text: str
    score: int | None
    store_id: str
    order_id: str
    product_id: str


def bring_reviews(
    *, rows: Iterable[tuple[int, Mapping[str, Any]]], platform: str, out_of: int = 5, now: datetime
) -> Brought:
    """Keep each readable row (number, value by header) as a voice under (platform, review_id), once.

    A score out of ``out_of`` is kept on the scale from 0 to 10. A review is public, a note (``kind``) is not. Its
    customer is the one its order leads to; without an order it is a voice that nobody can be named for. Headers are
    those of ``COLUMNS``. Refuses a file without the columns that every review has.
    """
    if not platform.strip():
        raise Refused("name the platform the reviews come from")
    if out_of < 1:
        raise Refused("scores are out of 1 or more, not out of %(most)s", most=out_of)
    stores = {each.code: each for each in Store.objects.all()}
    read = new = known = named = 0
    rejected: list[Rejected] = []
    names, zone = product_names(), the_brand().time_zone
    for chunk in chunks(rows, CHUNK):
        readable: list[_Row] = []
        for number, raw in chunk:
            read += 1
            row = _row(number, _told(raw), platform.strip(), out_of, stores, zone, now)
            if isinstance(row, Rejected):
                rejected.append(row)
            else:
                readable.append(row)
        fresh = _fresh(readable)
        known += len(readable) - len(fresh)
        with_whom = _customers(fresh)
        with transaction.atomic():
            for row in fresh:
                customer = with_whom.get(row.order_id)
                said = {name: getattr(row, name) for name in row.__dataclass_fields__}
                hear(**said, customer=customer, public=row.source == "review", names=names, now=now)
                new, named = new + 1, named + (customer is not None)
    return Brought(read, new, known, named, tuple(rejected))


def _told(raw: Mapping[str, Any]) -> dict[str, str]:
    """A row's values by what they are; refuses a file whose headers lack what every review has."""
    headers = {str(header).strip().casefold(): header for header in raw}
    told = {}
    for name, known in COLUMNS.items():
        header = next((headers[each] for each in known if each in headers), None)
        value = None if header is None else raw[header]
        told[name] = "" if value is None else str(value).strip()
        if header is None and name in ("review_id", "at"):
            raise Refused(
                "a file of reviews needs a column %(name)s; it may be called %(known)s",
                name=name,
                known=", ".join(known),
            )
    return told


def _row(
    number: int,
    told: dict[str, str],
    platform: str,
    out_of: int,
    stores: Mapping[str, Store],
    zone: str,
    now: datetime,
) -> _Row | Rejected:
    """A row as a voice will have it, or why it cannot be one."""

    def rejected(column: str, reason: str) -> Rejected:
        return Rejected(number, column, told[column][:200], reason)

    if not told["review_id"]:
        return rejected("review_id", "has no number of its own")
    if len(told["review_id"]) > 80:
        return rejected("review_id", "is longer than 80 letters")
    if told["store_id"] and told["store_id"] not in stores:
        return rejected("store_id", "is not a store of this brand")
    store = stores.get(told["store_id"])
    at = _instant(told["at"], (store and store.time_zone) or zone)
    if at is None:
        return rejected("at", "is not a date such as 2026-11-20 18:30")
    if at > now:
        return rejected("at", "lies in the future")
    score = _score(told["score"], out_of)
    if told["score"] and score is None:
        return rejected("score", f"is not a score from 0 to {out_of}")
    if score is None and not told["text"]:
        return rejected("text", "says nothing, and there is no score")
    if len(told["text"]) > LONGEST:
        return rejected("text", f"is longer than {LONGEST} letters")
    source = KINDS.get(told["kind"].casefold() or "review", "")
    if not source:
        return rejected("kind", "is neither review nor note")
    key = f"{platform} {told['review_id']}"
    return _Row(
        key,
        source,
        at,
        told["text"],
        score,
        *(told[name][:80] for name in ("store_id", "order_id", "product_id")),
    )


def _instant(text: str, zone: str) -> datetime | None:
    """An instant in UTC; one without a zone is the store's, a date without an hour is its noon."""
    try:
        at = datetime.fromisoformat(text.replace("/", "-"))
        if len(text) <= 10:
            at = at.replace(hour=12)
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _score(text: str, out_of: int) -> int | None:
    try:
        given = float(text)
    except ValueError:
        return None
    return math.floor(10 * given / out_of + 0.5) if 0 <= given <= out_of else None


def _fresh(rows: list[_Row]) -> list[_Row]:
    """Those that are not there already, the first of each key."""
    by_key: dict[str, _Row] = {}
    for row in rows:
        by_key.setdefault(row.key, row)
    there = set(Voice.objects.filter(key__in=by_key).values_list("key", flat=True))
    return [row for key, row in by_key.items() if key not in there]


def _customers(rows: list[_Row]) -> dict[str, int]:
    """The customer of each order that reviews name; an order number of two sources is nobody's."""
    wanted = {row.order_id for row in rows if row.order_id}
    if not wanted:
        return {}
    head = heads.read(settings.HOME / "lake").number
    orders = Order.objects.filter(visible(head), order_id__in=wanted)
    batches: dict[str, set[tuple[str, int]]] = {}
    for order_id, source, batch in orders.values_list("order_id", "source", "batch"):
        batches.setdefault(order_id, set()).add((source, batch))
    of_one = {
        order_id: found for order_id, found in batches.items() if len({source for source, _ in found}) == 1
    }
    seen: dict[str, list[tuple[str, str]]] = {order_id: [] for order_id in of_one}
    sightings = Sighting.objects.filter(
        visible(head), batch__in={batch for found in of_one.values() for _, batch in found}, order_id__in=seen
    )
    for order_id, digest in sightings.values_list("order_id", "identifier_hash"):
        seen[order_id].append(("", digest))
    found = find_many(list(seen.values()), head=head)
    return {
        order_id: customer for order_id, customer in zip(seen, found, strict=True) if customer is not None
    }
