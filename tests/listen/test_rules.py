"""What words speak of, who is drawn, and when a guest is written to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.listen.rules import asking, words


@pytest.mark.parametrize(
    ("text", "field", "theme"),
    [
        ("the tomato soup is too sweet", "taste", "too_sweet"),
        ("汤咸的要命", "taste", "too_salty"),
        ("送的太慢了，等了近两个小时", "waiting", "slow"),
        ("we waited an hour", "waiting", "slow"),
        ("But the staff was so horrible to us.", "manner", "rude"),
        ("店员态度很差", "manner", "rude"),
        ("单加的青菜里有根头发", "hygiene", "foreign_object"),
        ("overpriced", "price", "expensive"),
        ("too loud to talk", "place", "noisy"),
        ("环境不错", "place", ""),
        ("not slow at all", "", ""),
        ("不贵", "", ""),
        ("dragons", "", ""),
        ("", "", ""),
    ],
)
def test_words_speak_of_a_field_and_a_theme(text: str, field: str, theme: str) -> None:
    heard = words.heard(text)
    assert (heard.field, heard.theme) == (field, theme)
    assert heard.safety == (theme in words.SAFETY)


def test_safety_wins_over_everything_else() -> None:
    assert words.heard("味道很好吃,很好吃,很好吃,但是吃完拉肚子").safety


def test_a_field_that_was_given_only_looks_for_its_theme() -> None:
    assert words.heard("too sweet and too slow", "waiting") == words.Heard("waiting", "slow")
    assert words.heard("nothing known", "price") == words.Heard("price", "")


@given(st.text(max_size=300))
def test_any_text_is_heard_without_harm(text: str) -> None:
    heard = words.heard(text)
    assert heard.field in ("", *words.FIELDS)
    assert not (heard.theme and not heard.field)


def test_a_short_name_is_no_dish_in_a_sentence() -> None:
    names = {"P1": "饭", "P2": "Pho", "P3": "Cola", "P4": "cola light"}
    assert words.product_in("吃饭了, pho, chocolate", names) == ""
    assert words.product_in("my COLA LIGHT was warm", names) == "P4"


def test_one_in_five_is_drawn_and_the_same_one_each_time() -> None:
    salt = b"salt"
    drawn = [asking.drawn(salt, f"till {each}") for each in range(20_000)]
    assert drawn == [asking.drawn(salt, f"till {each}") for each in range(20_000)]
    assert abs(sum(drawn) - 4000) < 4 * (20_000 * 0.2 * 0.8) ** 0.5
    other = [asking.drawn(b"other", f"till {each}") for each in range(20_000)]
    both = sum(a and b for a, b in zip(drawn, other, strict=True))
    assert abs(both - 800) < 4 * (20_000 * 0.04 * 0.96) ** 0.5


def test_which_question_is_asked_does_not_hang_on_whether_one_is() -> None:
    keys = [f"till {each}" for each in range(20_000) if asking.drawn(b"s", f"till {each}")]
    first = sum(asking.pick(b"s", key, ("a", "b")) == "a" for key in keys)
    assert abs(first - len(keys) / 2) < 4 * (len(keys) / 4) ** 0.5


INSTANTS = st.integers(0, 2 * 365 * 1440).map(
    lambda minute: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
)
ZONES = st.sampled_from(["Asia/Shanghai", "Europe/London", "America/New_York"])


@given(INSTANTS, st.timedeltas(timedelta(0), timedelta(days=10)), ZONES)
def test_a_guest_is_written_to_at_half_past_ten_never_on_the_day_of_the_visit(
    visited: datetime, later: timedelta, zone: str
) -> None:
    at = asking.writing_at(visited, visited + later, zone)
    there = at.astimezone(ZoneInfo(zone))
    assert (there.hour, there.minute) == (10, 30)
    assert there.date() > visited.astimezone(ZoneInfo(zone)).date()
    assert (
        visited + later
        <= at
        <= max(visited + later, visited + timedelta(days=1)) + timedelta(days=1, hours=12)
    )


@pytest.mark.parametrize(
    ("minutes", "level"), [(0, "shift_lead"), (20, "manager"), (39, "manager"), (40, "operator")]
)
def test_a_clock_that_ran_out_climbs(minutes: int, level: str) -> None:
    at = datetime(2026, 11, 16, 11, 25, tzinfo=UTC)
    assert asking.climbed_to(at + asking.BEFORE_THE_BILL, at + timedelta(minutes=minutes)) == level
