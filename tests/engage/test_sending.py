"""Sending: what is due leaves once, what may not leave is kept with its reason, and a dead worker loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks._far_ends import Gateway, Sink, listening
from regulars.desk.locks import wall
from regulars.engage.actions import sending
from regulars.engage.actions.claim import channels, claim
from regulars.engage.models import Entry, Limits, Message, Play, Touch
from regulars.listen.models import Complaint, Voice
from tests.engage import at_once
from tests.engage.guests import NOON, consent, guest, let_out, play, states, write

pytestmark = pytest.mark.django_db
EMAIL = {"security": "none", "sender": "hello@brand.example", "host": "127.0.0.1"}


def always() -> bool:
    return True


@pytest.fixture(autouse=True)
def rested() -> Iterator[None]:
    sending._resting.clear()
    yield
    sending._resting.clear()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with listening(Gateway()) as server:
        let_out("sms", address=server.address, token=server.token)
        yield server


@pytest.fixture
def sink() -> Iterator[Sink]:
    with listening(Sink()) as server:
        let_out("email", port=server.server_address[1], **EMAIL)
        yield server


def test_nothing_leaves_the_machine_until_somebody_says_so() -> None:
    guest(1)
    write(1)
    assert sending.next_due(now=NOON) == NOON
    assert sending.run(now=NOON, still=always) == 1
    row = Message.objects.get()
    assert (row.state, row.delivered, row.sent_at) == ("sent", "outbox", NOON)
    assert list(Touch.objects.values_list("key", "state", "play")) == [("message|test|1", "sent", "test")]
    assert sending.run(now=NOON, still=always) == 0
    assert sending.next_due(now=NOON) is None


def test_a_mail_carries_its_way_out_and_the_same_message_id_at_each_try(sink: Sink, settings: object) -> None:
    settings.PUBLIC_URL = "https://brand.example"  # type: ignore[attr-defined]
    guest(1)
    row = write(1, body="您好，{{ name }}", facts={"name": "王静"})
    sink.answers = lambda verb, _line: "451 later" if verb == "RCPT" else None
    sending.run(now=NOON, still=always)
    assert states() == {"test|1": "waiting"}
    sink.answers = lambda _verb, _line: None
    sending.run(now=NOON + timedelta(minutes=1), still=always)
    sending.run(now=NOON + timedelta(minutes=2), still=always)
    ((to, mail),) = sink.mails
    assert to == "guest1@brand.example"
    assert f"List-Unsubscribe: <https://brand.example/u/{row.token}>".encode() in mail
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in mail
    assert mail.count(b"Message-ID: <") == 1
    assert Message.objects.get().tries == 1


def test_one_connection_carries_the_mails_of_a_claim(sink: Sink) -> None:
    for number in range(1, 46):
        guest(number)
        write(number)
    sending.run(now=NOON, still=always)
    assert sorted(to for to, _ in sink.mails) == sorted(f"guest{n}@brand.example" for n in range(1, 46))
    assert sink.connections == 1


def test_an_address_that_is_refused_for_good_fails_alone_and_the_next_channel_is_taken(
    sink: Sink, gateway: Gateway
) -> None:
    for number in (1, 2):
        guest(number, ("email", "sms"))
        write(number, channels=("email", "sms"))
    sink.answers = lambda _verb, line: "550 no such guest" if "guest1@" in line else None
    sending.run(now=NOON, still=always)
    sending.run(now=NOON, still=always)
    assert states() == {"test|1": "failed failed", "test|2": "sent", "test|1|sms": "sent"}
    assert list(gateway.taken) == ["test|1|sms"]
    assert Message.objects.get(key="test|1").error == "550 no such guest"


def test_what_keeps_failing_is_given_up_after_five_tries_with_longer_pauses(sink: Sink) -> None:
    guest(1)
    write(1)
    sink.answers = lambda verb, _line: "451 later" if verb == "MAIL" else None
    dues = []
    now = NOON
    while Message.objects.filter(state="waiting").exists():
        sending.run(now=now, still=always)
        dues.append(Message.objects.get().due_at - now)
        now = max(Message.objects.get().due_at, now)
    assert dues[:4] == [timedelta(minutes=n) for n in (1, 4, 16, 64)]
    assert states() == {"test|1": "failed failed"}


def test_a_channel_that_is_down_makes_nothing_fail_and_rests(gateway: Gateway) -> None:
    for number in (1, 2, 3):
        guest(number, ("sms",))
        write(number)
    gateway.token = "another"
    assert sending.run(now=NOON, still=always) == 3
    assert gateway.asked == 1
    assert set(states().values()) == {"waiting"}
    gateway.token = "sesame"
    assert sending.run(now=NOON + timedelta(minutes=2), still=always) == 3
    assert sorted(gateway.taken) == ["test|1", "test|2", "test|3"]


def test_a_lost_answer_is_asked_for_again_and_the_guest_gets_one_message(gateway: Gateway) -> None:
    guest(1, ("sms",))
    write(1)
    gateway.status = lambda _body: 503 if gateway.asked == 1 else 202
    gateway.taken["test|1"] = {"id": "test|1"}  # it had come through
    sending.run(now=NOON, still=always)
    sending.run(now=NOON + timedelta(minutes=1), still=always)
    assert (gateway.asked, len(gateway.taken), states()) == (2, 1, {"test|1": "sent"})


def test_a_mail_whose_answer_was_lost_is_sent_at_most_once_but_service_again(sink: Sink) -> None:
    guest(1)
    guest(2)
    write(1)
    write(2, purpose="service")
    sink.hang_up = True
    for minutes in (0, 3):
        sending.run(now=NOON + timedelta(minutes=minutes), still=always)
    sink.hang_up = False
    sending.run(now=NOON + timedelta(minutes=30), still=always)
    assert states() == {"test|1": "failed unknown", "test|2": "sent"}
    to_first = [mail for to, mail in sink.mails if to.startswith("guest1")]
    to_second = [mail for to, mail in sink.mails if to.startswith("guest2")]
    assert len(to_first) == 1
    identifiers = {line for mail in to_second for line in mail.splitlines() if line.startswith(b"Message-ID")}
    assert (len(to_second) > 1, len(identifiers)) == (True, 1)


@pytest.mark.parametrize(
    ("channel", "begun", "after"),
    [("sms", "begun", "waiting"), ("email", "begun", "failed unknown"), ("email", "", "waiting")],
)
def test_what_a_dead_worker_held_is_taken_back(channel: str, begun: str, after: str) -> None:
    guest(1, (channel,))
    write(1)
    let_out(channel)
    taken = claim(next(each for each in channels() if each.name == channel), now=NOON)
    assert taken is not None
    assert [each.key for each in taken.messages] == ["test|1"]
    assert sending.reclaim(now=NOON) == 0  # it lives, as far as anybody can tell
    Message.objects.update(claimed_at=wall() - sending.LEASE - timedelta(seconds=1), delivered=begun)
    assert sending.next_due(now=NOON) == NOON
    assert sending.reclaim(now=NOON) == 1
    assert states() == {"test|1": after}


def test_a_worker_that_lost_its_claim_writes_nothing(gateway: Gateway) -> None:
    guest(1, ("sms",))
    write(1)

    def another_takes_it() -> None:
        Message.objects.update(claimed_by="another")

    channel = next(each for each in channels() if each.name == "sms")
    taken = claim(channel, now=NOON)
    assert taken is not None
    another_takes_it()
    assert sending._send(channel, taken, NOON, always) == 0
    assert states() == {"test|1": "sending"}
    assert not Touch.objects.exists()


def complain(number: int) -> None:
    voice = Voice.objects.create(key=f"c{number}", customer_id=number, source="complaint", at=NOON)
    Complaint.objects.create(voice=voice, due_at=NOON)


def withdraw(number: int) -> None:
    consent(number, "email", state="withdrawn", at=NOON)


def cap(_number: int) -> None:
    Limits.objects.update(most=0)


def night(_number: int) -> None:
    Limits.objects.update(quiet_from="11:00", quiet_until="13:00")


@pytest.mark.parametrize(
    ("meanwhile", "after"),
    [
        (complain, "spared open_complaint"),
        (withdraw, "spared unsubscribed"),
        (cap, "spared capped"),
        (night, "waiting"),
    ],
)
def test_what_changed_since_it_was_written_is_seen_at_the_claim(meanwhile, after: str) -> None:  # type: ignore[no-untyped-def]
    guest(1)
    write(1)
    meanwhile(1)
    sending.run(now=NOON, still=always)
    assert states() == {"test|1": after}
    assert Touch.objects.filter(state="spared").count() == after.startswith("spared")
    if after == "waiting":
        assert Message.objects.get().due_at == NOON + timedelta(hours=1)


def test_service_passes_cap_and_hold_out_never_quiet_hours_or_an_unsubscribe() -> None:
    """Workflow A5."""
    for number in (1, 2, 3):
        guest(number)
    Limits.objects.update(most=0, hold_out=0.05, salt="everybody")
    complain(1)
    consent(2, "email", "service", "withdrawn", NOON)
    for number in (1, 2, 3):
        late = {"now": NOON.replace(hour=14), "due_at": NOON.replace(hour=14)} if number == 3 else {}  # 22:00
        write(number, purpose="service", **late)
    sending.run(now=NOON.replace(hour=14), still=always)
    assert states()["test|2"] == "spared unsubscribed"
    assert states()["test|3"] == "waiting"
    morning = Message.objects.get(key="test|3").due_at
    assert morning == NOON.replace(hour=1) + timedelta(days=1)  # 09:00
    sending.run(now=morning, still=always)
    assert states() == {"test|1": "sent", "test|2": "spared unsubscribed", "test|3": "sent"}


def test_the_last_two_under_a_lowered_cap_are_not_both_spared() -> None:
    guest(1)
    for each in ("a", "b"):
        write(1, key=f"test|{each}")
    Limits.objects.update(most=1)
    sending.run(now=NOON, still=always)
    assert states() == {"test|a": "spared capped", "test|b": "sent"}


def test_a_stopped_play_rests_and_goes_on_where_it_was_while_an_ended_one_is_over() -> None:
    running = play()
    for number in (1, 2):
        guest(number)
        write(number, play=running)
    Play.objects.update(state="stopped")
    assert sending.run(now=NOON, still=always) == 0
    assert sending.next_due(now=NOON) is None
    assert set(states().values()) == {"waiting"}
    Play.objects.update(state="running")
    Message.objects.filter(key="test|2").update(due_at=NOON + timedelta(days=1))
    sending.run(now=NOON, still=always)
    Play.objects.update(state="ended")
    sending.run(now=NOON + timedelta(days=1), still=always)
    assert states() == {"test|1": "sent", "test|2": "spared stopped"}


@pytest.mark.slow
def test_at_once_one_tap_one_message_two_workers_one_message_and_a_button_that_stops_in_two_seconds(
    tmp_path: Path,
) -> None:
    """Workflows B3 and B6 and the button, in a home of their own: threads need a database of their own."""
    told = at_once.told(tmp_path)
    assert told["taps"] == {"spent": 10, "used": 10, "left": 0}
    assert told["workers"] == {"asked": 60, "taken": 60, "sent": 60, "touches": 60}
    stopped = told["stopped"]
    assert stopped["seconds"] < 2
    assert 0 < stopped["sent"] < 100
    assert stopped["taken"] == stopped["sent"] == 100 - stopped["waiting"]
    assert told["resumed"] == {"asked": 100, "taken": 100, "sent": 100, "touches": 100}


def test_analysed_as_assigned_sent_or_not() -> None:
    """Workflow B6: whoever was not written to keeps the arm they entered with, and is touched as spared."""
    running = play()
    guest(1)
    guest(2)
    for number in (1, 2):
        entry = Entry.objects.create(
            play=running, customer=number, arm="treated", entered_at=NOON, entered_on=NOON.date()
        )
        write(number, play=running, entry=entry)
    complain(2)
    sending.run(now=NOON, still=always)
    assert list(Touch.objects.order_by("key").values_list("customer_id", "arm", "state")) == [
        (1, "treated", "sent"),
        (2, "treated", "spared"),
    ]
    assert set(Entry.objects.values_list("arm", flat=True)) == {"treated"}
