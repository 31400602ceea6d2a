"""What staff send by hand: theirs until they confirm, on the next channel after five."""

from __future__ import annotations

from datetime import timedelta

import pytest

from regulars.core.refused import Refused
from regulars.engage.actions import sending
from regulars.engage.actions.confirm import confirm, handed
from regulars.engage.models import Message, Play, Touch
from tests.engage.guests import NOON, consent, guest, play, states, write
from tests.engage.test_sending import complain

pytestmark = pytest.mark.django_db
FIVE = NOON.replace(hour=9)  # 17:00 in Shanghai


@pytest.fixture(autouse=True)
def fresh() -> None:
    sending._looked.clear()
    sending._resting.clear()


def run(now: object = NOON) -> int:
    return sending.run(now=now, still=lambda: True)  # type: ignore[arg-type]


def test_a_message_by_staff_is_theirs_and_is_sent_when_one_of_them_confirms() -> None:
    guest(1, ("wecom", "sms"))
    write(1, store_id="S01", channels=("wecom", "sms"))
    run()
    (row,) = handed(stores=["S01"], now=NOON)
    assert (row.state, row.due_at, handed(stores=["S02"], now=NOON)) == ("handed", FIVE, [])
    assert not Touch.objects.exists()
    assert confirm(message=row.pk, staff_id="amy", now=NOON) is True
    assert confirm(message=row.pk, staff_id="bea", now=NOON) is False
    row.refresh_from_db()
    assert (row.state, row.staff_id, row.delivered) == ("sent", "amy", "staff")
    run(FIVE)
    assert states() == {"test|1": "sent"}
    assert Touch.objects.count() == 1


def test_unconfirmed_by_17_it_becomes_a_text_message_where_consented() -> None:
    """Workflow B6."""
    guest(1, ("wecom", "sms"))
    guest(2, ("wecom",))
    for number in (1, 2):
        write(number, store_id="S01", channels=("wecom", "sms"))
    run()
    assert sending.next_due(now=NOON) == FIVE
    run(FIVE - timedelta(seconds=1))
    assert set(states().values()) == {"handed"}
    run(FIVE)
    run(FIVE)
    assert states() == {
        "test|1": "spared unconfirmed",
        "test|2": "spared unconfirmed",
        "test|1|sms": "sent",
    }
    text, first = Message.objects.get(key="test|1|sms"), Message.objects.get(key="test|1")
    assert text.body == first.body.replace(first.token, text.token)
    assert text.token != first.token
    with pytest.raises(Refused, match="no longer with staff"):
        confirm(message=first.pk, staff_id="amy", now=FIVE)
    assert Touch.objects.count() == 3


def test_who_unsubscribes_while_a_colleague_has_the_message_gets_none() -> None:
    guest(1, ("wecom", "sms"))
    write(1, channels=("wecom", "sms"))
    run()
    consent(1, "wecom", state="withdrawn", at=NOON)
    run(NOON + timedelta(minutes=1))
    run(FIVE)
    assert states() == {"test|1": "spared unsubscribed"}


def test_the_hour_is_that_of_the_store() -> None:
    from regulars.brand.models import Store

    Store.objects.create(code="L01", name="London", time_zone="Europe/London")
    guest(1, ("wecom",))
    write(1, store_id="L01", channels=("wecom",))
    run()
    assert Message.objects.get().due_at == NOON.replace(hour=17)


def test_who_took_consent_back_or_complains_meanwhile_is_not_written_to_on_the_next_channel() -> None:
    for number in (1, 2):
        guest(number, ("wecom", "sms"))
        write(number, channels=("wecom", "sms"))
    run()
    consent(1, "sms", state="withdrawn", at=NOON)
    complain(2)
    assert [row.key for row in handed(stores=None, now=NOON)] == ["test|1"]
    run(NOON + timedelta(minutes=1))
    assert states() == {"test|1": "handed", "test|2": "spared open_complaint"}
    run(FIVE)
    assert states() == {"test|1": "spared unconfirmed", "test|2": "spared open_complaint"}


def test_a_stopped_play_leaves_nothing_with_staff_and_loses_nothing() -> None:
    running = play()
    guest(1, ("wecom", "sms"))
    write(1, play=running, channels=("wecom", "sms"))
    run()
    Play.objects.update(state="stopped")
    assert handed(stores=None, now=NOON) == []
    run(FIVE)
    assert states() == {"test|1": "handed"}
    Play.objects.update(state="running")
    run(FIVE)
    assert states() == {"test|1": "spared unconfirmed", "test|1|sms": "sent"}
