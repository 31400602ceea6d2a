"""What a turn computes of the facts, once: each table's columns, its key, and whether it is kept by month."""

from __future__ import annotations

import pyarrow as pa

from regulars.lake.facts import INSTANT, MONEY, ORDERS, TEXT, Fact, fact

LINKS = fact(
    "links",
    "identifier_type identifier_hash",
    kept=False,
    identifier_type=TEXT,
    identifier_hash=TEXT,
    customer_id=pa.int64(),  # null: seen with more accounts than its limit, so it joins nobody
)

IDENTIFIERS = fact(  # what identify knows of each identifier, so that a turn reads new sightings only
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

IDENTIFIER_PAIRS = fact(
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

IDENTIFIER_BATCHES = fact(  # the landings whose sightings and orders these were read from
    "identifier_batches",
    "batch",
    kept=False,
    batch=pa.int64(),
    corrects=pa.bool_(),  # it has orders that another landing has in another version
)

REGISTRATIONS = fact(  # of the desk's records what the lake may know, so that a turn reads new records only
    "registrations",
    "source record_id",
    kept=False,
    source=TEXT,
    record_id=TEXT,
    identifier_hash=TEXT,  # the record's own number
    acquired_by=TEXT,
    registered_at=INSTANT,
)

CUSTOMERS = fact(
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

TIES = fact(  # orders on which several customers have equal claims: a merge may give them to another
    "ties",
    "source order_id customer_id",
    kept=False,
    by_month=True,
    source=TEXT,
    order_id=TEXT,
    customer_id=pa.int64(),
    month=pa.int64(),
)

FOLDED = fact(  # one row: what the computed tables hold, so that the next turn knows what is new to them
    "folded",
    "upto",
    kept=False,
    upto=pa.int64(),  # the landing up to which facts are in them
    month=pa.int64(),  # the open one
    assumed=TEXT,  # JSON: what must still hold for them to stand
)

CUSTOMER_DAYS = fact(
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

CUSTOMER_CLOSED = fact(  # the state of the fold at the end of the last closed month: know.tables.fold
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
    store_days=TEXT,  # visit days by store: see know.tables.shops
    arrival=TEXT,  # the stage that the last visit was in …
    arrived=pa.int64(),  # … and since which day number
    history=TEXT,  # 2025-01-03 new;2025-02-01 second_timer: up to and with the last visit
)

CUSTOMER_STATE = fact(
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

CUSTOMER_VALUE = fact(  # what each customer is expected to bring, with 95 % intervals: know.actions.value
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

QUARTER_STATE = fact(  # who was known at the end of the quarter before: know.actions.quarter
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

READINGS = fact(
    "readings",
    "name month",
    kept=False,
    name=TEXT,
    month=pa.int64(),
    told=TEXT,  # JSON; what is read of all history at the first turn of a month, and kept for it
)

CELLS = fact(  # sums by month and slice, of every cube; those of one cell add up, corrections lie beside it
    "cells",
    "cube month key_1 key_2 key_3 key_4 key_5 key_6 key_7 key_8",
    kept=False,
    by_month=True,
    cube=TEXT,
    **{f"key_{n}": TEXT for n in range(1, 9)},
    **{f"sum_{n}": pa.int64() for n in range(1, 9)},
    month=pa.int64(),
)

EFFECTS = fact(
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
