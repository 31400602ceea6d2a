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


def _fact(name: str, key: str, /, kept: bool = True, by_month: bool = False, **columns: pa.DataType) -> Fact:
    return Fact(name, tuple(key.split()), pa.schema(list(columns.items())), kept, by_month)


ORDERS = _fact(
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

ORDER_LINES = _fact(
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

VISITS = _fact(
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

SIGHTINGS = _fact(
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

SPEND = _fact(
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

TOUCHES = _fact(
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

ENTRIES = _fact(
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

VOICES = _fact(
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

CHANGES = _fact(
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

LINKS = _fact(
    "links",
    "identifier_type identifier_hash",
    kept=False,
    identifier_type=TEXT,
    identifier_hash=TEXT,
    customer_id=pa.int64(),  # null: seen with more accounts than its limit, so it joins nobody
)

IDENTIFIERS = _fact(  # what identify knows of each identifier, so that a turn reads new sightings only
    "identifiers",
    "identifier_type identifier_hash",
    kept=False,
    node=pa.int64(),  # its place by hash in this landing; identifier_pairs name it by this
    identifier_type=TEXT,
    identifier_hash=TEXT,
    seen_at=INSTANT,  # first
    customer_id=pa.int64(),  # null: it joins nobody
    rule=TEXT,  # why: identify.rules.joining.RULES
    batch=pa.int64(),  # this and the next three name the sighting that shows it: only its loss asks to read again
    kind=TEXT,
    source=TEXT,
    ref_id=TEXT,
)

IDENTIFIER_PAIRS = _fact(
    "identifier_pairs",
    "node_a node_b",
    kept=False,
    node_a=pa.int64(),  # the lower
    node_b=pa.int64(),
    on_record=pa.bool_(),
    batch_a=pa.int64(),  # this and the next four name an occasion on which both were seen
    batch_b=pa.int64(),
    kind=TEXT,
    source=TEXT,
    ref_id=TEXT,
)

IDENTIFIER_BATCHES = _fact(  # the landings whose sightings and orders these were read from
    "identifier_batches",
    "batch",
    kept=False,
    batch=pa.int64(),
    corrects=pa.bool_(),  # it has orders that another landing has in another version
)

REGISTRATIONS = _fact(  # of the desk's records what the lake may know, so that a turn reads new records only
    "registrations",
    "source record_id",
    kept=False,
    source=TEXT,
    record_id=TEXT,
    identifier_hash=TEXT,  # the record's own number
    acquired_by=TEXT,
    registered_at=INSTANT,
)

CUSTOMERS = _fact(
    "customers",
    "customer_id",
    kept=False,
    customer_id=pa.int64(),
    acquired_by=TEXT,
    registered_on=pa.date32(),
)

SALES = Fact(
    "sales",
    ("source", "order_id"),
    pa.schema(
        [
            *ORDERS.schema,
            ("orders", pa.int64()),  # 1; 0 on what only brought something back
            ("revenue", MONEY),  # net − refunded
            ("customer_id", pa.int64()),  # null: nobody known, and why not in the next
            ("cause", TEXT),
            ("month", pa.int64()),
        ]
    ),
    kept=False,
    by_month=True,
)

TIES = _fact(  # orders on which several customers have equal claims: a merge may give them to another
    "ties",
    "source order_id customer_id",
    kept=False,
    by_month=True,
    source=TEXT,
    order_id=TEXT,
    customer_id=pa.int64(),
    month=pa.int64(),
)

FOLDED = _fact(  # one row: what the computed tables hold, so that the next turn knows what is new to them
    "folded",
    "upto",
    kept=False,
    upto=pa.int64(),  # the landing up to which facts are in them
    month=pa.int64(),  # the open one
    assumed=TEXT,  # JSON: what must still hold for them to stand
)

CUSTOMER_DAYS = _fact(
    "customer_days",
    "customer_id business_date",
    kept=False,
    customer_id=pa.int64(),
    business_date=pa.date32(),
    orders=pa.int64(),  # 0: on this day they only brought something back, which is no visit
    net=MONEY,
    gross=MONEY,
    discount=MONEY,  # null: not recorded
    platform_subsidy=MONEY,  # what a platform gave of the discount
    refunded=MONEY,
    store_id=TEXT,  # this and the next three are those of the day's first order
    sales_channel=TEXT,
    traffic=TEXT,
    offer=TEXT,
    month=pa.int64(),
    by_month=True,
)

CUSTOMER_CLOSED = _fact(  # the state of the fold at the end of the last closed month: know.tables.fold
    "customer_closed",
    "customer_id",
    kept=False,
    customer_id=pa.int64(),
    visits=pa.int64(),  # visit days; 0: so far they only brought something back
    first=pa.int64(),  # this and the next five are day numbers: of the first three visits, of the last three
    second=pa.int64(),
    third=pa.int64(),
    latest=pa.int64(),
    previous=pa.int64(),
    before=pa.int64(),
    squares=pa.int64(),  # sum of the squared gaps, days²
    orders=pa.int64(),
    net=MONEY,
    repeat_net=MONEY,
    gross=MONEY,
    discount=MONEY,
    refunded=MONEY,
    first_store=TEXT,
    first_channel=TEXT,
    first_traffic=TEXT,
    first_offer=TEXT,
    first_discount=MONEY,
    first_subsidy=MONEY,
    usual_store=TEXT,
    stores=TEXT,  # |A|B|
    store_days=TEXT,  # visit days by store, counted down: see know.tables.shops
    arrival=TEXT,  # the stage that the last visit was in …
    arrived=pa.int64(),  # … and since which day number
    history=TEXT,  # 2025-01-03 new;2025-02-01 second_timer: up to and with the last visit
)

CUSTOMER_STATE = _fact(
    "customer_state",
    "customer_id",
    kept=False,
    customer_id=pa.int64(),
    first_day=pa.date32(),
    second_day=pa.date32(),
    last_day=pa.date32(),
    visit_days=pa.int64(),
    orders=pa.int64(),
    net=MONEY,
    repeat_net=MONEY,  # of the days after the first
    recency=pa.int64(),  # days from the last visit to the last business date observed; all times in days
    mean_gap=pa.float64(),
    usual_gap=pa.float64(),
    late_after=pa.int64(),
    lost_after=pa.int64(),
    stage=TEXT,
    stage_since=pa.date32(),
    first_store=TEXT,
    first_channel=TEXT,
    first_traffic=TEXT,
    first_offer=TEXT,
    usual_store=TEXT,
    stores=TEXT,  # |A|B|
    third_day=pa.date32(),
    previous_day=pa.date32(),  # of the last visit but one
    squares=pa.int64(),  # sum of the squared gaps, days²
    gross=MONEY,
    discount=MONEY,
    refunded=MONEY,
    first_discount=MONEY,
    first_subsidy=MONEY,  # what a platform gave of it
    monetary=pa.float64(),
    x=pa.int64(),  # repeat visit days, days from the first to the last, days from the first to now
    t_x=pa.int64(),
    T=pa.int64(),
    history=TEXT,  # 2025-01-03 new;2025-02-01 second_timer: every stage so far with the day it began
)

CUSTOMER_VALUE = _fact(  # what each customer is expected to bring, with 95 % intervals: know.actions.value
    "customer_value",
    "customer_id",
    kept=False,
    customer_id=pa.int64(),
    p_alive=pa.float64(),
    orders_90=pa.float64(),
    orders_90_low=pa.float64(),
    orders_90_high=pa.float64(),
    orders_365=pa.float64(),
    value_90=MONEY,
    value_90_low=MONEY,
    value_90_high=MONEY,
    value_365=MONEY,
    value_365_low=MONEY,
    value_365_high=MONEY,
    next_day=pa.date32(),  # of the next visit, if one within a year is likelier than none: as likely before as after
    next_low=pa.date32(),
    next_high=pa.date32(),
    p_next=pa.float64(),  # that there is one within a year
)

QUARTER_STATE = _fact(  # who was known at the end of the quarter before: know.actions.quarter
    "quarter_state",
    "customer_id",
    kept=False,
    customer_id=pa.int64(),
    x=pa.int64(),
    t_x=pa.int64(),
    T=pa.int64(),
    repeat_net=MONEY,
    quarter=pa.int64(),  # the number of its first month
)

READINGS = _fact(
    "readings",
    "name month",
    kept=False,
    name=TEXT,
    month=pa.int64(),
    told=TEXT,  # JSON; what is read of all history at the first turn of a month, and kept for it
)

CELLS = _fact(  # sums by month and slice, of every cube; those of one cell add up, corrections lie beside it
    "cells",
    "cube month key_1 key_2 key_3 key_4 key_5 key_6 key_7 key_8",
    kept=False,
    by_month=True,
    cube=TEXT,
    **{f"key_{n}": TEXT for n in range(1, 9)},
    **{f"sum_{n}": pa.int64() for n in range(1, 9)},
    month=pa.int64(),
)

EFFECTS = _fact(
    "effects",
    "subject metric",
    kept=False,
    subject=TEXT,  # a play, or near_service
    metric=TEXT,  # back: a share; revenue: minor units a customer; treated less control
    estimate=pa.float64(),
    low=pa.float64(),
    high=pa.float64(),
    n=pa.int64(),  # people watched to the end
    method=TEXT,
    as_of=pa.date32(),
)

FACTS = {
    fact.name: fact
    for fact in (ORDERS, ORDER_LINES, VISITS, SIGHTINGS, SPEND, TOUCHES, ENTRIES, VOICES, CHANGES)
}
_COMPUTED = (
    LINKS,
    IDENTIFIERS,
    IDENTIFIER_PAIRS,
    IDENTIFIER_BATCHES,
    REGISTRATIONS,
    CUSTOMERS,
    SALES,
    TIES,
    FOLDED,
    CUSTOMER_DAYS,
    CUSTOMER_CLOSED,
    CUSTOMER_STATE,
    CUSTOMER_VALUE,
    QUARTER_STATE,
    READINGS,
    CELLS,
    EFFECTS,
)
COMPUTED = {
    each.name: each for fact in _COMPUTED for each in ((fact, fact.patches) if fact.by_month else (fact,))
}
