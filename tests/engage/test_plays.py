"""A play from draft to end, and what is said before it starts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from regulars.core.refused import Refused
from regulars.engage.actions.limits import limits
from regulars.engage.actions.outlook import outlook, preview, tried
from regulars.engage.actions.plays import approve, change, end, make_ready, resume, start, step_of, stop
from regulars.engage.models import Entry, Message, Play, Touch
from regulars.engage.rules.ready import READY
from regulars.know.models import CustomerState
from tests.engage import guests
from tests.engage.newcomers import DUE_DAY, HEAD, NOW, ON_DAY, TODAY, WRITE, newcomer, play, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("landed")]


def test_above_a_cost_a_second_person_agrees_and_not_the_same() -> None:
    dear = play(running=False, cost=limits().agree_above + 1)
    assert start(play=dear, by="ann", now=NOW).state == "proposed"
    with pytest.raises(Refused, match="somebody else"):
        approve(play=dear, by="ann", now=NOW)
    assert approve(play=dear, by="bob", now=NOW).state == "running"
    assert (dear.approved_by, dear.started_at) == ("bob", NOW)


def test_who_changed_a_proposed_play_asks_anew() -> None:
    dear = play(running=False, cost=limits().agree_above + 1)
    start(play=dear, by="ann", now=NOW)
    change(play=dear, by="bob", cost=limits().agree_above + 2)
    assert dear.state == "draft"
    start(play=dear, by="bob", now=NOW)
    with pytest.raises(Refused):
        approve(play=dear, by="bob", now=NOW)


def test_a_play_read_before_it_became_dear_or_started_is_not_slipped_past_the_second_person() -> None:
    cheap = play(running=False)
    stale, late = Play.objects.get(pk=cheap.pk), Play.objects.get(pk=cheap.pk)
    change(play=cheap, by="ann", cost=limits().agree_above + 1)
    assert start(play=stale, by="ann", now=NOW).state == "proposed"
    approve(play=stale, by="bob", now=NOW)
    with pytest.raises(Refused, match="has started"):
        change(play=late, by="ann", cost=0)
    cheap.refresh_from_db()
    assert (cheap.state, cheap.cost) == ("running", limits().agree_above + 1)


def test_at_the_limit_one_person_is_enough() -> None:
    assert play(cost=limits().agree_above).state == "running"


def test_a_play_moves_only_on_from_where_it_is() -> None:
    of = play()
    with pytest.raises(Refused, match="already"):
        start(play=of, by="ann", now=NOW)
    with pytest.raises(Refused):
        resume(play=of)
    with pytest.raises(Refused):
        change(play=of, by="ann", title="other")
    assert resume(play=stop(play=of)).state == "running"
    assert end(play=of, now=NOW).state == "ended"
    with pytest.raises(Refused):
        resume(play=of)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"audience": "visits = 1"}, "cannot be read"),
        ({"audience": "visit == 1"}, "nothing is called visit"),
        ({"title": " "}, "title"),
        ({"steps": []}, "step"),
        ({"steps": [{"step": "dance"}]}, "no known kind"),
        ({"steps": [{"step": "message"}]}, "words"),
        ({"steps": [{"step": "message", "body_en": "{{ 1 + 1 }}"}]}, r"\+"),
        ({"steps": [{"step": "wait", "until": "time"}]}, "time of day"),
        ({"steps": [{"step": "wait", "until": "time", "at": "25:00"}]}, "25:00"),
        ({"steps": [{"step": "wait", "days": "soon"}]}, "is a number"),
        ({"steps": [{"step": "leave", "when": "visits >"}]}, "cannot be read"),
        ({"steps": [{"step": "split", "share": 2}]}, "between 0 and 1"),
        ({"treated_share": 0.99}, "one person in twenty"),
        ({"gain": 0.0}, "gain"),
        ({"outcome_days": 0}, "1 to 365"),
        ({"purpose": "spam"}, "spam"),
    ],
)
def test_what_cannot_work_is_refused_before_it_starts(wrong: dict[str, Any], why: str) -> None:
    of = play(running=False)
    with pytest.raises(Refused, match=why):
        change(play=of, by="ann", **wrong)


def test_a_step_out_of_a_form_keeps_its_fields() -> None:
    assert step_of({"step": "wait", "until": "time", "at": "10:30", "days": "", "csrf": "x"}) == {
        "step": "wait", "until": "time", "days": 0, "at": "10:30",
    }  # fmt: skip


def test_the_plays_that_come_with_regulars_start_as_they_are() -> None:
    for name in READY:
        made = make_ready(ready=name, by="ann", now=NOW)
        assert start(play=made, by="ann", now=NOW).state == "running"
    assert make_ready(ready="second-visit", by="ann", now=NOW).name == "second-visit-2"
    with pytest.raises(Refused):
        make_ready(ready="third", by="ann", now=NOW)


def history(due: int, back: int) -> None:
    """Newcomers of half a year ago who had not come back by their day, some of whom came in the month after it."""
    first = TODAY - timedelta(days=180)
    for n in range(due):
        came = first + timedelta(days=DUE_DAY + 10) if n < back else None
        state(50_000 + n, first, visits=1 if came is None else 2, last=came, second=came)


def test_before_a_start_it_says_in_how_many_weeks_which_gain_can_be_known() -> None:
    history(100, 13)
    state(60_000, TODAY - timedelta(days=180), visits=2, second=TODAY - timedelta(days=170), last=TODAY)
    for number in range(1, 31):
        newcomer(number)
    guests.guest(31, (), purposes=())
    state(31, TODAY - timedelta(days=DUE_DAY))
    said = outlook(play(running=False), head=HEAD, now=NOW)
    assert (said.entering, said.spared) == (30, {"no_address": 1})
    assert said.before is not None
    assert (said.before.people, said.before.back, said.before.share) == (100, 13, 0.13)
    assert said.people == 4324
    assert said.weeks == 149  # 4324 at 30 a week, and 30 days for the last
    assert (Entry.objects.count(), Touch.objects.count(), Message.objects.count()) == (0, 0, 0)


def test_a_journey_tried_on_history_tells_who_came_untouched() -> None:
    history(40, 4)
    weeks = tried(play(running=False), head=HEAD)
    assert weeks is not None
    [(begins, due, back)] = weeks.weeks
    assert (due, back) == (40, 4)
    assert begins == TODAY - timedelta(days=180 - DUE_DAY) - timedelta(
        days=(TODAY - timedelta(days=146)).weekday()
    )


def test_too_little_history_tells_nothing() -> None:
    history(29, 4)
    said = outlook(play(running=False), head=HEAD, now=NOW)
    assert (said.people, said.weeks) == (None, None)


def test_a_play_of_regulars_has_no_history_of_newcomers() -> None:
    of = play({"step": "wait", "until": "rhythm"}, WRITE, running=False, newcomers_only=False)
    assert tried(of, head=HEAD) is None


def test_with_a_moved_clock_one_person_sees_each_step_and_its_words() -> None:
    newcomer(1, days_late=-3, name="Ann")
    time = {"step": "wait", "until": "time", "at": "10:30"}
    of = play(ON_DAY, time, WRITE | {"body_zh": "{{ name }}，欢迎"}, running=False)
    stops = preview(of, customer=1, head=HEAD, now=NOW)
    day = NOW + timedelta(days=3)
    assert [stop.step for stop in stops] == ["wait", "wait", "message"]
    assert stops[0].due_at == (day - timedelta(days=1)).replace(hour=16)  # midnight in Shanghai
    assert stops[2].due_at == day.replace(hour=2, minute=30)
    assert stops[2].body == "Ann，欢迎"
    assert not Message.objects.exists()
    assert CustomerState.objects.filter(customer=1).exists()
