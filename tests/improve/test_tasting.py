"""What pairwise votes say, against the beta distribution."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from regulars.improve.rules.tasting import certainty, more_needed, tallies


def test_a8_six_of_eight_is_91_percent_sure() -> None:
    (told,) = tallies([("fan", "b")] * 6 + [("fan", "a")] * 2)
    assert (told.leads, told.wins, told.votes) == ("b", 6, 8)
    assert round(told.sure, 2) == 0.91
    assert told.more == 8
    assert certainty(12, 16) >= 0.975 > certainty(11, 15)


def test_a8_fans_and_ordinary_guests_are_never_pooled_unsaid() -> None:
    told = tallies([("fan", "b")] * 6 + [("fan", "a")] * 2 + [("guest", "a")] * 5 + [("raised", "b")])
    assert [(each.group, each.leads, each.votes) for each in told] == [
        ("fan", "b", 8),
        ("guest", "a", 5),
        ("raised", "b", 1),
    ]


@given(st.integers(0, 60), st.integers(0, 60))
def test_certainty_is_the_tail_of_the_beta_distribution(wins: int, losses: int) -> None:
    assert certainty(wins, wins + losses) == pytest.approx(beta.sf(0.5, wins + 1, losses + 1), abs=1e-12)


@given(st.integers(1, 40), st.integers(0, 20))
def test_so_many_more_are_enough_and_one_fewer_are_not(wins: int, losses: int) -> None:
    votes = wins + losses
    more = more_needed(wins, votes)
    if more is not None and more > 0:
        assert certainty(wins * (votes + more) // votes, votes + more) >= 0.975
        assert certainty(wins * (votes + more - 1) // votes, votes + more - 1) < 0.975


def test_a_level_vote_leads_nowhere() -> None:
    (told,) = tallies([("guest", "a"), ("guest", "b")])
    assert (told.leads, told.sure, told.more) == (None, 0.5, None)


def test_more_wins_than_votes_is_a_slip() -> None:
    with pytest.raises(ValueError, match="9 of 8"):
        certainty(9, 8)
