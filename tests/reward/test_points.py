"""The points book: earned once, reversed on refunds, spent by whoever has them, and always in balance."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from regulars.core.refused import Refused
from regulars.reward import actions
from regulars.reward.models import Account, PointsEntry
from regulars.reward.rules.points import may_see, points_of
from tests.reward.cast import HEAD, NOW, account, begin, earn, merge, sold, split

pytestmark = pytest.mark.django_db(transaction=True)


def spend(customer: int, points: int, key: str = "k") -> list[PointsEntry]:
    return actions.redeem(customer=customer, points=points, benefit="tea", key=key, now=NOW)


@pytest.mark.parametrize(
    ("kept", "unit", "per_unit", "points"),
    [(12_345, 100, 1, 123), (99, 100, 1, 0), (-500, 100, 1, 0), (12_345, 1, 2, 24_690), (5_000, 1000, 3, 15)],
)
def test_whole_units_earn(kept: int, unit: int, per_unit: int, points: int) -> None:
    assert points_of(kept, unit=unit, per_unit=per_unit) == points


def test_without_a_programme_nobody_earns() -> None:
    assert earn(sold("1", 1, 80)) == 0
    assert PointsEntry.objects.count() == 0


def test_an_order_earns_once_however_often_it_is_booked() -> None:
    begin(1)
    assert [earn(sold("1", 1, 80)) for _ in range(3)] == [1, 0, 0]
    assert account(1) == (80, 0)


def test_orders_before_the_programme_and_of_nobody_earn_nothing() -> None:
    begin(1)
    assert earn(sold("1", 1, 80, starts=date(2025, 12, 31)), sold("2", None, 80)) == 0


def test_a_newer_version_books_only_the_difference_and_an_older_one_nothing() -> None:
    begin(1)
    earn(sold("1", 1, 80))
    earn(sold("1", 1, 100, version=3))
    earn(sold("1", 1, 10, version=2))
    assert account(1) == (100, 0)
    assert list(PointsEntry.objects.order_by("pk").values_list("key", "amount")) == [
        ("order|till|1|1", 80),
        ("order|till|1|3", 20),
    ]


def test_an_order_that_turns_out_to_be_anothers_moves_with_its_next_version() -> None:
    begin(1, 2)
    earn(sold("1", 1, 80))
    earn(sold("1", 2, 90, version=2))
    assert (account(1), account(2)) == ((0, 0), (90, 0))


def test_several_versions_in_one_call_are_booked_in_turn() -> None:
    begin(1)
    earn(sold("1", 1, 80), sold("1", 1, 50, version=2), sold("1", 1, 60, version=3))
    assert account(1) == (60, 0)


def test_a_refund_takes_back_what_is_left_and_the_rest_is_owed_and_paid_first() -> None:
    begin(1)
    earn(sold("1", 1, 80))
    spend(1, 60)
    actions.reverse(source="till", order_id="1", version=2, head=HEAD, now=NOW)
    assert account(1) == (0, 60)
    with pytest.raises(Refused):
        spend(1, 1, key="more")
    earn(sold("2", 1, 100))
    assert account(1) == (40, 0)
    kinds = list(PointsEntry.objects.order_by("pk").values_list("kind", "amount"))
    assert kinds == [
        ("earn", 80),
        ("spend", -60),
        ("reverse", -20),
        ("owe", -60),
        ("repay", 60),
        ("earn", 40),
    ]
    assert actions.differences() == {}


def test_a_refund_of_a_refund_gives_it_back() -> None:
    begin(1)
    earn(sold("1", 1, 80))
    spend(1, 60)
    earn(sold("1", 1, 0, version=2), sold("1", 1, 80, version=3))
    assert account(1) == (20, 0)
    assert actions.differences() == {}


def test_the_soonest_to_expire_is_spent_first_and_what_is_left_expires() -> None:
    begin(1, expires_after=100)
    earn(sold("young", 1, 30, days_ago=10), sold("old", 1, 50, days_ago=90))
    assert actions.balance(1).expiring == 50
    spend(1, 20)
    assert actions.next_due(now=NOW) == NOW + timedelta(days=10)
    later = NOW + timedelta(days=11)
    assert actions.run_due(now=later, still=lambda: True) == 1
    assert account(1) == (30, 0)
    assert actions.run_due(now=later, still=lambda: True) == 0
    assert actions.differences() == {}


def test_a_spending_is_done_once_by_its_key() -> None:
    begin(1)
    earn(sold("1", 1, 80))
    assert [entry.pk for entry in spend(1, 30)] == [entry.pk for entry in spend(1, 30)]
    assert account(1) == (50, 0)
    with pytest.raises(Refused):
        spend(1, 31)


def test_merged_customers_spend_from_every_number_and_a_split_leaves_each_its_own() -> None:
    begin(1, 2)
    earn(sold("1", 1, 30), sold("2", 2, 50))
    merge(2, into=1)
    assert actions.balance(2).points == actions.balance(1).points == 80
    spend(2, 60)
    assert (account(1), account(2)) == ((0, 0), (20, 0))
    assert [entry.amount for entry in actions.statement([1, 2])] == [-30, -30, 50, 30]
    split(2)
    assert (actions.balance(1).points, actions.balance(2).points) == (0, 20)


def test_what_one_number_owes_another_cannot_spend() -> None:
    begin(1, 2)
    earn(sold("1", 1, 80), sold("2", 2, 100))
    spend(1, 80)
    actions.reverse(source="till", order_id="1", version=2, head=HEAD, now=NOW)
    merge(2, into=1)
    assert actions.balance(1).points == 20
    with pytest.raises(Refused):
        spend(1, 21, key="more")
    earn(sold("3", 2, 100))  # paid first: what the other number owes
    assert account(1) == (20, 0)


def test_points_are_shown_to_a_guest_when_they_buy_something() -> None:
    begin(1)
    earn(sold("1", 1, 49))
    assert not actions.balance(1).visible
    earn(sold("2", 1, 1))
    assert actions.balance(1).visible
    assert (may_see(0, 1), may_see(1, 1)) == (False, True)


def test_a_present_is_given_once_and_pays_what_is_owed_first() -> None:
    begin(1)
    earn(sold("1", 1, 10))
    spend(1, 10)
    actions.reverse(source="till", order_id="1", version=2, head=HEAD, now=NOW)
    for _ in range(2):
        actions.present(customer=1, points=25, key="sorry", now=NOW)
    assert account(1) == (15, 0)


def test_a_long_history_is_booked_in_short_transactions_and_balances() -> None:
    begin(*range(1, 41))
    orders = [sold(str(n), n % 40 + 1, n % 90, days_ago=n % 200) for n in range(1200)]
    earn(*orders)
    worth = sum(points_of(order.kept, unit=100, per_unit=1) for order in orders)
    assert sum(row.balance for row in Account.objects.all()) == worth
    assert actions.differences() == {}


def test_a_book_that_was_tampered_with_is_found_out() -> None:
    begin(1, 2)
    earn(sold("1", 1, 80), sold("2", 2, 80))
    Account.objects.filter(customer=2).update(balance=81)
    assert actions.differences() == {2: (1, 0)}
