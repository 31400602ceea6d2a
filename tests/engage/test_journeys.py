"""From step to step: once each, at the right hour, never past a stop or an open complaint."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from regulars.engage.actions import journeys, next_due, run_due
from regulars.engage.actions.plays import end, resume, stop
from regulars.engage.actions.standing import steps_of
from regulars.engage.models import Entry, Message, Play, Touch
from regulars.engage.rules.arms import arm
from regulars.know.models import CustomerState
from tests.engage.newcomers import NOW, ON_DAY, TODAY, WRITE, newcomer, play

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("landed")]
ALL: dict[str, Any] = {"treated_share": 0.95}
TIME = {"step": "wait", "until": "time", "at": "10:30"}
LEAVE = {"step": "leave", "when": "visits >= 2", "why": "already_back"}
DAYS = {"step": "wait", "until": "days", "days": 3}


def treated(count: int = 1) -> list[int]:
    """So many newcomers who are due; the share makes almost all of them treated."""
    for number in range(1, count + 1):
        newcomer(number)
    return list(range(1, count + 1))


def run(at_days: float = 0.0, hours: float = 0.0) -> int:
    return run_due(now=NOW + timedelta(days=at_days, hours=hours), still=lambda: True)


def entry() -> Entry:
    return Entry.objects.get()


def force_treated(of: Play) -> Play:
    """The salt under which customer 1 is treated."""
    of.salt = next(str(n) for n in range(99) if arm(str(n), 1, of.treated_share) == "treated")
    of.save()
    return of


def test_a_person_goes_from_step_to_step_as_they_fall_due() -> None:
    treated()
    force_treated(play(ON_DAY, TIME, LEAVE, WRITE, DAYS, WRITE, **ALL))
    run()
    assert (entry().step, entry().due_at) == (1, (NOW + timedelta(days=1)).replace(hour=2, minute=30))
    assert Message.objects.count() == 0
    run(1)
    assert (entry().step, Message.objects.count()) == (4, 1)
    run(3.9)
    assert (entry().state, Message.objects.count()) == ("going", 1)
    run(4.1)
    assert (entry().state, Message.objects.count()) == ("done", 2)
    assert run(9) == 0


def test_what_is_next_due_is_the_step_or_the_next_entering() -> None:
    assert next_due(now=NOW) is None
    treated()
    of = play(ON_DAY, TIME, WRITE, **ALL)
    force_treated(of)
    assert next_due(now=NOW) == NOW  # a play that just started looks at once
    run()
    first, second = (
        (NOW + timedelta(hours=18)).replace(hour=22),
        (NOW + timedelta(days=1)).replace(hour=2, minute=30),
    )
    assert journeys.next_due(now=NOW) == first  # 06:00 in Shanghai, the next day
    run_due(now=first, still=lambda: True)
    assert journeys.next_due(now=first) == second
    stop(play=of)
    assert journeys.next_due(now=first) is None


def test_who_is_back_leaves_without_a_word() -> None:
    treated()
    force_treated(play(ON_DAY, TIME, LEAVE, WRITE, **ALL))
    run()
    CustomerState.objects.filter(customer=1).update(visit_days=2)
    run(1)
    assert (entry().state, entry().why, Message.objects.count()) == ("left", "already_back", 0)
    assert entry().arm == "treated"  # and is counted as assigned


def test_an_open_complaint_stops_the_second_visit_play_too(complaining: set[int]) -> None:
    """Workflow A, step 4."""
    treated()
    of = force_treated(play(ON_DAY, TIME, WRITE, **ALL))
    run()
    complaining.add(1)
    run(1)
    assert (entry().state, entry().why, Message.objects.count()) == ("left", "open_complaint", 0)
    touch = Touch.objects.get(play=of.name, reason="open_complaint")
    assert (touch.customer_id, touch.state) == (1, "spared")


def test_a_stop_stops_and_resumed_it_goes_on_where_it_stood() -> None:
    treated()
    of = force_treated(play(ON_DAY, TIME, WRITE, **ALL))
    run()
    stop(play=of)
    newcomer(2)
    assert run(2) == 0
    assert (Entry.objects.count(), Message.objects.count()) == (1, 0)
    resume(play=of)
    run(2)
    assert Message.objects.filter(customer=1).count() == 1


def test_who_is_under_way_leaves_a_play_that_ends() -> None:
    treated()
    of = force_treated(play(ON_DAY, TIME, WRITE, **ALL))
    run()
    end(play=of, now=NOW)
    run(2)
    assert (entry().state, entry().why, Message.objects.count()) == ("left", "ended", 0)


def test_a_play_ends_by_itself_on_its_last_day() -> None:
    of = play(ON_DAY, WRITE, ends_on=TODAY)
    run()
    of.refresh_from_db()
    assert of.state == "running"
    run(1)
    of.refresh_from_db()
    assert of.state == "ended"


def test_a_step_that_was_done_meanwhile_is_not_done_again() -> None:
    """Workflow B, step 6: two workers, one message. The second read the entry before the first had moved it."""
    treated()
    of = force_treated(play(ON_DAY, WRITE, DAYS, WRITE, **ALL))
    journeys.enter(of, now=NOW)
    as_read = [entry()]
    assert journeys._advance(of, [entry()], NOW) == 1
    assert journeys._advance(of, as_read, NOW) == 0
    assert Message.objects.count() == 1


def test_a_step_that_fails_leaves_everything_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    treated(3)
    of = play(ON_DAY, WRITE, **ALL)
    journeys.enter(of, now=NOW)
    before = list(Entry.objects.order_by("pk").values())
    with monkeypatch.context() as broken:
        broken.setattr(journeys, "_move", lambda *_all: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            journeys.advance(now=NOW)
    assert Message.objects.count() == 0
    assert list(Entry.objects.order_by("pk").values()) == before


def test_what_cannot_be_written_to_one_holds_up_nobody_else() -> None:
    treated(3)
    CustomerState.objects.filter(customer=2).update(name="Ann")
    play(ON_DAY, WRITE | {"body_en": "{% if name %}{{ coupon }}{% endif %} Hello"}, **ALL)
    run()
    left = Entry.objects.exclude(state="done")
    assert [(each.customer, each.state) for each in left] == [(2, "left")]
    assert "coupon" in left[0].why
    written = set(Message.objects.values_list("customer", flat=True))
    assert written == set(
        Entry.objects.filter(arm="treated", state="done").values_list("customer", flat=True)
    )


def test_a_play_that_cannot_be_read_any_more_holds_up_no_other() -> None:
    treated(3)
    broken, sound = play(name="a"), play(name="b")
    Play.objects.filter(pk=broken.pk).update(audience="no_such_field > 1")
    run()
    assert not Entry.objects.filter(play=broken).exists()
    assert Entry.objects.filter(play=sound).count() == 3


def test_nothing_is_done_once_it_is_told_to_stop() -> None:
    treated(3)
    play(ON_DAY, WRITE, **ALL)
    assert run_due(now=NOW, still=lambda: False) == 0
    assert Entry.objects.count() == 0


def test_a_split_sends_a_share_on_and_the_others_past() -> None:
    treated(60)
    of = play(ON_DAY, {"step": "split", "share": 0.5, "skip": 1}, WRITE, **ALL)
    run()
    written = set(Message.objects.filter(play=of).values_list("customer", flat=True))
    assert 15 < len(written) < 45
    assert (
        Entry.objects.filter(state="done", arm="treated").count()
        == Entry.objects.filter(arm="treated").count()
    )


def test_a_task_goes_to_staff_with_an_sms_behind_it() -> None:
    newcomer(1, "wecom", "sms")
    force_treated(play(ON_DAY, {"step": "task", "fallback": True, "body_en": "Hello"}, **ALL))
    run()
    message = Message.objects.get()
    assert (message.channel, message.others, message.state) == ("wecom", ["sms"], "handed")


def test_words_are_in_the_language_of_who_reads_them() -> None:
    newcomer(1)
    force_treated(play(ON_DAY, WRITE | {"body_zh": "欢迎再来"}, **ALL))
    run()
    assert Message.objects.get().body.startswith("欢迎再来")


def test_the_steps_of_a_play_are_made_of_what_was_stored() -> None:
    of = play(ON_DAY, TIME, LEAVE, WRITE, running=False)
    assert [each.name for each in steps_of(of)] == ["wait", "wait", "leave", "message"]
