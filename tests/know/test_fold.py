"""The state of a customer folds: any cut of the days gives what all days at once give, and what plain Python counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.core.months import day_number
from regulars.know import tables
from regulars.know.rules.rhythm import Credibility, Patience, Rhythm
from regulars.lake.computed import CUSTOMER_CLOSED, CUSTOMER_DAYS

pytestmark = pytest.mark.slow

RHYTHM = Rhythm(Credibility(20.0, 2.0), (Patience(1, 1.5, 3.0, 500), Patience(3, 2.0, 4.0, 500)))
START = date(2025, 1, 1)
Row = dict[str, Any]

NUMBERS = st.one_of(st.none(), st.integers(0, 500))
DAY = st.fixed_dictionaries(
    {
        "orders": st.sampled_from((1, 1, 1, 2, 0)),
        "net": st.integers(-300, 900),
        "gross": NUMBERS,
        "discount": NUMBERS,
        "platform_subsidy": st.integers(0, 90),
        "refunded": NUMBERS,
        "store_id": st.sampled_from(("A", "A", "B", "店 C:1", None)),
        "sales_channel": st.sampled_from(("dine_in", None)),
        "traffic": st.sampled_from(("own", "platform", None)),
        "offer": st.sampled_from(("half", None)),
    }
)
HISTORY = st.dictionaries(st.integers(0, 250), DAY, min_size=1, max_size=14)
HISTORIES = st.dictionaries(st.integers(1, 6), HISTORY, min_size=1, max_size=6)


def rows_of(histories: dict[int, dict[int, Row]]) -> list[Row]:
    return [
        {"customer_id": who, "business_date": START + timedelta(days=day), **row}
        for who, days in histories.items()
        for day, row in days.items()
    ]


def days_of(rows: Iterable[Row]) -> ir.Table:
    return ibis.memtable(pa.Table.from_pylist(list(rows), schema=CUSTOMER_DAYS.schema))


def computed(folded: ir.Table) -> pa.Table:
    return folded.order_by("customer_id").to_pyarrow()


def kept(folded: ir.Table) -> ir.Table:
    return ibis.memtable(computed(folded))


@settings(max_examples=12, deadline=None)
@given(HISTORIES, st.lists(st.integers(0, 251), min_size=1, max_size=3))
def test_any_cut_of_the_days_folds_to_what_all_days_at_once_fold_to(
    histories: dict[int, dict[int, Row]], cuts: list[int]
) -> None:
    rows = rows_of(histories)
    state = None
    bounds = [START, *(START + timedelta(days=cut) for cut in sorted(cuts)), START + timedelta(days=999)]
    for since, until in pairwise(bounds):
        some = [row for row in rows if since <= row["business_date"] < until]
        state = kept(tables.fold(state, days_of(some), RHYTHM))
    assert state is not None
    assert computed(state).to_pylist() == computed(tables.fold(None, days_of(rows), RHYTHM)).to_pylist()


@settings(max_examples=12, deadline=None)
@given(HISTORIES)
def test_the_fold_is_what_plain_python_counts(histories: dict[int, dict[int, Row]]) -> None:
    found = computed(tables.fold(None, days_of(rows_of(histories)), RHYTHM))
    assert found.schema.names == CUSTOMER_CLOSED.schema.names
    assert found.to_pylist() == [counted(who, histories[who]) for who in sorted(histories)]


def counted(who: int, days: dict[int, Row]) -> Row:
    """The same of one customer, a day after the other."""
    zero = day_number(START)
    came = [day for day in sorted(days) if days[day]["orders"] > 0]
    visits = [zero + day for day in came]
    gaps = [later - earlier for earlier, later in pairwise(visits)]
    stores = Counter(days[day]["store_id"] for day in came if days[day]["store_id"] is not None)
    latest = {(max(day for day in came if days[day]["store_id"] == store), store) for store in stores}
    opening = days[came[0]] if came else {}
    again = [days[day]["net"] for day in days if len(came) > 1 and day >= came[1]]
    entries = told(visits)
    return {
        "customer_id": who,
        "visits": len(visits),
        **{
            name: visits[at] if len(visits) > at else None
            for at, name in enumerate(("first", "second", "third"))
        },
        **{
            name: visits[-at] if len(visits) >= at else None
            for at, name in enumerate(("latest", "previous", "before"), 1)
        },
        "squares": sum(gap**2 for gap in gaps),
        "orders": sum(row["orders"] for row in days.values()),
        "net": sum(row["net"] for row in days.values()),
        "repeat_net": sum(again),
        **{name: recorded(row[name] for row in days.values()) for name in ("gross", "discount", "refunded")},
        "first_store": opening.get("store_id"),
        "first_channel": opening.get("sales_channel"),
        "first_traffic": opening.get("traffic"),
        "first_offer": opening.get("offer"),
        "first_discount": opening.get("discount"),
        "first_subsidy": opening.get("platform_subsidy"),
        "usual_store": min(stores, key=lambda store: (-stores[store], store)) if stores else None,
        "stores": f"|{'|'.join(sorted(stores))}|" if stores else None,
        "store_days": "\x1f".join(f"{store}|{stores[store]:05}" for _, store in sorted(latest)) or None,
        "arrival": entries[-1][1] if entries else None,
        "arrived": entries[-1][0] if entries else None,
        "history": ";".join(f"{START + timedelta(days=day - zero)} {stage}" for day, stage in entries)
        or None,
    }


def told(visits: list[int]) -> list[tuple[int, str]]:
    """Stages with the day they began, up to the last visit, as the lifecycle's page says."""
    found: list[tuple[int, str]] = []
    won_back = False
    for n, day in enumerate(visits, 1):
        late = lost = False
        if n > 1:
            gap, usual = (
                day - visits[n - 2],
                float(RHYTHM.credibility.usual_gap(n - 2, visits[n - 2] - visits[0])),
            )
            late, lost = gap > RHYTHM.late_after(n - 1, usual), gap > RHYTHM.lost_after(n - 1, usual)
            cooled, left = (
                visits[n - 2] + after(n - 1, usual) + 1 for after in (RHYTHM.late_after, RHYTHM.lost_after)
            )
            found += [(at, stage) for at, stage in ((cooled, "cooling"), (left, "lost")) if at < day]
        if n <= 3 or late or won_back:
            stage = "won_back" if lost else {1: "new", 2: "second_timer"}.get(n, "regular")
            found.append((day, stage))
        won_back = lost
    return found


def recorded(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def test_a_return_in_a_later_month_takes_from_the_visit_before_it_which_the_state_remembers() -> None:
    day = {"orders": 1, "net": 500, "platform_subsidy": 0}
    before = [{"customer_id": 1, "business_date": START + timedelta(days=at), **day} for at in (0, 9)]
    returned = {"customer_id": 1, "business_date": START + timedelta(days=40), "orders": 0, "net": -120}
    state = kept(tables.fold(None, days_of(before[:1]), RHYTHM))
    after_one = computed(tables.fold(state, days_of([returned]), RHYTHM)).to_pylist()[0]
    assert (after_one["net"], after_one["repeat_net"], after_one["visits"]) == (380, 0, 1)
    state = kept(tables.fold(None, days_of(before), RHYTHM))
    after_two = computed(tables.fold(state, days_of([returned]), RHYTHM)).to_pylist()[0]
    assert (after_two["net"], after_two["repeat_net"], after_two["visits"]) == (880, 380, 2)


def test_a_return_before_any_visit_waits_for_the_first_one() -> None:
    returned = {"customer_id": 1, "business_date": START, "orders": 0, "net": -120}
    state = kept(tables.fold(None, days_of([returned]), RHYTHM))
    assert computed(tables.told(state, START, RHYTHM)).num_rows == 0
    visit = {"customer_id": 1, "business_date": START + timedelta(days=40), "orders": 1, "net": 500}
    row = computed(tables.fold(state, days_of([visit]), RHYTHM)).to_pylist()[0]
    assert (row["visits"], row["net"], row["repeat_net"], row["history"]) == (1, 380, 0, "2025-02-10 new")


def test_who_did_not_come_keeps_their_state_whatever_month_closes() -> None:
    visit = {"customer_id": 1, "business_date": START, "orders": 1, "net": 500, "store_id": "A"}
    state = kept(tables.fold(None, days_of([visit]), RHYTHM))
    assert computed(tables.fold(state, days_of([]), RHYTHM)).equals(computed(state))


@pytest.mark.parametrize("since", [None, 2025 * 12 + 3])
def test_flows_count_each_change_of_stage_in_the_month_it_came(since: int | None) -> None:
    visits = [
        {"customer_id": who, "business_date": START + timedelta(days=day), "orders": 1, "net": 1}
        for who, days in {1: (0, 10, 100), 2: (0,), 3: (95,)}.items()
        for day in days
    ]
    states = tables.customer_states(days_of(visits), START + timedelta(days=119), RHYTHM)
    flows = tables.stage_flows(tables.stage_changes(states, since)).to_pyarrow().to_pylist()
    found = {
        (row["month"] - 2025 * 12 + 1, row["from_stage"], row["to_stage"]): row["customers"] for row in flows
    }
    all_of_them = {
        (1, "unknown", "new"): 2, (1, "new", "second_timer"): 1,
        (2, "second_timer", "cooling"): 1, (2, "new", "cooling"): 1,
        (3, "cooling", "lost"): 2,
        (4, "lost", "won_back"): 1, (4, "unknown", "new"): 1,
    }  # fmt: skip
    assert found == {key: n for key, n in all_of_them.items() if since is None or key[0] >= 4}


def test_the_stage_on_a_day_is_what_that_day_would_have_told() -> None:
    visits = [
        {"customer_id": who, "business_date": START + timedelta(days=day), "orders": 1, "net": 1}
        for who, days in {1: (0, 10, 100), 2: (0,), 3: (95,)}.items()
        for day in days
    ]
    states = tables.customer_states(days_of(visits), START + timedelta(days=119), RHYTHM)
    for at in (0, 10, 31, 94, 95):
        day = START + timedelta(days=at)
        then = tables.customer_states(days_of(visits), day, RHYTHM).select(
            "customer_id", "stage", since="stage_since"
        )
        assert computed(tables.stages_on(states, day)).to_pylist() == computed(then).to_pylist()
