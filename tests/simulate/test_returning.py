"""The all-seeing process comes back as often as it was given to: by format, by source and by formula."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow.compute as pc
import pytest

from regulars.simulate.brand import Brand, Effects
from regulars.simulate.formats import PROCESS, SECOND_VISIT, TICKET, preset, textbook
from regulars.simulate.history import History, simulate

BUSY = {"casual": 72, "hot_pot": 72, "tea": 120, "fast_food": 120, "retail": 72}


@pytest.fixture(scope="module", params=sorted(SECOND_VISIT))
def lived(request: pytest.FixtureRequest) -> History:
    return simulate(preset(request.param, orders_per_store_day=BUSY[request.param], seed=5))


def back(history: History, within: int, **where: str) -> tuple[float, int]:
    """The share of first-time households, farmers aside, back within so many days, and of how many."""
    table = history.truth.households
    table = table.filter(pc.invert(table["farmers"]))
    for column, value in where.items():
        table = table.filter(pc.equal(table[column], value))
    first = table["first_visit"].to_numpy().astype("datetime64[D]")
    second = table["second_visit"].to_numpy().astype("datetime64[D]")
    mature = first <= np.datetime64(history.brand.last_day) + history.brand.future_days - within
    came = ~np.isnat(second) & ((second - first) <= np.timedelta64(within, "D"))
    return float(came[mature].mean()), int(mature.sum())


@pytest.mark.slow
def test_newcomers_come_back_as_the_format_says(lived: History) -> None:
    shares = [back(lived, days)[0] for days in (30, 90, 365)]
    assert shares == pytest.approx(SECOND_VISIT[lived.brand.format], abs=0.02)


@pytest.mark.slow
def test_a_ticket_comes_to_what_the_format_says(lived: History) -> None:
    orders, name = lived.orders, lived.brand.format
    served = orders.filter(pc.not_equal(orders["channel"], "delivery"))
    assert pc.mean(served["net"]).as_py() / 100 == pytest.approx(TICKET[name], rel=0.12)
    if name == "casual":
        dines = orders.filter(pc.equal(orders["channel"], "dine_in"))
        assert pc.mean(dines["guests"]).as_py() == pytest.approx(2.5, abs=0.15)
        voucher = pc.sum(pc.fill_null(pc.equal(dines["offer"], "group_buy"), False)).as_py()
        assert voucher / len(dines) == pytest.approx(0.25, abs=0.02)


@pytest.mark.slow
def test_delivery_and_identification_have_their_shares(lived: History) -> None:
    brand, orders, known = lived.brand, lived.orders, lived.truth.orders["identified"]
    delivered = pc.mean(pc.equal(orders["channel"], "delivery").cast("float64")).as_py()
    assert delivered == pytest.approx(brand.delivery_share, abs=0.015)
    at = orders["ordered_at"].to_numpy()
    week = (at - at[0]).astype("timedelta64[D]").astype(int) // 7
    risen = week >= (brand.identity.rise_week or 0)
    share = known.to_numpy(zero_copy_only=False)
    assert share[~risen].mean() == pytest.approx(brand.identity.share_before, abs=0.05)
    assert share[risen].mean() == pytest.approx(brand.identity.share_after, abs=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("lived", ["casual"], indirect=True)
def test_each_source_of_newcomers_has_its_bubble(lived: History) -> None:
    """Not back within 180 days: natural 66, friend 55, platform 75, opening coupon 85 %."""
    wanted = {"passing": 0.66, "friend": 0.55, "platform": 0.75, "opening": 0.85}
    found = {source: 1 - back(lived, 180, source=source)[0] for source in wanted}
    assert found == pytest.approx(wanted, abs=0.04)
    assert 1 - back(lived, 180)[0] == pytest.approx(0.67, abs=0.02)


@pytest.mark.slow
def test_the_demo_is_as_large_as_it_is_said_to_be() -> None:
    history = simulate(preset())
    people = history.truth.orders["person_id"]
    known = history.truth.orders.filter(history.truth.orders["identified"])["person_id"]
    assert 245_000 < len(history.orders) < 275_000
    assert 95_000 < len(pc.unique(people)) < 165_000
    assert len(pc.unique(known)) / len(pc.unique(people)) == pytest.approx(0.5, abs=0.08)


@pytest.mark.parametrize("name", sorted(PROCESS))
def test_the_textbook_brand_follows_the_formula(name: str) -> None:
    """With drop-out also after visit 1: P(second visit within t) = b/(a+b) × (1 − (α/(α+t))^r)."""
    r, alpha, a, b = PROCESS[name]
    history = simulate(textbook(preset(name, orders_per_store_day=20, stores=3, seed=2)))
    for days in (30, 90, 365):
        share, size = back(history, days)
        # A visit on day 0.9 and one on day 30.2 are 30 dates apart: dates blur the window by half a day at most.
        low, high = (b / (a + b) * (1 - (alpha / (alpha + days + blur)) ** r) for blur in (-0.5, 0.5))
        error = 4 * (high * (1 - high) / size) ** 0.5
        assert low - error < share < high + error


def test_nobody_drops_out_after_the_first_visit_where_the_textbook_says_so() -> None:
    history = simulate(textbook(preset(orders_per_store_day=20, stores=2, seed=2), first_drop=0.0))
    r, alpha, _, _ = PROCESS["casual"]
    share, size = back(history, 365)
    expected = 1 - (alpha / (alpha + 365)) ** r
    assert share == pytest.approx(expected, abs=4 * (expected * (1 - expected) / size) ** 0.5 + 0.002)


def returned(history: History, **where: object) -> tuple[float, int]:
    """The share of visits of the history after which the household was seen again before the horizon."""
    orders, future = history.truth.orders, history.truth.future
    orders = orders.filter(pc.and_(orders["is_visit"], pc.is_null(orders["ring"])))
    last = orders.group_by("household_id").aggregate([("visit_number", "max")])
    final = np.zeros(int(pc.max(orders["household_id"]).as_py()) + 1, dtype=np.int64)
    final[last["household_id"].to_numpy()] = last["visit_number_max"].to_numpy()
    again = np.zeros(len(final) + int(pc.max(future["household_id"]).as_py() or 0) + 1, dtype=np.bool_)
    again[future["household_id"].to_numpy()] = True
    for column, value in where.items():
        test = pc.is_null(orders[column]) if value is None else pc.equal(orders[column], value)
        orders = orders.filter(test)
    who, number = orders["household_id"].to_numpy(), orders["visit_number"].to_numpy()
    came = (number < final[who]) | again[who]
    return float(came.mean()), len(came)


def planted(**effects: float) -> Brand:
    plain = textbook(preset(orders_per_store_day=90, seed=9, stores=3))
    return replace(plain, effects=replace(plain.effects, **effects))


@pytest.mark.slow
@pytest.mark.parametrize("size", [1.0, 0.6, 0.3])
def test_who_had_the_disliked_dish_returns_less_by_as_much_as_was_planted(size: float) -> None:
    history = simulate(planted(disliked_dish=size))
    having, many = returned(history, disliked_dish=True)
    others, _ = returned(history, disliked_dish=False)
    assert many > 3000
    assert having / others == pytest.approx(
        size, abs=4 * (having * (1 - having) / many) ** 0.5 / others + 0.01
    )


@pytest.mark.slow
def test_an_unmended_fault_costs_more_than_a_mended_one() -> None:
    usual = Effects()
    history = simulate(
        planted(
            unmended_return=usual.unmended_return,
            next_day_return=usual.next_day_return,
            table_return=usual.table_return,
            fault=0.3,
        )
    )
    fine, _ = returned(history, fault=None)
    ratios = {mended: returned(history, mended=mended)[0] / fine for mended in ("no", "next_day", "at_table")}
    assert ratios == pytest.approx({"no": 0.55, "next_day": 0.8, "at_table": 0.95}, abs=0.06)
