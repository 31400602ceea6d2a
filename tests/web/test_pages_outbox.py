"""The outbox: it says first that nothing leaves, shows each message word for word, and why one was not sent."""

from __future__ import annotations

import pytest

from regulars import clock
from regulars.access.models import AuditEntry
from regulars.engage.actions import sending
from regulars.engage.models import ChannelSetting, Message
from tests.engage.guests import NOON, consent, guest, play, write
from tests.engage.newcomers import state
from tests.web.conftest import LogIn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock")]


@pytest.fixture
def messages(stopped_clock: None) -> list[Message]:
    """One sent, one that waits, one that was not sent."""
    clock.stop_at(NOON)
    running = play()
    for number in (1, 2, 3):
        guest(number)
    written = [write(1, body="<b>Welcome</b>", play=running), write(3)]
    consent(3, "email", state="withdrawn", at=NOON)
    sending.run(now=NOON, still=lambda: True)
    return [*written, write(2, subject="The soup is mended", purpose="service")]


def test_an_empty_outbox_says_what_will_stand_there(log_in: LogIn) -> None:
    page = log_in("operator").get("/outbox/").content.decode()
    assert "Nothing has been written to anybody yet." in page
    assert "Nothing leaves this machine." in page


def test_it_says_first_that_nothing_leaves_and_counts_what_stands_where(
    log_in: LogIn, messages: list[Message]
) -> None:
    page = log_in("operator").get("/outbox/").content.decode()
    assert "1 message waits to be sent." in page
    assert "Nothing leaves this machine." in page
    assert "sent, as far as this page" in page
    assert f"/outbox/{messages[0].pk}/" in page
    assert "unsubscribed" in page
    assert "guest1@brand.example" not in page


def test_it_narrows_by_state_channel_play_and_reason(log_in: LogIn, messages: list[Message]) -> None:
    client = log_in("analyst")
    for asked, found in (
        ("state=waiting", [2]),
        ("channel=email", [0, 1, 2]),
        ("play=second-visit", [0]),
        ("reason=unsubscribed", [1]),
        ("state=sent&reason=capped", []),
    ):
        page = client.get(f"/outbox/?{asked}").content.decode()
        assert [at for at in range(3) if f'"/outbox/{messages[at].pk}/"' in page] == found, asked


@pytest.mark.parametrize(("role", "seen"), [("operator", True), ("analyst", False)])
def test_a_message_stands_word_for_word_and_its_address_for_eyes_that_may_see_it(
    log_in: LogIn, messages: list[Message], role: str, seen: bool
) -> None:
    page = log_in(role).get(f"/outbox/{messages[0].pk}/").content.decode()
    assert "&lt;b&gt;Welcome&lt;/b&gt;" in page
    assert (f"/u/{messages[0].token}" in page) is seen
    assert ("guest1@brand.example" in page) is seen
    looks = AuditEntry.objects.filter(verb="look", subject=f"message {messages[0].pk}").count()
    assert looks == seen


def test_who_may_not_know_names_reads_none_and_cannot_act_for_a_guest(log_in: LogIn) -> None:
    clock.stop_at(NOON)
    guest(1)
    state(1, NOON.date(), batch=0, name="王静")
    row = write(1, subject="王静您好", body="王静，请看 http://x.example/a/" + "k" * 32)
    for role, sees in (("operator", True), ("analyst", False)):
        client = log_in(role)
        said = [client.get(path).content.decode() for path in ("/outbox/", f"/outbox/{row.pk}/")]
        said.append(b"".join(client.post("/outbox/export/").streaming_content).decode())  # type: ignore[attr-defined]
        assert all(("王静" in page) is sees for page in said)
        assert any("k" * 32 in page or row.token in page for page in said) is sees


def test_a_store_account_has_no_outbox(log_in: LogIn, messages: list[Message]) -> None:
    client = log_in("store")
    assert {client.get(path).status_code for path in ("/outbox/", f"/outbox/{messages[0].pk}/")} == {403}
    assert log_in("owner").get("/outbox/999999/").status_code == 404


def test_a_channel_is_set_up_by_a_form_and_lets_out_only_when_it_is_whole(log_in: LogIn) -> None:
    client = log_in("operator")
    answer = client.post("/outbox/channels/email/", {"out": "on", "port": "25"}, follow=True)
    assert "fill in: SMTP server, sender&#x27;s address" in answer.content.decode()
    assert not ChannelSetting.objects.exists()
    whole = {
        "host": "mail.brand.example",
        "port": "25",
        "sender": "hello@brand.example",
        "password": "secret",
    }
    page = client.post("/outbox/channels/email/", whole | {"out": "on"}, follow=True).content.decode()
    assert "From now on messages leave by e-mail." in page
    assert "Messages leave by e-mail." in page
    assert "secret" not in page
    client.post("/outbox/channels/email/", whole | {"password": ""})
    row = ChannelSetting.objects.get()
    assert (row.out, row.values["password"], row.values["port"]) == (False, "secret", 25)
    assert [each.detail for each in AuditEntry.objects.filter(verb="set channel")] == ["kept in", "out"]
    assert (
        "port is a number"
        in client.post("/outbox/channels/email/", {"port": "many"}, follow=True).content.decode()
    )


def test_an_analyst_looks_and_sets_nothing_up(log_in: LogIn) -> None:
    client = log_in("analyst")
    assert "Who runs plays sets this up." in client.get("/outbox/").content.decode()
    assert client.post("/outbox/channels/sms/", {}).status_code == 403


def test_the_file_has_all_of_it_without_addresses(log_in: LogIn, messages: list[Message]) -> None:
    answer = log_in("operator").post("/outbox/export/?reason=unsubscribed")
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert sum(line.startswith(f"{messages[1].pk},3,") for line in lines) == 1
    assert "brand.example" not in "".join(lines)
    assert AuditEntry.objects.filter(verb="export", detail="reason unsubscribed").exists()


def test_it_speaks_chinese(log_in: LogIn, messages: list[Message]) -> None:
    page = log_in("operator", language="zh-hans").get("/outbox/").content.decode()
    for said in ("有 1 条消息等待发送。", "没有任何内容离开本机。", "已退订", "企业微信"):
        assert said in page
