"""The table of permissions says what the design says, and a wait grows without ever passing its limit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.access import rules

PERSONAL = ("see_personal", "see_rejected")


def test_the_owner_may_everything_and_the_operator_everything_but_accounts() -> None:
    refused = {role: {v for v in rules.VERBS if not rules.may(role, v)} for role in ("owner", "operator")}
    assert refused == {"owner": set(), "operator": {"change_accounts"}}


@pytest.mark.parametrize("verb", [*PERSONAL, "import", "change_brand", "see_trail", "change_accounts"])
def test_an_analyst_sees_figures_and_nobody(verb: str) -> None:
    assert rules.may("analyst", "see_customers")
    assert rules.may("analyst", "export_customers")
    assert not rules.may("analyst", verb)


@pytest.mark.parametrize(
    "verb", ["import", "see_imports", "see_rejected", "export_figures", "export_customers"]
)
def test_a_store_knows_its_guests_and_takes_nothing_away(verb: str) -> None:
    assert rules.may("store", "see_personal")
    assert not rules.may("store", verb)
    assert not rules.sees_every_store("store")


def test_a_role_that_is_not_known_may_nothing_and_a_verb_that_is_not_known_is_a_slip() -> None:
    assert not any(rules.may("intern", verb) for verb in rules.VERBS)
    assert not rules.sees_every_store("intern")
    with pytest.raises(KeyError):
        rules.may("owner", "see_everything")


@given(st.sampled_from(["account", "address"]), st.integers(0, 10_000))
def test_a_wait_never_shrinks_with_another_failure(kind: str, failures: int) -> None:
    assert rules.wait(kind, failures) <= rules.wait(kind, failures + 1) <= rules.LONGEST_WAIT


def test_the_first_five_tries_of_an_account_are_free() -> None:
    assert [rules.wait("account", n).total_seconds() for n in (0, 4, 5, 6, 7, 99)] == [0, 0, 15, 30, 60, 900]
    assert rules.wait("address", 29) == timedelta(0)


def test_masking_tells_that_there_is_something_and_no_more() -> None:
    assert rules.masked("") == ""
    assert rules.masked("王小明") == rules.masked("13812345678")
