"""Accounts on a real database: who is let in, who waits, and what the trail keeps of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from regulars.access import actions
from regulars.access.models import AuditEntry, LogInFailure, User
from regulars.brand.models import Store
from regulars.core.refused import Refused

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
GOOD = "plum-rain-teapot-41"
pytestmark = pytest.mark.django_db


def lin(role: str = "owner", **more: object) -> User:
    return actions.add_user(name="lin", role=role, password=GOOD, by=None, now=NOW, **more)  # type: ignore[arg-type]


def log_in(password: str, *, name: str = "lin", address: str = "10.0.0.9", after: int = 0) -> User:
    return actions.check_log_in(
        name=name, password=password, address=address, now=NOW + timedelta(seconds=after)
    )


def test_a_store_account_sees_its_own_stores_and_the_others_see_all() -> None:
    for code in ("S1", "S2", "S3"):
        Store.objects.create(code=code, name=code)
    assert lin("store", stores=["S1", "S3"]).stores_seen() == frozenset({"S1", "S3"})
    chen = actions.add_user(name="chen", role="analyst", password=GOOD, by=None, now=NOW)
    assert chen.stores_seen() is None
    nobody = actions.add_user(name="mei", role="store", password=GOOD, by=None, now=NOW)
    assert nobody.stores_seen() == frozenset()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"role": "king"}, "king is no role"),
        ({"role": "store", "stores": ["S9"]}, "no store has the code S9"),
        ({"role": "owner", "stores": ["S9"]}, "sees every store"),
        ({"password": "short"}, "too weak"),
        ({"password": "password123"}, "too weak"),
        ({"name": "a b"}, "cannot be an account's name"),
    ],
)
def test_an_account_that_cannot_be_is_refused_and_leaves_nothing(
    changed: dict[str, object], says: str
) -> None:
    wanted: dict[str, object] = {"name": "lin", "role": "owner", "password": GOOD, **changed}
    with pytest.raises(Refused, match=says):
        actions.add_user(by=None, now=NOW, **wanted)  # type: ignore[arg-type]
    assert not User.objects.exists()


def test_a_name_is_given_once() -> None:
    lin()
    with pytest.raises(Refused, match="already"):
        lin("analyst")


def test_the_right_password_opens_and_is_written_in_the_trail() -> None:
    user = lin()
    assert log_in(GOOD) == user
    assert [(entry.verb, entry.subject) for entry in AuditEntry.objects.all()] == [
        ("log in", "account lin"),
        ("add account", "account lin"),
    ]


def test_a_wrong_password_and_an_unknown_name_get_the_same_sentence() -> None:
    lin()
    said = []
    for name in ("lin", "nobody"):
        with pytest.raises(Refused) as refused:
            log_in("wrong", name=name, address=name)
        said.append(str(refused.value))
    assert said[0] == said[1]


def test_after_five_wrong_passwords_even_the_right_one_waits_and_then_opens() -> None:
    lin()
    for _ in range(5):
        with pytest.raises(Refused, match="do not go together"):
            log_in("wrong")
    with pytest.raises(Refused, match="try again in 15 seconds"):
        log_in(GOOD, after=1, address="10.0.0.10")  # from elsewhere too
    assert log_in(GOOD, after=16)
    assert not LogInFailure.objects.filter(kind="account").exists()


def test_an_address_that_tries_many_names_is_not_heard() -> None:
    lin()
    for each in range(30):
        with pytest.raises(Refused, match="do not go together"):
            log_in("wrong", name=f"guess{each}")
    with pytest.raises(Refused, match="too many"):
        log_in(GOOD)
    assert log_in(GOOD, address="10.0.0.10")


def test_failures_are_forgotten_after_a_day() -> None:
    with pytest.raises(Refused):
        log_in("wrong", name="someone")
    with pytest.raises(Refused):
        log_in("wrong", name="other", address="10.0.0.10", after=25 * 3600)
    assert set(LogInFailure.objects.values_list("key", flat=True)) == {"other", "10.0.0.10"}


def test_an_account_that_is_not_active_is_not_let_in_and_may_nothing() -> None:
    user = lin()
    user.is_active = False
    user.save()
    assert not user.may("see_figures")
    with pytest.raises(Refused):
        log_in(GOOD)


def test_a_new_password_replaces_the_demos_and_ends_the_wait() -> None:
    user = lin(demo_password=True)
    for _ in range(5):
        with pytest.raises(Refused):
            log_in("wrong")
    actions.set_password(name="lin", password="another-long-one-7", by=user, now=NOW)
    user.refresh_from_db()
    assert not user.demo_password
    assert log_in("another-long-one-7", after=1)
    with pytest.raises(Refused, match="no account named chen"):
        actions.set_password(name="chen", password=GOOD, by=user, now=NOW)


def test_the_trail_is_cut_to_what_it_can_hold_and_keeps_who() -> None:
    user = lin()
    entry = actions.note_look(user=user, subject="customer 17", at=NOW, detail="x" * 999)
    entry.refresh_from_db()
    assert (entry.user, entry.verb, entry.subject, len(entry.detail)) == (user, "look", "customer 17", 300)
