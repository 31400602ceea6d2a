"""Coupons: given by their terms, used once, within their window; the step and the contract that give them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars import catalogue
from regulars.core.refused import Refused
from regulars.core.registry import load
from regulars.engage.step import Standing, made
from regulars.reward import actions
from regulars.reward.benefit import Benefit
from regulars.reward.models import Coupon
from regulars.reward.rules.coupons import Terms, may_give, may_use, takes_off
from regulars.reward.steps import Give
from tests.reward.cast import NOW, account, begin, kind, merge

SATURDAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("terms", "changed", "why"),
    [
        (Terms(), {}, ""),
        (Terms(), {"used": True}, "used"),
        (Terms(), {"now": NOW + timedelta(days=1)}, "over"),
        (Terms(weekdays="12345"), {}, "weekday"),
        (Terms(weekdays="67"), {}, ""),
        (Terms(stores=("B",)), {}, "store"),
        (Terms(stores=("B", "A")), {}, ""),
        (Terms(least=5001), {}, "least"),
        (Terms(least=5000), {}, ""),
    ],
)
def test_a_coupon_may_be_used_within_its_terms(terms: Terms, changed: dict[str, datetime], why: str) -> None:
    asked = {"used": False, "now": NOW, "ends_at": NOW + timedelta(days=1), "day": SATURDAY}
    assert may_use(terms, **(asked | changed), store_id="A", gross=5000) == why  # type: ignore[arg-type]


def test_as_many_are_given_as_there_are_and_as_one_may_have() -> None:
    assert may_give(Terms(most=3, each=2), given=2, had=1) == ""
    assert may_give(Terms(most=3, each=2), given=3, had=0) == "all_given"
    assert may_give(Terms(most=3, each=2), given=2, had=2) == "enough"


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.floats(0, 1))
def test_a_coupon_takes_off_no_more_than_the_order(gross: int, amount: int, share: float) -> None:
    assert 0 <= takes_off(Terms(amount=amount, share=share), gross) <= gross


def test_an_amount_or_a_share_is_taken_off() -> None:
    assert takes_off(Terms(amount=500), 8000) == takes_off(Terms(share=0.1), 5000) == 500
    assert takes_off(Terms(share=0.29), 100) == 29


def use(code: str, order: str, **changed: object) -> Coupon:
    asked = {"store_id": "A", "day": SATURDAY, "gross": 9000, "now": NOW} | changed
    return actions.use(code=code, source="till", order_id=order, **asked)  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
class TestTheDesk:
    def test_a_coupon_is_given_once_by_its_key_and_used_once(self) -> None:
        begin(1)
        kind("tea", amount=500, days=10)
        coupon, again = (actions.give(kind="tea", customer=1, key="entry 1", now=NOW) for _ in range(2))
        assert (coupon.pk, coupon.ends_at) == (again.pk, NOW + timedelta(days=10))
        assert use(coupon.code.lower(), "7").taken_off == 500
        assert use(coupon.code, "7").used_on == "till|7"
        with pytest.raises(Refused, match="was used"):
            use(coupon.code, "8")

    def test_merged_numbers_are_one_customer_to_a_coupon(self) -> None:
        begin(1, 2)
        kind("tea", amount=500)
        actions.give(kind="tea", customer=2, key="a", now=NOW)
        merge(2, into=1)
        with pytest.raises(Refused, match="had"):
            actions.give(kind="tea", customer=1, key="b", now=NOW)

    def test_what_is_not_there_and_not_allowed_is_refused_with_its_reason(self) -> None:
        begin(1)
        kind("tea", amount=500, weekdays="1", days=3)
        with pytest.raises(Refused, match="no coupon named"):
            actions.give(kind="coffee", customer=1, key="a", now=NOW)
        with pytest.raises(Refused, match="no coupon"):
            use("NONE", "7")
        code = actions.give(kind="tea", customer=1, key="a", now=NOW).code
        with pytest.raises(Refused, match="day of the week"):
            use(code, "7")
        with pytest.raises(Refused, match="ended"):
            use(code, "7", now=NOW + timedelta(days=3))

    def test_a_step_gives_each_once_and_lets_go_of_who_cannot_have_it(self) -> None:
        begin(1, 2)
        kind("tea", amount=500, most=1)
        step = made(Give, {"benefit": "coupon", "what": "tea"})
        step.check({})
        those = [Standing(key=f"play|{n}|0", play=None, entry=None, position=0, customer=n) for n in (1, 2)]
        first, second = step.do(those, NOW)
        assert first.facts["coupon"] == Coupon.objects.get().code
        assert (first.leave, second.leave) == ("", "no_benefit")
        assert step.do(those[:1], NOW)[0].facts == first.facts

    def test_a_step_gives_points_and_refuses_what_is_none(self) -> None:
        step = made(Give, {"benefit": "points", "what": "20"})
        with pytest.raises(Refused, match="programme"):
            step.check({})
        begin(1)
        step.check({})
        standing = Standing(key="play|1|0", play=None, entry=None, position=0, customer=1)
        for _ in range(2):
            assert step.do([standing], NOW)[0].facts == {"points": 20}
        assert account(1) == (20, 0)
        for bad in ({"benefit": "points", "what": "-1"}, {"benefit": "gold", "what": "1"}, {"what": "none"}):
            with pytest.raises(Refused):
                made(Give, bad).check({})

    def test_every_benefit_of_the_catalogue_keeps_the_contract(self) -> None:
        begin(1)
        kind("tea", amount=500)
        benefits: list[Benefit] = load(catalogue.BENEFITS)
        for benefit, what, most in zip(benefits, ("tea", "20"), (500, 0), strict=True):
            benefit.check(what)
            assert benefit.most(what) == most
            assert benefit.give(what, customer=1, key=f"k {benefit.name}", now=NOW)
            with pytest.raises(Refused):
                benefit.check("nothing of the kind")
