"""A made-up history of orders of any length, and the night after it, written by DuckDB straight into the lake.

Everything is a function of the order's number, so that any part can be written alone and again: 100,000 orders a day in
order, a customer's card on most of them, a phone on some, and nobody on every tenth. The night brings the same to every
history: orders of the day and late ones, corrections and refunds, phones seen with a card for the first time (two
customers turn out to be one), and phones seen with more cards than a person has (they join nobody from then on).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

DAILY = 100_000
LAST = date(2026, 9, 20)  # of every history, so that the open month is as long for each
LATE, CORRECTED, MERGES, SPLITS = 1_000, 1_000, 100, 10
RESERVED = 1_000  # customers that only the night's merges and splits concern
MOST_ACCOUNTS = 4  # cards a phone is seen with in a split
LANDING = 2_000_000  # orders in one


def first_day(size: int) -> date:
    """The day a history of so many orders begins."""
    return LAST - timedelta(days=size // DAILY - 1)


def history(begin: int, end: int, since: date, customers: int) -> str:
    """SQL for the orders numbered from ``begin`` to ``end``: number, who, day, at, how they were seen."""
    # A number's hash is its chance; a square makes some customers come far more often than others.
    # The first orders are those of the reserved: each shows a phone, then a card.
    return f"""
    SELECT i, DATE '{since}' + (i // {DAILY})::INTEGER AS day, 1 AS version, 'paid' AS status, 0 AS refunded,
      CASE WHEN i < {2 * RESERVED} THEN {customers // 2} + i % {RESERVED} ELSE {_who("i", customers)} END AS who,
      CASE WHEN i < {RESERVED} THEN 85 WHEN i < {2 * RESERVED} THEN 0 ELSE hash(i, 2) % 100 END AS luck, 0 AS more
    FROM range({begin}, {end}) t(i)"""


def night(size: int, customers: int) -> str:
    """SQL for the night after a history: the same rows of chance for each, next to the history's own numbers."""
    today, n = LAST + timedelta(days=1), DAILY - LATE - CORRECTED
    old = f"{size} - 1 - (hash(j, 5) % {min(size, 30 * DAILY)})::BIGINT"  # orders of the last 30 days
    return f"""
    SELECT {size} + j AS i, DATE '{today}' AS day, 1 AS version, 'paid' AS status, 0 AS refunded,
      {_who("j + 7000000000", customers)} AS who, hash(j, 6) % 100 AS luck, 0 AS more FROM range({n}) t(j)
    UNION ALL SELECT {size + n} + j, DATE '{today}' - 1 - (hash(j, 7) % 30)::INTEGER, 1, 'paid', 0,
      {_who("j + 8000000000", customers)}, hash(j, 8) % 100, 0 FROM range({LATE}) t(j)
    UNION ALL SELECT o, DATE '{first_day(size)}' + (o // {DAILY})::INTEGER, 2,
      CASE WHEN o % 2 = 0 THEN 'refunded' ELSE 'paid' END, CASE WHEN o % 2 = 0 THEN {_net("o")} ELSE 100 END,
      {_who("o", customers)}, hash(o, 2) % 100, 0
      FROM (SELECT DISTINCT {old} AS o FROM range({CORRECTED}) t(j))
    UNION ALL SELECT {size + DAILY} + j, DATE '{today}', 1, 'paid', 0, {customers // 2} + j, 200, 0
      FROM range({MERGES}) t(j)
    UNION ALL SELECT {size + DAILY + MERGES} + {MOST_ACCOUNTS} * j + k, DATE '{today}', 1, 'paid', 0,
      {customers // 2 + MERGES} + {MOST_ACCOUNTS} * j + k, 200, -k
      FROM range({SPLITS}) t(j), range({MOST_ACCOUNTS}) u(k)
    """


def _who(i: str, customers: int) -> str:
    chance = f"(hash({i}, 1) % 1000000007 / 1000000007.0)"
    return f"({chance} * {chance} * {customers})::BIGINT"


def _net(i: str) -> str:
    return f"(1500 + hash({i}, 3) % 8000)::BIGINT"


def orders(rows: str) -> str:
    """The fact ``orders`` (without batch) of such rows."""
    return f"""
    SELECT 'till' AS source, 'o' || i AS order_id, version::BIGINT AS version, 'S' || hash(i, 4) % 60 AS store_id,
      NULL::VARCHAR AS till_id, NULL::VARCHAR AS staff_id, NULL::VARCHAR AS shift, NULL::VARCHAR AS "table",
      NULL::INTEGER AS guests, 'dine_in' AS sales_channel, 'own' AS traffic, NULL::VARCHAR AS offer,
      day + to_seconds(36000 + (hash(i, 9) % 36000)::BIGINT) AS ordered_at, day AS business_date,
      {_net("i")} + 300 AS gross, 300::BIGINT AS discount, 0::BIGINT AS platform_subsidy, 0::BIGINT AS commission,
      0::BIGINT AS comp, NULL::VARCHAR AS comp_reason, {_net("i")} AS net, status, refunded::BIGINT AS refunded,
      TRUE AS member_asked, NULL::VARCHAR AS visit_id
    FROM ({rows})"""


def sightings(rows: str, customers: int) -> str:
    """The fact ``sightings`` (without batch): a card on nine orders of ten, with a phone on a few.

    The reserved customers show their phone without a card until the night, so that it is somebody of its own.
    """
    reserved = f"who BETWEEN {customers // 2} AND {customers // 2 + RESERVED - 1}"
    return f"""
    SELECT identifier_type, md5(identifier_type || person) AS identifier_hash,
      day + to_seconds(36000 + (hash(i, 9) % 36000)::BIGINT) AS seen_at, 'order' AS kind, 'till' AS source,
      'o' || i AS ref_id
    FROM (
      SELECT i, day, 'member_card' AS identifier_type, who AS person FROM ({rows})
      WHERE luck < 80 OR luck >= 200 OR (luck < 90 AND NOT {reserved})
      UNION ALL SELECT i, day, 'phone', who + more FROM ({rows})
      WHERE luck >= 200 OR (luck BETWEEN 80 AND 89 AND {reserved}) OR (luck < 6 AND NOT {reserved})
    )"""


def write(lake: Any, landing: Any, rows: str, customers: int) -> None:
    """Append such rows to the lake's orders and sightings, a batch at a time."""
    for fact, made in (("orders", orders(rows)), ("sightings", sightings(rows, customers))):
        landing.append(fact, lake.con.con.sql(made).to_arrow_reader(200_000))
