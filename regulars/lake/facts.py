"""Each fact's schema and key, once: what a row is, its columns and their types as Arrow has them.

Money is int64 in minor units, a unit cost decimal(18,4); instants are UTC microseconds; ``business_date`` is the
store's own day, which ends at the brand's ``day_ends``. ``batch`` is the number of the landing that brought a row.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

INSTANT = pa.timestamp("us", tz="UTC")
MONEY = pa.int64()
TEXT = pa.string()


@dataclass(frozen=True)
class Fact:
    """One table of the lake: its key and its columns; ``kept`` tells facts that came from those a turn computes.

    ``by_month``: a folder a ``month`` (year × 12 + month − 1), so that a turn writes the open month anew and leaves the
    closed ones; what changes in a closed month is laid over it as ``patches``, of which a key's latest counts.
    """

    name: str
    key: tuple[str, ...]
    schema: pa.Schema
    kept: bool = True
    by_month: bool = False

    @property
    def patches(self) -> Fact:
        """What is laid over this one: its columns, ``gone`` (the key has no row any more) and ``laid``, the landing."""
        schema = self.schema.append(pa.field("gone", pa.bool_())).append(pa.field("laid", pa.int64()))
        return Fact(f"{self.name}_patches", self.key, schema, kept=False)


def fact(name: str, key: str, /, kept: bool = True, by_month: bool = False, **columns: pa.DataType) -> Fact:
    return Fact(name, tuple(key.split()), pa.schema(list(columns.items())), kept, by_month)


ORDERS = fact(
    "orders",
    "source order_id version",
    source=TEXT,
    order_id=TEXT,
    version=pa.int64(),
    store_id=TEXT,
    till_id=TEXT,
    staff_id=TEXT,
    shift=TEXT,
    table=TEXT,
    guests=pa.int32(),
    sales_channel=TEXT,
    traffic=TEXT,
    offer=TEXT,
    ordered_at=INSTANT,
    business_date=pa.date32(),
    gross=MONEY,
    discount=MONEY,
    platform_subsidy=MONEY,
    commission=MONEY,
    comp=MONEY,
    comp_reason=TEXT,
    net=MONEY,
    status=TEXT,  # paid, refunded, cancelled
    refunded=MONEY,
    member_asked=pa.bool_(),
    visit_id=TEXT,
    batch=pa.int64(),
)

ORDER_LINES = fact(
    "order_lines",
    "source order_id version line",
    source=TEXT,
    order_id=TEXT,
    version=pa.int64(),
    line=pa.int32(),
    product_id=TEXT,
    product_version=TEXT,
    quantity=pa.float64(),
    list_price=MONEY,  # of the whole line, before any discount
    paid_price=MONEY,  # of the whole line, after every discount
    unit_cost=pa.decimal128(18, 4),
    coupon_code=TEXT,
    returned=pa.bool_(),
    chased=pa.bool_(),
    batch=pa.int64(),
)

VISITS = fact(
    "visits",
    "source visit_id",
    source=TEXT,
    visit_id=TEXT,
    store_id=TEXT,
    booked_at=INSTANT,
    queued_at=INSTANT,
    seated_at=INSTANT,
    left_at=INSTANT,
    party=pa.int32(),
    table=TEXT,
    staff_id=TEXT,
    occasion=TEXT,
    first_time_said=pa.bool_(),
    batch=pa.int64(),
)

SIGHTINGS = fact(
    "sightings",
    "kind source ref_id identifier_type identifier_hash",
    identifier_type=TEXT,  # phone, email, wechat_unionid, wechat_openid, member_card, payment_token, device, external
    identifier_hash=TEXT,  # 32 hexadecimal digits: the first half of HMAC-SHA256 under the installation's key
    seen_at=INSTANT,
    kind=TEXT,  # order, record, visit, event
    source=TEXT,
    ref_id=TEXT,  # the order_id, record_id, visit_id or messageId it was seen on
    batch=pa.int64(),
)

SPEND = fact(
    "spend",
    "source date medium campaign store_id",
    source=TEXT,
    date=pa.date32(),
    medium=TEXT,
    campaign=TEXT,
    store_id=TEXT,
    cost=MONEY,
    impressions=pa.int64(),
    clicks=pa.int64(),
    batch=pa.int64(),
)

TOUCHES = fact(
    "touches",
    "key",
    key=TEXT,
    customer_id=pa.int64(),
    play=TEXT,
    arm=TEXT,
    channel=TEXT,
    state=TEXT,  # sent, done, spared, held_back, failed
    reason=TEXT,
    at=INSTANT,
    batch=pa.int64(),
)

ENTRIES = fact(
    "entries",
    "key",
    key=TEXT,
    customer_id=pa.int64(),
    kind=TEXT,
    amount=pa.int64(),  # points
    benefit=TEXT,
    expires_at=INSTANT,
    at=INSTANT,
    batch=pa.int64(),
)

VOICES = fact(
    "voices",
    "voice_id",
    voice_id=pa.int64(),
    customer_id=pa.int64(),
    visit_id=TEXT,
    order_id=TEXT,
    product_id=TEXT,
    store_id=TEXT,
    staff_id=TEXT,
    source=TEXT,  # answer, complaint, interview, review, note
    field=TEXT,
    score=pa.int64(),
    theme=TEXT,
    at=INSTANT,
    batch=pa.int64(),
)

CHANGES = fact(
    "changes",
    "change_id",
    change_id=pa.int64(),
    kind=TEXT,
    product_id=TEXT,
    from_version=TEXT,
    to_version=TEXT,
    stores=TEXT,  # a JSON list of codes; empty means all
    begins_on=pa.date32(),
    decided_by=TEXT,
    evidence=TEXT,
    batch=pa.int64(),
)

FACTS = {
    fact.name: fact
    for fact in (ORDERS, ORDER_LINES, VISITS, SIGHTINGS, SPEND, TOUCHES, ENTRIES, VOICES, CHANGES)
}
