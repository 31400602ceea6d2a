"""What a history holds: sums that tie to the fen, days and stores that are open, identifiers whose story is known."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.core.refused import Refused
from regulars.simulate.brand import Brand
from regulars.simulate.formats import PRESETS, preset, small
from regulars.simulate.history import History, simulate
from regulars.simulate.seen import BLOCKED

SUMMED = ("gross", "discount", "comp", "net", "refunded")


@pytest.fixture(scope="module")
def history() -> History:
    return simulate(small(11))


def tied(history: History) -> None:
    """Every sum of a history agrees with every other."""
    orders, lines = history.orders.sort_by("order_no"), history.lines
    for name in (*SUMMED, "platform_subsidy", "commission"):
        assert orders[name].type == pa.int64()
        assert pc.min(orders[name]).as_py() >= 0
    of = (
        lines.group_by("order_no")
        .aggregate([("list_price", "sum"), ("paid_price", "sum")])
        .sort_by("order_no")
    )
    assert of["order_no"].to_pylist() == orders["order_no"].to_pylist()
    assert of["list_price_sum"].to_pylist() == orders["gross"].to_pylist()
    paid = pc.subtract(pc.subtract(orders["gross"], orders["discount"]), orders["comp"])
    assert of["paid_price_sum"].to_pylist() == paid.to_pylist()
    assert pc.min(lines["paid_price"]).as_py() >= 0
    assert pc.all(pc.less_equal(lines["paid_price"], lines["list_price"])).as_py()
    assert orders["net"].to_pylist() == pc.add(paid, orders["platform_subsidy"]).to_pylist()
    assert pc.all(pc.less_equal(orders["refunded"], paid)).as_py()


def test_lines_come_to_the_order_and_offers_to_the_fen(history: History) -> None:
    tied(history)


@settings(max_examples=8, deadline=None)
@given(
    name=st.sampled_from(sorted(PRESETS)),
    seed=st.integers(0, 2**31),
    stores=st.integers(1, 7),
    weeks=st.integers(1, 30),
    delivery=st.floats(0, 1),
)
def test_any_brand_ties(name: str, seed: int, stores: int, weeks: int, delivery: float) -> None:
    changes = {"stores": stores, "weeks": weeks, "delivery_share": delivery, "orders_per_store_day": 12.0}
    tied(simulate(small(seed, name, **changes)))


def test_the_till_rolls_are_what_the_orders_come_to(history: History) -> None:
    stands = history.orders.filter(pc.not_equal(history.orders["status"], "cancelled"))
    day = pc.cast(pc.subtract(stands["ordered_at"], pa.scalar(4 * 3600, pa.duration("s"))), pa.date32())
    keyed = stands.append_column("business_date", day)
    keys = [("business_date", "ascending"), ("store", "ascending")]
    wanted = (
        keyed.group_by(["store", "business_date"]).aggregate([(name, "sum") for name in SUMMED]).sort_by(keys)
    )
    totals = history.totals.sort_by(keys)
    assert totals["store"].to_pylist() == wanted["store"].to_pylist()
    assert totals["business_date"].to_pylist() == wanted["business_date"].to_pylist()
    for name in SUMMED:
        assert totals[name].to_pylist() == wanted[f"{name}_sum"].to_pylist()
    assert pc.sum(totals["orders"]).as_py() == len(stands)


def test_an_order_after_midnight_belongs_to_the_evening_before() -> None:
    history = simulate(small(3, "hot_pot", weeks=20))
    hour = pc.hour(history.orders["ordered_at"])
    late = history.orders.filter(pc.less(hour, 4))
    assert 0 < len(late) < 0.05 * len(history.orders)
    dates = pc.strftime(
        pc.cast(pc.subtract(late["ordered_at"], pa.scalar(86_400, pa.duration("s"))), pa.date32()), "%Y%m%d"
    )
    assert pc.utf8_slice_codeunits(late["order_no"], 4, 12).to_pylist() == dates.to_pylist()


def test_order_numbers_are_unique_and_orders_stand_in_order_of_time(history: History) -> None:
    assert len(pc.unique(history.orders["order_no"])) == len(history.orders)
    times = history.orders["ordered_at"].to_numpy().astype(np.int64)
    assert (np.diff(times) >= 0).all()


def test_a_history_ends_on_its_last_day_and_a_new_store_sells_nothing_before_it_opens(
    history: History,
) -> None:
    dates = history.totals["business_date"].to_pylist()
    assert max(dates) == history.brand.last_day
    assert min(dates) >= history.brand.last_day - timedelta(days=7 * history.brand.weeks - 1)
    opened = {s["store"]: s["opened_on"] for s in history.stores.to_pylist() if s["opened_on"]}
    assert len(opened) == 1
    for store, day in opened.items():
        sold = history.totals.filter(pc.equal(history.totals["store"], store))["business_date"].to_pylist()
        assert day <= min(sold) <= day + timedelta(days=6)


def test_staff_serve_only_where_and_while_they_work(history: History) -> None:
    works = {row["staff"]: row for row in history.staff.to_pylist()}
    shown = history.orders.select(["staff", "store", "order_no"]).slice(0, 5000).to_pylist()
    for row in shown:
        who, day = works[row["staff"]], date.fromisoformat(row["order_no"][4:12])
        assert who["store"] == row["store"]
        assert who["joined_on"] <= day < (who["left_on"] or date.max)


def test_every_identifier_on_an_order_has_its_story(history: History) -> None:
    orders, truth = history.orders, history.truth.orders
    shows = pc.or_(
        pc.or_(pc.is_valid(orders["member_card"]), pc.is_valid(orders["phone"])),
        pc.is_valid(orders["wallet_token"]),
    )
    assert shows.to_pylist() == pc.is_valid(truth["how"]).to_pylist()
    how = {row["values"] for row in pc.value_counts(truth["how"]).to_pylist()}
    assert how == {None, "plain", "mistyped", "blocked", "shop_device", "staff_farming"}
    guests = pc.is_in(truth["how"], pa.array(["plain", "mistyped"]))
    assert guests.to_pylist() == truth["identified"].to_pylist()


def test_blocked_values_and_shop_devices_are_labelled(history: History) -> None:
    how = history.truth.orders["how"]
    shops = pc.is_in(history.orders["phone"], pa.array([*BLOCKED, *history.stores["phone"].to_pylist()]))
    assert shops.to_pylist() == pc.fill_null(pc.equal(how, "blocked"), False).to_pylist()
    devices = pc.is_in(history.orders["wallet_token"], history.stores["device"].combine_chunks())
    assert devices.to_pylist() == pc.fill_null(pc.equal(how, "shop_device"), False).to_pylist()


def test_a_mistyped_phone_is_nearly_never_anybodys_number(history: History) -> None:
    how, phones = history.truth.orders["how"], history.orders["phone"]
    wrong = phones.filter(pc.equal(how, "mistyped")).to_pylist()
    right = set(phones.filter(pc.equal(how, "plain")).to_pylist())
    assert wrong
    assert len(set(wrong) & right) < 0.05 * len(wrong)


def test_members_are_the_people_who_showed_a_card_or_a_phone(history: History) -> None:
    members, truth = history.members, history.truth.members
    assert members["member_id"].to_pylist() == truth["member_id"].to_pylist()
    assert pc.all(pc.or_(pc.is_valid(members["phone"]), pc.is_valid(members["member_card"]))).as_py()
    people = history.truth.orders.filter(history.truth.orders["identified"])["person_id"]
    assert pc.all(pc.is_in(truth["person_id"].drop_null(), pc.unique(people))).as_py()
    kinds = {row["values"]: row["counts"] for row in pc.value_counts(truth["kind"]).to_pylist()}
    assert set(kinds) == {"member", "second_record", "farmer", "staff"}
    assert 0.02 < kinds["second_record"] / kinds["member"] < 0.12


def test_visits_point_at_orders_or_at_parties_that_left(history: History) -> None:
    visits = history.visits
    came = visits.filter(pc.is_valid(visits["seated_at"]))
    numbers = history.orders["visit_no"].drop_null()
    assert sorted(came["visit_no"].to_pylist()) == sorted(numbers.to_pylist())
    assert 0 < len(visits) - len(came) < 0.1 * len(visits)
    assert len(pc.unique(visits["visit_no"])) == len(visits)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"stores": 0}, "needs a store"),
        ({"stores": 100}, "at most 99"),
        ({"last_day": date(2012, 1, 1)}, "choose another last day"),
        ({"sources": ()}, "sources are given for"),
        ({"stores": 1, "weeks": 1, "orders_per_store_day": 0.001, "warm_up_weeks": 0}, "nobody came"),
    ],
)
def test_a_brand_that_cannot_be_lived_through_is_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(Refused, match=said):
        simulate(preset("casual", **changes))


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(Refused, match="write one of casual, hot_pot, tea, fast_food, retail"):
        preset("sushi")
    with pytest.raises(Refused, match="there is no format sushi"):
        simulate(Brand(format="sushi"))
