"""The files of a week as the tills export them: what was drawn before, and what the brand's doing added on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regulars.simulate.baskets import fill
from regulars.simulate.brand import Brand
from regulars.simulate.draw import Flags, Ints, digits, luck, stream
from regulars.simulate.files import csv
from regulars.simulate.history import Life, lines_of, order_numbers, orders_of
from regulars.simulate.live.added import Added
from regulars.simulate.live.revive import Mended
from regulars.simulate.sales import Came, Sales, rung_up
from regulars.simulate.seen import look

TICKETED_AT = 18 * 3600 + 45 * 60  # a party with a booking orders in the evening
BILLED = 4  # weeks
RESEARCH = 40  # of 100 who agree to be written to agree to questions, too


def week_of(life: Life, week: int) -> tuple[int, int]:
    """The first day of a week of the history (the first is 1) and the first of the next, since the warm-up began."""
    begins = life.days.opens + 7 * (week - 1)
    return begins, begins + 7


def rows_of(life: Life, begins: int, ends: int) -> slice:
    """The orders of business dates in [begins, ends)."""
    first, last = np.searchsorted(life.sales.day, [begins, ends])
    return slice(int(first), int(last))


def write_week(
    life: Life,
    week: int,
    added: Sequence[Added],
    mended: Mended,
    version: str,
    posted: set[str],
    reviews: pa.Table,
    folder: Path,
) -> list[Path]:
    """Orders, lines, new members, their consents, queue tickets and reviews of a week, as CSV in ``folder``; each
    fourth week the spend of four.

    The tickets that the queue system `posted` while the week ran are not in its file again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    begins, ends = week_of(life, week)
    orders, lines = _drawn(life, begins, ends)
    if added:
        more, more_lines = _on_top(life, week, added, orders)
        orders, lines = pa.concat_tables([orders, more]), pa.concat_tables([lines, more_lines])
    lines = _versioned(life, orders, lines, mended, version)
    from_day, to_day = _date(life, begins), _date(life, ends)
    visits = _between(life.history.visits, "left_at", from_day, to_day)
    tables = {
        "orders": orders,
        "lines": lines,
        **people_between(life, from_day, to_day),
        "visits": visits.filter(
            pc.invert(pc.is_in(visits["visit_no"], pa.array(sorted(posted), pa.string())))
        ),
        "reviews": reviews,
    }
    if week % BILLED == 0:  # media send their bills once in so many weeks
        tables["spend"] = _between(life.history.spend, "date", _date(life, ends - 7 * BILLED), to_day)
    return [csv(table, folder / f"{name}.csv") for name, table in tables.items()]


def people_between(life: Life, begins: np.datetime64 | None, ends: np.datetime64) -> dict[str, pa.Table]:
    """Members who registered in [begins, ends), and what they agreed to."""
    members = _between(life.history.members, "registered_at", begins, ends)
    return {"members": members, "consents": consents_of(members)}


def consents_of(members: pa.Table) -> pa.Table:
    """One row an address, channel and purpose that a member said yes to when they registered.

    Who gave a phone may be called about a visit; marketing wants a yes of its own, and so does research, to which
    fewer say yes.
    """
    rows: list[tuple[object, ...]] = []
    columns = ("phone", "email", "sms_consent", "wecom_friend", "registered_at")
    for phone, email, sms, friend, at in zip(*(members[name].to_pylist() for name in columns), strict=True):
        asked = crc32((phone or email or "").encode()) % 100 < RESEARCH
        both = ("marketing", "research", "service") if asked else ("marketing", "service")
        if phone and friend == "yes":
            rows += [(phone, None, "wecom", purpose, "given", at) for purpose in both]
        if phone:
            agreed = both if sms == "yes" else ("service",)
            rows += [(phone, None, "sms", purpose, "given", at) for purpose in agreed]
        if email and sms == "yes":
            rows += [(None, email, "email", purpose, "given", at) for purpose in both]
    names = ("phone", "email", "channel", "purpose", "state", "at")
    kinds = (*(pa.string(),) * 5, pa.timestamp("s"))
    columns_of = zip(*rows, strict=True) if rows else ([] for _ in names)
    return pa.table({n: pa.array(c, k) for n, c, k in zip(names, columns_of, kinds, strict=True)})


def _date(life: Life, day: int) -> np.datetime64:
    return np.datetime64(life.days.first, "D") + day


def _between(table: pa.Table, column: str, begins: np.datetime64 | None, ends: np.datetime64) -> pa.Table:
    at = table[column].to_numpy().astype("datetime64[D]")
    return table.filter(pa.array((at < ends) & (at >= begins if begins is not None else True)))


def _drawn(life: Life, begins: int, ends: int) -> tuple[pa.Table, pa.Table]:
    rows = rows_of(life, begins, ends)
    orders = life.history.orders.slice(rows.start, rows.stop - rows.start)
    return orders, lines_between(life, rows.start, rows.stop)


def lines_between(life: Life, first: int, last: int) -> pa.Table:
    """The lines of the orders with these row numbers, [first, last)."""
    starts = np.flatnonzero(life.history.lines["line"].to_numpy() == 1)
    edges = np.append(starts, len(life.history.lines))
    return life.history.lines.slice(int(edges[first]), int(edges[last] - edges[first]))


def _on_top(life: Life, week: int, added: Sequence[Added], orders: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Orders of those who came on top, through the same till, with chances of the week's own."""
    brand = _till_of(life.brand)
    part = f"week {week}"
    came = _came(life, added)
    sales = rung_up(brand, life.premises, life.days, came, stream(brand.seed, f"{part} sales"))
    by = {(each.household, each.number, each.day): each for each in added}
    own = [
        by[key]
        for key in zip(sales.household.tolist(), sales.number.tolist(), sales.day.tolist(), strict=True)
    ]
    sales = _numbered(life, sales, own, orders)
    known = np.asarray([each.known for each in own])
    seen = look(brand, life.premises, life.days, sales, life.identities, f"{part} seen", known)
    households = len(life.households.home)
    lines, money = fill(brand, life.premises, life.days, sales, households, known, f"{part} baskets")
    order_no = order_numbers(life.premises, life.days, sales)
    visit_no = pa.array([each.visit_no for each in own], pa.string())
    tables = digits(stream(brand.seed, f"{part} tables").integers(1, 41, len(own)), 2)
    whole = orders_of(life.premises, life.days, sales, seen, money, order_no, visit_no, tables)
    return whole, lines_of(life.premises, sales, lines, order_no)


def _till_of(brand: Brand) -> Brand:
    """The brand as those who come on top find it: at the table or the counter, nothing rung up wrongly."""
    table = replace(brand.table, cancelled=0.0)
    return replace(brand, delivery_share=1e-6, table=table)


def _came(life: Life, added: Sequence[Added]) -> Came:
    def column(name: str) -> Ints:
        return np.asarray([getattr(each, name) for each in added], dtype=np.int64)

    household = column("household")
    return Came(
        *(household, column("identity"), column("number"), column("store"), column("day")),
        life.households.source[household],
        *(column("dish") > 0, column("fault") > 0, column("mended")),
        np.zeros(len(added), dtype=np.bool_),
    )


def _numbered(life: Life, sales: Sales, own: Sequence[Added], orders: pa.Table) -> Sales:
    """Numbers follow the day's others; a party with a ticket orders when it was expected."""
    last: dict[str, int] = {}
    for number in orders["order_no"].to_pylist():
        last[number[:12]] = max(last.get(number[:12], 0), int(number[13:]))
    stores, dates = life.premises.stores, life.days.dates
    heads = [
        f"{stores[store].code}-{str(dates[day]).replace('-', '')}"
        for store, day in zip(sales.store.tolist(), sales.day.tolist(), strict=True)
    ]
    before = np.asarray([last.get(head, 0) for head in heads], dtype=np.int64)
    ticketed: Flags = np.asarray([each.ticket for each in own], dtype=np.bool_)
    later = (1800 * luck(life.brand.seed, "orders at", sales.household)).astype(np.int64)
    second = np.where(ticketed, TICKETED_AT + later, sales.second)
    channel = np.where(ticketed, 0, sales.channel)
    return replace(sales, sequence=sales.sequence + before, second=second, channel=channel)


def _versioned(life: Life, orders: pa.Table, lines: pa.Table, mended: Mended, version: str) -> pa.Table:
    """Lines of the dish carry its new version where it is served."""
    disliked = life.premises.products["product"][life.premises.disliked].as_py()
    codes = {store.code: number for number, store in enumerate(life.premises.stores)}
    first = np.datetime64(life.days.first, "D")
    served = pc.equal(lines["product"], disliked)
    if not pc.any(served).as_py():
        return lines
    there: list[bool] = []
    for number, is_dish in zip(lines["order_no"].to_pylist(), served.to_pylist(), strict=True):
        day = f"{number[4:8]}-{number[8:10]}-{number[10:12]}" if is_dish else ""
        there.append(is_dish and mended(codes[number[:3]], int((np.datetime64(day) - first).astype(int))))
    at = lines.schema.get_field_index("product_version")
    return lines.set_column(
        at, "product_version", pc.if_else(pa.array(there), version, pa.scalar(None, pa.string()))
    )


def history_until(life: Life, week: int, folder: Path) -> list[Path]:
    """Write the history up to and with a week, as ``files.write`` does for a whole one, consents beside it."""
    from regulars.simulate.files import write

    _, ends = week_of(life, week)
    past, end = life.history, _date(life, ends)
    rows = rows_of(life, 0, ends)
    people = people_between(life, None, end)
    written = write(
        replace(
            past,
            orders=past.orders.slice(0, rows.stop),
            lines=lines_between(life, 0, rows.stop),
            members=people["members"],
            visits=_between(past.visits, "left_at", None, end),
            spend=_between(past.spend, "date", None, _date(life, ends - 7 * (week % BILLED))),
            totals=_between(past.totals, "business_date", None, end),
            truth=replace(past.truth, orders=past.truth.orders.slice(0, rows.stop)),
        ),
        folder,
    )
    return [*written, csv(people["consents"], folder / "consents.csv")]
