"""Whatever happens in whatever order, the books balance at every point."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from regulars.core.refused import Refused
from regulars.identify.models import Customer
from regulars.reward import actions
from regulars.reward.actions import Sold
from regulars.reward.models import Account, Lot, PointsEntry
from tests.reward.cast import HEAD, NOW, begin, merge, split

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PEOPLE = st.integers(1, 3)
ORDERS = st.integers(1, 4)
YUAN = st.integers(0, 60)


class Shop(RuleBasedStateMachine):
    """Orders in versions, refunds, spending, time that passes, and customers that merge and part again."""

    def __init__(self) -> None:
        super().__init__()
        for model in (Lot, PointsEntry, Account, Customer):
            model.objects.all().delete()
        begin(1, 2, 3, expires_after=30)
        self.now = NOW
        self.versions: dict[int, int] = {}
        self.worth: dict[int, int] = {}
        self.spendings = 0

    def _book(self, order: int, customer: int | None, yuan: int) -> None:
        self.versions[order] = self.versions.get(order, 0) + 1
        self.worth[order] = yuan if customer else 0
        made = Sold("till", str(order), self.versions[order], customer, yuan * 100, self.now.date(), self.now)
        actions.earn(orders=[made], head=HEAD, now=self.now)
        assert actions.earn(orders=[made], head=HEAD, now=self.now) == 0

    @rule(order=ORDERS, customer=PEOPLE, yuan=YUAN)
    def sell(self, order: int, customer: int, yuan: int) -> None:
        self._book(order, customer, yuan)

    @rule(order=ORDERS)
    def refund(self, order: int) -> None:
        self._book(order, None, 0)

    @rule(customer=PEOPLE, points=st.integers(1, 60))
    def spend(self, customer: int, points: int) -> None:
        self.spendings += 1
        before = actions.balance(customer).points
        try:
            actions.redeem(
                customer=customer, points=points, benefit="tea", key=str(self.spendings), now=self.now
            )
        except Refused:
            assert points > before
        else:
            assert points <= before
            assert actions.balance(customer).points == before - points

    @rule(days=st.integers(1, 20))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)
        actions.run_due(now=self.now, still=lambda: True)
        assert not Lot.objects.filter(left__gt=0, expires_at__lte=self.now).exists()

    @rule(alias=st.integers(2, 3))
    def merge(self, alias: int) -> None:
        merge(alias, into=1)

    @rule(alias=st.integers(2, 3))
    def part(self, alias: int) -> None:
        split(alias)

    @invariant()
    def balances(self) -> None:
        assert actions.differences() == {}
        assert all(actions.balance(number).points >= 0 for number in (1, 2, 3))

    @invariant()
    def each_order_is_worth_what_its_last_version_says(self) -> None:
        for order, worth in self.worth.items():
            rows = PointsEntry.objects.filter(order=f"till|{order}").values_list("amount", flat=True)
            assert sum(rows) == worth


def test_the_books_balance_whatever_happens() -> None:
    run_state_machine_as_test(
        Shop,
        settings=settings(
            max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
