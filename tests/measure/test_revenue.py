"""Revenue taken apart in four ways; each time the parts are the whole, to the minor unit."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.measure.metrics.guests import METRIC as GUESTS
from regulars.measure.metrics.new_returning_revenue import METRIC as NEW_RETURNING
from regulars.measure.metrics.revenue_by_traffic import METRIC as TRAFFIC
from regulars.measure.metrics.revenue_factors import METRIC as FACTORS
from tests.measure.inputs import figures, inputs_of, sale, told

pytestmark = pytest.mark.slow


def test_a_first_day_is_new_and_every_later_one_returning() -> None:
    sales = [
        sale("2026-01-05", 1, 100),
        sale("2026-01-05", 1, 20),
        sale("2026-01-09", 1, 3000),
        sale("2026-02-01", 1, 400),
        sale("2026-02-02", 2, 50),
        sale("2026-02-02", None, 7),
    ]
    rows = figures(NEW_RETURNING, inputs_of(sales, "2026-03-05"))
    january = {
        row.part: (row.value, row.n) for row in rows if row.period == "2026-01" and row.slice_kind == ""
    }
    assert january == {"new": (120, 2), "returning": (3000, 1), "unidentified": (0, 0)}
    february = {
        row.part: (row.value, row.n) for row in rows if row.period == "2026-02" and row.slice_kind == ""
    }
    assert february == {"new": (50, 1), "returning": (400, 1), "unidentified": (7, 1)}
    notes = {row.part: row.note for row in rows if row.period == "2026-02" and row.slice_kind == "store"}
    assert notes == {"new": "new_not_meaningful", "returning": "new_not_meaningful", "unidentified": ""}


def test_a_guest_of_two_stores_is_new_to_one_of_them() -> None:
    sales = [
        sale("2025-01-01", 9, store_id="A"),
        sale("2025-01-01", 8, store_id="B"),
        sale("2026-01-05", 1, store_id="A"),
        sale("2026-01-06", 1, store_id="B"),
        sale("2026-01-07", 2, store_id="B"),
        sale("2026-01-08", 9, store_id="A"),
    ]
    rows = figures(GUESTS, inputs_of(sales, "2026-01-31"))

    def of(kind: str, slice: str) -> tuple[float | None, float | None]:
        return tuple(told(rows, part, "2026-01", kind, slice).value for part in ("new", "returning"))  # type: ignore[return-value]

    assert of("", "") == (2, 1)
    assert of("store", "A") == (1, 1)
    assert of("store", "B") == (1, 1)
    assert told(rows, "new", "2026-01").note == ""
    assert told(rows, "new", "2025-01").note == "new_not_meaningful"


def test_factors_multiply_to_revenue_and_changes_sum_to_the_change() -> None:
    sales = [sale("2026-01-01", 7, 1)]
    sales += [sale(f"2026-02-{day:02}", who, 500) for who in (1, 2) for day in (3, 9)]
    sales += [sale("2026-02-20", None, 900)]
    sales += [sale(f"2026-03-{day:02}", who, 600) for who in (1, 2, 3) for day in (3, 9, 12)]
    rows = figures(FACTORS, inputs_of(sales, "2026-03-31"))
    assert [
        told(rows, part, "2026-02").value for part in ("revenue", "customers", "frequency", "ticket")
    ] == [2000, 2, 2, 500]
    assert [told(rows, f"whole:{part}", "2026-02").value for part in ("revenue", "orders", "ticket")] == [
        2900,
        5,
        580,
    ]
    # 2 × 2 × 500 → 3 × 3 × 600, by hand: guests ((2·500 + 3·600)/3 + (3·500 + 2·600)/6) × 1 and so on.
    guests = (2 * 500 + 3 * 600) / 3 + (3 * 500 + 2 * 600) / 6
    ticket = 100 * ((2 * 2 + 3 * 3) / 3 + (2 * 3 + 3 * 2) / 6)
    assert told(rows, "change:guests", "2026-03").value == pytest.approx(guests)
    assert told(rows, "change:frequency", "2026-03").value == pytest.approx(guests)
    assert told(rows, "change:ticket", "2026-03").value == pytest.approx(ticket)
    assert told(rows, "change:revenue", "2026-03").value == 5400 - 2000
    assert told(rows, "whole:change:revenue", "2026-03", "store", "S").value == 5400 - 2900
    assert not [row for row in rows if row.period == "2026-02" and "change" in row.part], (
        "January may have begun before"
    )
    assert not [row for row in rows if "year_change" in row.part]


def test_a_month_under_way_is_not_compared() -> None:
    sales = [sale(f"2026-{month:02}-01", 1, 100) for month in range(1, 5)]
    rows = figures(FACTORS, inputs_of(sales, "2026-04-29"))
    assert {row.period for row in rows if "change" in row.part} == {"2026-03"}
    assert told(rows, "whole:revenue", "2026-04").note == "incomplete"
    assert told(rows, "whole:revenue", "2026-03").as_of == date(2026, 3, 31)


def test_the_same_month_a_year_before_is_compared_too() -> None:
    sales = [sale("2024-12-31", 1, 10), sale("2025-03-05", 1, 100), sale("2026-03-05", 1, 150)]
    rows = figures(FACTORS, inputs_of(sales, "2026-03-31"))
    assert told(rows, "year_change:ticket", "2026-03").value == pytest.approx(50)
    assert told(rows, "year_change:guests", "2026-03").value == 0
    assert not [row for row in rows if row.part == "change:guests"]


def test_traffic_that_was_not_recorded_is_said_to_be() -> None:
    sales = [
        sale("2026-01-05", 1, 100, traffic="own"),
        sale("2026-01-05", None, 50),
        sale("2026-01-06", None, 7, traffic=""),
    ]
    rows = figures(TRAFFIC, inputs_of(sales, "2026-01-31"))
    assert {row.part: row.value for row in rows if row.slice_kind == ""} == {"own": 100, "not_recorded": 57}


SALES = st.lists(
    st.builds(
        lambda day, who, revenue, store, traffic, orders: sale(
            (date(2025, 11, 1) + timedelta(days=day)).isoformat(),
            who,
            revenue,
            store_id=store,
            traffic=traffic,
            orders=orders,
        ),
        st.integers(0, 150),
        st.none() | st.integers(1, 6),
        st.integers(-500, 10_000),
        st.sampled_from(["A", "B"]),
        st.sampled_from(["own", "platform", None]),
        st.integers(0, 1),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=10, deadline=None)
@given(SALES)
def test_the_parts_of_revenue_are_all_of_it(sales: list[dict[str, object]]) -> None:
    inputs = inputs_of(sales, "2026-04-10")
    whole: dict[tuple[str, str], float] = defaultdict(float)
    for sold in sales:
        for slice in ("", str(sold["store_id"])):
            whole[slice, str(sold["business_date"])[:7]] += float(str(sold["revenue"]))
    for metric, since in ((NEW_RETURNING, "2026-03"), (TRAFFIC, "")):
        parts: dict[tuple[str, str], float] = defaultdict(float)
        for figure in figures(metric, inputs):
            parts[figure.slice, figure.period] += figure.value or 0.0
        assert parts == {key: value for key, value in whole.items() if key[0] == "" or key[1] >= since}
    rows = figures(FACTORS, inputs)
    assert {(row.slice, row.period): row.value for row in rows if row.part == "whole:revenue"} == whole
    without_orders = {row.slice for row in rows if row.part == "whole:orders" and not row.value}
    for row in rows:
        if row.part.endswith("change:revenue"):
            same = [each for each in rows if (each.slice, each.period) == (row.slice, row.period)]
            prefix = row.part.removesuffix("revenue")
            split = [
                each.value or 0.0 for each in same if each.part.startswith(prefix) and each.part != row.part
            ]
            assert sum(split) == pytest.approx(row.value, abs=1e-6) if split else row.slice in without_orders
