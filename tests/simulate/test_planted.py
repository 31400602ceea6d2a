"""Decoys and cheats: each is there at its size, is labelled, and is gone at size zero."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from regulars.simulate.brand import Brand, Decoys, Effects, Farming
from regulars.simulate.formats import preset, seen_clearly, small
from regulars.simulate.history import History, simulate
from regulars.simulate.premises import premises_of


@pytest.fixture(scope="module")
def history() -> History:
    return simulate(preset(orders_per_store_day=40, seed=21))


def test_every_parameter_stands_in_the_truth_with_its_size_and_its_day() -> None:
    brand = small(1)
    table = simulate(brand).truth.planted
    rows = {row["name"]: row for row in table.to_pylist()}
    assert rows["effects.disliked_dish"]["size"] == "0.6"
    assert rows["returning.never.2"]["size"] == "0.6"
    assert rows["decoys.rival_week"]["begins"] is not None
    assert rows["effects.fault"]["begins"] is None
    for part in (Effects(), Decoys(), Farming()):
        under = type(part).__name__.lower()
        for name in part.__dataclass_fields__:
            assert any(key == f"{under}.{name}" or key.startswith(f"{under}.{name}.") for key in rows)


def test_who_eats_noodles_returns_less_because_of_the_station(history: History) -> None:
    truth, lines = history.truth.orders, history.lines
    noodles = premises_of(history.brand).products["product"][premises_of(history.brand).noodles]
    ate = pc.is_in(
        truth["order_no"], lines.filter(pc.equal(lines["product"], noodles))["order_no"].combine_chunks()
    )
    orders = history.orders.append_column("ate", ate).append_column("household_id", truth["household_id"])
    orders = orders.append_column("number", truth["visit_number"])
    first = orders.filter(pc.and_(pc.equal(orders["number"], 1), pc.equal(orders["channel"], "dine_in")))
    households = history.truth.households
    back = households.filter(pc.is_valid(households["second_visit"]))["household_id"].combine_chunks()

    def share(table: pa.Table) -> float:
        return float(pc.mean(pc.is_in(table["household_id"], back).cast("float64")).as_py())

    eaters, others = first.filter(first["ate"]), first.filter(pc.invert(first["ate"]))
    assert share(eaters) < 0.8 * share(others), "the decoy is there"
    place = {row["store"]: row["place"] for row in history.stores.to_pylist()}
    station = [store for store, where in place.items() if where == "station"]
    alone = first.filter(pc.and_(pc.is_in(first["store"], pa.array(station)), pc.equal(first["guests"], 1)))
    with_it, without = alone.filter(alone["ate"]), alone.filter(pc.invert(alone["ate"]))
    assert 0.5 < len(with_it) / len(alone) < 0.7
    error = (0.25 / len(with_it) + 0.25 / len(without)) ** 0.5
    assert abs(share(with_it) - share(without)) < 4 * error, "the dish does nothing"


def stock(history: History, until: float) -> float:
    """The share of known people seen on two days or more, of the orders of the first part of the history."""
    orders, truth = history.orders, history.truth.orders
    count = int(until * len(orders))
    known = truth.slice(0, count).filter(truth["identified"].slice(0, count))
    seen = known.group_by("person_id").aggregate([("visit_number", "count_distinct")])[
        "visit_number_count_distinct"
    ]
    return float(pc.mean(pc.greater_equal(seen, 2).cast("float64")).as_py())


def test_the_stock_of_second_purchases_jumps_when_identification_does() -> None:
    plain = small(4, orders_per_store_day=20)
    steady = replace(plain, identity=replace(plain.identity, share_before=0.2, share_after=0.2))
    rising = replace(plain, identity=replace(plain.identity, share_before=0.2, share_after=0.6))
    one, other = simulate(steady), simulate(rising)
    assert one.truth.households.equals(other.truth.households), "nobody behaves differently"
    assert stock(other, 1.0) > stock(one, 1.0) + 0.05


def ratio_of_days(history: History, store: str, day: str, span: int) -> float:
    """Orders a day of a store in a festival week over those in the six weeks around it."""
    totals = history.totals.filter(pc.equal(history.totals["store"], store))
    since = (totals["business_date"].to_numpy().astype("datetime64[D]") - np.datetime64(day)).astype(int)
    orders = totals["orders"].to_numpy()
    inside = (since >= -1) & (since < span)
    around = (since >= -22) & (since < span + 21) & ~inside
    return float(orders[inside].mean() / orders[around].mean())


@pytest.mark.parametrize("day", ["2025-01-29", "2026-02-17"])
def test_spring_festival_moves_with_the_moon(history: History, day: str) -> None:
    place = {row["place"]: row["store"] for row in reversed(history.stores.to_pylist())}
    assert ratio_of_days(history, place["community"], day, 7) < 0.75
    assert ratio_of_days(history, place["station"], day, 7) > 1.1


def test_rings_share_a_wallet_and_use_many_phones(history: History) -> None:
    truth = history.truth
    farmers = truth.members.filter(pc.equal(truth.members["kind"], "farmer"))
    sizes = pc.value_counts(farmers["ring"]).field("counts").to_pylist()
    assert min(sizes) >= 5
    assert max(sizes) <= 60
    orders = history.orders.append_column("ring", truth.orders["ring"]).filter(
        pc.is_valid(truth.orders["ring"])
    )
    assert pc.unique(orders["offer"]).to_pylist() == ["newcomer_coupon"]
    wallets = orders.filter(pc.is_valid(orders["wallet_token"])).group_by("ring")
    assert (
        pc.max(wallets.aggregate([("wallet_token", "count_distinct")])["wallet_token_count_distinct"]).as_py()
        == 1
    )
    members = pc.sum(pc.equal(truth.members["kind"], "member")).as_py()
    assert 0.015 < len(farmers) / members < 0.06


def test_staff_collect_points_on_orders_of_their_own_store_only(history: History) -> None:
    mine = pc.equal(history.truth.orders["how"], "staff_farming")
    orders = history.orders.filter(mine)
    assert len(pc.unique(orders["store"])) == 1
    by_card = orders.group_by("member_card").aggregate([("staff", "count_distinct"), ("staff", "count")])
    assert pc.max(by_card["staff_count_distinct"]).as_py() == 1
    assert pc.max(by_card["staff_count"]).as_py() > 20
    staff = history.truth.members.filter(pc.equal(history.truth.members["kind"], "staff"))
    assert len(staff) == len(by_card)


def test_fans_get_more_given_free(history: History) -> None:
    reason = history.orders["comp_reason"]
    fans = pc.greater_equal(history.truth.orders["visit_number"], 5)
    given = pc.fill_null(pc.equal(reason, "regular"), False)
    assert pc.sum(given).as_py() > 50
    assert pc.all(fans.filter(given)).as_py()


def test_prices_rise_on_their_day(history: History) -> None:
    rows = {row["name"]: row for row in history.truth.planted.to_pylist()}
    begins = rows["decoys.price_rise_week"]["begins"].strftime("%Y%m%d")
    later = pc.greater_equal(pc.utf8_slice_codeunits(history.lines["order_no"], 4, 12), begins)
    unit = pc.divide(history.lines["list_price"], history.lines["quantity"])
    lines = history.lines.append_column("unit", unit).append_column("later", later)
    prices = lines.group_by(["product", "later"]).aggregate([("unit", "count_distinct"), ("unit", "mean")])
    assert pc.max(prices["unit_count_distinct"]).as_py() == 1
    before = pc.mean(prices.filter(pc.invert(prices["later"]))["unit_mean"]).as_py()
    after = pc.mean(prices.filter(prices["later"])["unit_mean"]).as_py()
    assert after / before == pytest.approx(1.05, abs=0.01)


def test_nothing_planted_leaves_nothing() -> None:
    brand: Brand = replace(
        seen_clearly(small(6)),
        decoys=Decoys(0.0, None, rival_week=None, price_rise_week=None, comp_for_fans=0.0),
        effects=Effects(fault=0.0, dish_share=0.0),
    )
    history = simulate(brand)
    truth = history.truth
    assert not pc.any(truth.households["farmers"]).as_py()
    assert pc.unique(truth.members["kind"]).to_pylist() == ["member"]
    assert pc.unique(truth.orders["how"]).to_pylist() == ["plain"]
    assert truth.orders["fault"].null_count == len(truth.orders)
    assert not pc.any(truth.orders["disliked_dish"]).as_py()
    assert not pc.any(truth.orders["shared"]).as_py()
    assert set(pc.unique(history.orders["comp_reason"]).to_pylist()) <= {None, "birthday", "manager"}


def test_seen_clearly_every_person_has_identifiers_of_their_own() -> None:
    history = simulate(seen_clearly(small(6)))
    people = history.truth.orders["person_id"]
    for name in ("member_card", "phone", "wallet_token"):
        pairs = pa.table({"shown": history.orders[name], "person": people}).filter(
            pc.is_valid(history.orders[name])
        )
        of = pairs.group_by("shown").aggregate([("person", "count_distinct")])["person_count_distinct"]
        assert pc.max(of).as_py() == 1
