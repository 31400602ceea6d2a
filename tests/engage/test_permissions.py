"""Taps of permission: one pays for one message, whatever is asked in whatever order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from benchmarks._far_ends import Gateway, listening
from regulars.core.refused import Refused
from regulars.engage.actions import sending
from regulars.engage.actions.permissions import give_back, give_permission, left, spend
from regulars.engage.models import Message, Permission
from tests.engage.guests import KINDS, NOON, address_hash, guest, let_out, states, write

HASH = address_hash(1, KINDS["mini_program"])


def tap(key: str, number: int = 1) -> Permission:
    return give_permission(
        address_hash=address_hash(number, KINDS["mini_program"]), template="visit", key=key, now=NOON
    )


@pytest.fixture(autouse=True)
def rested() -> None:
    sending._resting.clear()


@pytest.mark.django_db
def test_one_tap_of_permission_is_one_message() -> None:
    """Workflow B3; what is written without a tap goes another way or is spared."""
    guest(1, ("mini_program", "sms"))
    tap("a")
    for key in ("first", "second"):
        write(1, key=f"test|{key}", channels=("mini_program", "sms"))
    assert set(states().values()) == {"waiting"}
    sending.run(now=NOON, still=lambda: True)
    assert states() == {
        "test|first": "sent",
        "test|second": "spared no_permission",
        "test|second|sms": "sent",
    }
    assert left([HASH], "visit") == {}


@pytest.mark.django_db
def test_the_same_tap_told_twice_is_one_and_its_key_is_nobody_elses() -> None:
    assert tap("a").pk == tap("a").pk
    with pytest.raises(Refused, match="used for another tap"):
        tap("a", number=2)
    with pytest.raises(Refused, match="has a template"):
        give_permission(address_hash=HASH, template="", key="b", now=NOON)
    assert left([HASH], "visit") == {HASH: 1}


@pytest.mark.django_db
def test_a_message_that_must_be_tried_again_spends_no_second_tap() -> None:
    with listening(Gateway()) as gateway:
        let_out("mini_program", address=gateway.address, token=gateway.token)
        guest(1, ("mini_program",))
        tap("a")
        tap("b")
        write(1)
        gateway.status = lambda _body: 503
        sending.run(now=NOON, still=lambda: True)
        assert (states(), left([HASH], "visit")) == ({"test|1": "waiting"}, {HASH: 1})
        gateway.status = lambda _body: 202
        sending.run(now=NOON + timedelta(minutes=2), still=lambda: True)
        assert (states(), left([HASH], "visit")) == ({"test|1": "sent"}, {HASH: 1})
        assert gateway.taken["test|1"]["template"] == "visit"


@pytest.mark.django_db
def test_a_tap_comes_back_when_the_message_is_spared_after_all() -> None:
    with listening(Gateway()) as gateway:
        let_out("mini_program", address=gateway.address, token=gateway.token)
        guest(1, ("mini_program",))
        tap("a")
        write(1)
        gateway.status = lambda _body: 503
        sending.run(now=NOON, still=lambda: True)
        assert left([HASH], "visit") == {}
        from tests.engage.guests import consent

        consent(1, "mini_program", state="withdrawn", at=NOON)
        sending.run(now=NOON + timedelta(minutes=2), still=lambda: True)
        assert (states(), left([HASH], "visit")) == ({"test|1": "spared unsubscribed"}, {HASH: 1})


class Ledger(RuleBasedStateMachine):
    """Taps given, spent and given back in any order: what is left is never below zero."""

    def __init__(self) -> None:
        super().__init__()
        Permission.objects.all().delete()
        Message.objects.all().delete()
        self.given: set[str] = set()
        self.holding: set[str] = set()

    def _message(self, name: str) -> Message:
        row, _made = Message.objects.get_or_create(
            key=name,
            defaults={
                "channel": "mini_program",
                "purpose": "service",
                "address_hash": HASH,
                "due_at": NOON,
            },
        )
        return row

    @rule(key=st.sampled_from("abcd"))
    def give(self, key: str) -> None:
        tap(key)
        self.given.add(key)

    @rule(name=st.sampled_from("123456"))
    def spend(self, name: str) -> None:
        could = name in self.holding or len(self.holding) < len(self.given)
        assert spend(message=self._message(name), template="visit") == could
        if could:
            self.holding.add(name)

    @rule(name=st.sampled_from("123456"))
    def give_back(self, name: str) -> None:
        assert give_back([self._message(name).pk]) == (name in self.holding)
        self.holding.discard(name)

    @invariant()
    def never_below_zero(self) -> None:
        remaining = len(self.given) - len(self.holding)
        assert remaining >= 0
        assert left([HASH], "visit").get(HASH, 0) == remaining
        used = list(Permission.objects.exclude(used_by=None).values_list("used_by__key", flat=True))
        assert sorted(used) == sorted(self.holding)


@pytest.mark.django_db
def test_the_ledger_is_never_below_zero() -> None:
    run_state_machine_as_test(
        Ledger, settings=settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    )
