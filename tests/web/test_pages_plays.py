"""Plays as operators meet them: a draft in one click, whom it reaches and why not others, a stop that stops."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from regulars.access.models import AuditEntry
from regulars.engage.actions import run_due
from regulars.engage.actions.limits import limits
from regulars.engage.models import Entry, Message, Play
from regulars.gather.models import Consent
from regulars.measure.models import PlayResult
from tests.engage import guests, newcomers
from tests.web import cast, exported
from tests.web.conftest import LogIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def due(db: None, stopped_clock: None) -> None:
    """Thirty newcomers who are due, one of whom said nothing about messages, and a past that tells of others."""
    cast.brand()
    newcomers.land()
    for number in range(1001, 1031):
        newcomers.newcomer(number)
    Consent.objects.filter(address_hash=guests.address_hash(1030, "phone")).delete()
    first = newcomers.TODAY - timedelta(days=180)
    for n in range(100):
        came = first + timedelta(days=newcomers.DUE_DAY + 10) if n < 13 else None
        newcomers.state(50_000 + n, first, visits=2 if came else 1, last=came, second=came)


def begun(client: Client, ready: str = "second-visit") -> Play:
    answer = client.post("/plays/begin/", {"ready": ready})
    assert answer.status_code == 302, answer.content
    return Play.objects.get(name=answer.headers["Location"].split("/")[2])


def seen(client: Client, play: Play | None = None) -> str:
    return client.get(f"/plays/{play.name}/" if play else "/plays/").content.decode()


def ran() -> None:
    run_due(now=cast.NOW, still=lambda: True)


def result(play: Play, decision: str, **more: Any) -> PlayResult:
    said: dict[str, Any] = {
        "batch": 1, "play": play.name, "as_of": cast.TODAY, "decision": decision, "entered_treated": 800,
        "entered_control": 790, "matured_treated": 700, "matured_control": 690, "share_treated": 0.17,
        "share_control": 0.129, "diff": 0.041, "low": 0.012, "high": 0.07, "gain": 0.03, "needed": 400, "look": 3,
        "revenue_diff": 350.0, "revenue_low": -20.0, "revenue_high": 720.0,
    }  # fmt: skip
    return PlayResult.objects.create(**(said | more))


@pytest.mark.usefixtures("due")
def test_a_draft_in_one_click_says_whom_it_reaches_and_when_its_gain_can_be_known(log_in: LogIn) -> None:
    """Workflow B, step 5."""
    client = log_in("operator")
    play = begun(client)
    page = seen(client, play)
    assert "30 are due this week, 29 would enter." in page
    assert "weeks if the gain is at least 3 points on 13%." in page
    assert "1 is spared: no consent 1." in page
    assert "Customer 1001" in page
    assert not Entry.objects.exists()


@pytest.mark.usefixtures("due")
def test_the_dry_run_that_is_shown_is_what_is_sent(log_in: LogIn) -> None:
    client = log_in("operator")
    play = begun(client)
    answer = client.get(f"/plays/{play.name}/?people.export=csv")
    shown = {int(row[0]): row[2] for row in exported.lines(answer)[1:]}
    client.post(f"/plays/{play.name}/start/")
    ran()
    entered = dict(Entry.objects.values_list("customer", "arm"))
    assert {number for number, what in shown.items() if what == "enters"} == {
        number for number, arm in entered.items() if arm == "treated"
    }
    assert {number for number, what in shown.items() if what == "spared"} == {1030}


@pytest.mark.usefixtures("due")
def test_a_dear_play_waits_for_a_second_person_and_the_same_one_is_refused(log_in: LogIn) -> None:
    first = log_in("operator")
    play = begun(first)
    Play.objects.filter(pk=play.pk).update(cost=limits().agree_above + 1)
    first.post(f"/plays/{play.name}/start/")
    assert "This play waits for a second person." in seen(first, play)
    first.post(f"/plays/{play.name}/approve/")
    assert Play.objects.get().state == "proposed"
    assert "somebody else has to agree" in seen(first, play)
    second = log_in("owner")
    assert "Agree and start" in seen(second, play)
    second.post(f"/plays/{play.name}/approve/")
    assert (Play.objects.get().state, Play.objects.get().approved_by) == ("running", "owner")
    assert AuditEntry.objects.filter(verb="approve play", subject="play second-visit").exists()


@pytest.mark.usefixtures("due")
def test_the_stop_button_stops_and_the_play_can_go_on(log_in: LogIn) -> None:
    client = log_in("operator")
    play = begun(client, "hello")
    client.post(f"/plays/{play.name}/start/")
    client.post(f"/plays/{play.name}/stop/")
    ran()
    assert "Stopped: nobody enters" in seen(client, play)
    assert (Entry.objects.count(), Message.objects.count()) == (0, 0)
    client.post(f"/plays/{play.name}/resume/")
    assert Play.objects.get().state == "running"
    client.post(f"/plays/{play.name}/end/")
    assert "This play has ended." in seen(client, play)
    client.post(f"/plays/{play.name}/start/")
    assert Play.objects.get().state == "ended"


@pytest.mark.usefixtures("due")
def test_who_may_only_look_sees_plays_and_does_nothing(log_in: LogIn) -> None:
    play = begun(log_in("operator"))
    client = log_in("analyst")
    assert client.get("/plays/").status_code == 200
    page = client.get(f"/plays/{play.name}/?customer=1001").content.decode()
    assert '<button class="act">Start</button>' not in page
    assert "Try it on one customer" not in page
    for path in ("begin/", f"{play.name}/start/", f"{play.name}/change/"):
        assert client.post(f"/plays/{path}").status_code == 403
    assert log_in("store", "S01").get("/plays/").status_code == 403


@pytest.mark.usefixtures("due")
def test_nothing_happens_by_opening_an_address(log_in: LogIn) -> None:
    client = log_in("operator")
    play = begun(client)
    for verb in ("start", "approve", "stop", "resume", "end"):
        assert client.get(f"/plays/{play.name}/{verb}/").status_code == 405
    assert client.post(f"/plays/{play.name}/dance/").status_code == 404
    assert Play.objects.get().state == "draft"


@pytest.mark.usefixtures("due")
@pytest.mark.parametrize(
    ("decision", "said"),
    [
        ("gain", "brings guests back: <em>+4.1 points</em>"),
        ("too_early", "The second visit: 400 more needed."),
        ("nothing", "The second visit: no gain of 3 points or more."),
        ("blocked", "blocked: the arms are not split as planned"),
    ],
)
def test_a_result_is_a_sentence_and_never_a_number_that_means_nothing(
    log_in: LogIn, decision: str, said: str
) -> None:
    client = log_in("operator")
    play = begun(client)
    client.post(f"/plays/{play.name}/start/")
    result(play, decision, blocked="sample_ratio" if decision == "blocked" else "")
    page = seen(client, play)
    assert said in page
    assert ("+4.1 points" in page) == (decision in ("gain", "nothing"))
    assert ("17.0% against 12.9%" in page) == (decision != "blocked")
    assert ("Of 100 in the play, between" in page) == (decision != "blocked")
    assert page.count('<figure class="effect">') == (decision != "blocked"), "drawn against zero, with words"


@pytest.mark.usefixtures("due")
def test_the_list_opens_with_what_is_known(log_in: LogIn) -> None:
    client = log_in("operator")
    assert "No play has been made yet." in seen(client)
    play, other = begun(client), begun(client, "hello")
    assert "No play is running." in seen(client)
    for each in (play, other):
        client.post(f"/plays/{each.name}/start/")
    assert "2 plays are running, and nothing is known yet." in seen(client)
    result(play, "gain")
    result(other, "nothing", diff=0.001, low=-0.012, high=0.014)
    page = seen(client)
    assert "<em>brings back 4 more of 100</em>" in page
    assert page.count('class="whisker"') == 2


def form(play: Play, **more: str) -> dict[str, str]:
    fields = {"title": play.title, "audience": play.audience, "outcome_days": "30", "gain": "3", "treated": "50",
              "cost": "0", "ends_on": "", "newcomers_only": "on", "do": "save"}  # fmt: skip
    for at, step in enumerate(play.steps):
        fields |= {f"{at}.{name}": "on" if value is True else str(value) for name, value in step.items()}
    return fields | more


@pytest.mark.usefixtures("due")
def test_a_draft_is_changed_by_one_form_that_every_step_draws(log_in: LogIn) -> None:
    client = log_in("operator")
    play = begun(client)
    page = client.get(f"/plays/{play.name}/change/").content.decode()
    assert 'name="3.body_zh"' in page
    assert "customers now" in page
    longer = client.post(f"/plays/{play.name}/change/", form(play, do="add", add="message")).content.decode()
    assert 'name="4.channels"' in longer
    assert len(Play.objects.get().steps) == 4
    sent = form(play, **{"gain": "2.5", "3.body_en": "Hello {{ name }}", "1.remove": "on", "2.place": "9"})
    del sent["3.fallback"]
    assert client.post(f"/plays/{play.name}/change/", sent).status_code == 302
    changed = Play.objects.get()
    assert [step["step"] for step in changed.steps] == ["wait", "task", "leave"]
    assert (changed.gain, changed.steps[1]["fallback"]) == (0.025, False)


@pytest.mark.usefixtures("due")
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"audience": "price > 2"}, "nothing is called price (character 1)"),
        ({"gain": "much"}, "gain is a number"),
        ({"gain": "nan"}, "gain is a number"),
        ({"ends_on": "soon"}, "the last day is written as 2026-12-31"),
        ({"1.at": "26:00"}, "26:00 is no time of day"),
        ({"3.body_en": "{{ 9 ** 9 }}"}, "may not use"),
    ],
)
def test_what_cannot_work_is_said_and_the_form_keeps_what_was_typed(
    log_in: LogIn, wrong: dict[str, str], said: str
) -> None:
    client = log_in("operator")
    play = begun(client)
    answer = client.post(f"/plays/{play.name}/change/", form(play, **wrong))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert next(iter(wrong.values())).replace(">", "&gt;") in page
    assert Play.objects.get().audience == "visits == 1"


@pytest.mark.usefixtures("due")
def test_an_audience_is_counted_as_it_is_typed(log_in: LogIn) -> None:
    client = log_in("operator")
    asked = "days_since_first == 34 and first_store == 'S01' and net == 80"
    right = client.post("/plays/count/", {"audience": asked}).content.decode()
    assert "30 customers now" in right
    wrong = client.post("/plays/count/", {"audience": "visits ="}).content.decode()
    assert "cannot be read at character" in wrong


@pytest.mark.usefixtures("due")
def test_with_a_moved_clock_one_customer_is_tried_and_the_look_is_kept(log_in: LogIn) -> None:
    client = log_in("operator")
    play = begun(client)
    page = client.get(f"/plays/{play.name}/?customer=1001").content.decode()
    assert "谢谢您上次来店里" in page
    assert "21 Nov 2026, 10:30" in page
    assert AuditEntry.objects.filter(verb="look", subject="customer 1001").exists()
    assert "Nobody has this number." in client.get(f"/plays/{play.name}/?customer=77777").content.decode()
    assert not Message.objects.exists()


@pytest.mark.usefixtures("due")
def test_a_running_play_tells_how_far_it_is_and_who_was_spared(log_in: LogIn) -> None:
    client = log_in("operator")
    play = begun(client)
    client.post(f"/plays/{play.name}/start/")
    ran()
    page = seen(client, play)
    assert "under way" in page
    assert "<dt>no consent</dt><dd>1</dd>" in page


@pytest.mark.usefixtures("due")
def test_the_page_speaks_chinese(log_in: LogIn) -> None:
    client = log_in("operator", language="zh-hans")
    play = begun(client)
    page = seen(client, play)
    assert "本周到期30人，其中29人会进入。" in page
    assert "店员用企业微信联系" in page
    change = client.post(f"/plays/{play.name}/change/", form(play, audience="visit == 1")).content.decode()
    assert "没有叫visit的项目（第1个字符）" in change


@pytest.mark.usefixtures("due")
def test_the_limits_of_all_plays_are_kept_or_refused_with_why(log_in: LogIn) -> None:
    client = log_in("operator")
    salt = limits().salt
    said = {
        "hold_out": "3",
        "most": "1",
        "quiet_from": "20:00",
        "quiet_until": "10:00",
        "agree_above": "800.5",
    }
    client.post("/plays/limits/", said)
    row = limits()
    assert (row.hold_out, row.most, row.quiet_from.hour, row.agree_above, row.salt) == (
        0.03,
        1,
        20,
        80_050,
        salt,
    )
    wrong = {"hold_out": "9", "most": "many", "quiet_from": "25:00", "agree_above": "-1"}
    for name, typed in wrong.items():
        page = client.post("/plays/limits/", said | {name: typed}, follow=True).content.decode()
        assert 'class="said error"' in page
        assert limits().hold_out == 0.03
    assert AuditEntry.objects.filter(verb="change limits").count() == 1
    client.post("/plays/limits/", said | {"quiet_from": "21:00+08:00"})
    assert limits().quiet_from.hour == 21
