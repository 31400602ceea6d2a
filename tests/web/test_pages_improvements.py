"""Improvements: what waits is on top, a click does one thing once, and a store reads only what is its own."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from regulars.access.models import AuditEntry
from regulars.engage.models import Message, Touch
from regulars.identify.models import Customer
from regulars.improve.models import Change, Finding, Invitation, Telling, Training, Vote
from regulars.listen.models import Voice
from regulars.reward.models import PointsEntry
from regulars.serve.models import Note
from tests.web import cast, cast_findings
from tests.web.conftest import LogIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def findings(made_brand: None) -> dict[str, Finding]:
    return cast_findings.findings()


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined,no-any-return]


def test_the_one_that_waits_longest_stands_on_top_with_one_button(
    findings: dict[str, Finding], log_in: LogIn
) -> None:
    page = text(log_in("owner").get("/improvements/"))
    heading = page[page.index("<h1>") : page.index("</h1>")]
    assert "Cold noodle set" in heading
    assert "has waited 16 days for a decision" in heading
    assert page.count('class="act"') == 1
    assert f'<a class="act" href="/improvements/{findings["waiting"].pk}/">Decide</a>' in page


def test_each_finding_is_drawn_with_days_and_losses(findings: dict[str, Finding], log_in: LogIn) -> None:
    page = text(log_in("owner").get(f"/improvements/{findings['told'].pk}/"))
    links = page[page.index('<ol class="seven">') : page.index("</ol>")]
    assert [
        part in links for part in ("heard", "answered", "mended", "raised", "changed", "told", "back")
    ] == [True] * 7
    assert "<b>5</b><small>day 0" in links  # heard
    assert '<b>4</b><small>day 0 <i title="lost on the way">−1</i>' in links  # answered
    assert "is mended; 3 of 4 who were told are back." in page
    assert (
        "Of such guests usually 20 in 100 come within 30 days. These are too few alone to say more." in page
    )
    assert "¥417.00" in page
    assert "unsubscribed" in page


def test_a7_the_owner_sees_the_words_the_buyers_and_the_return_with_its_interval(
    findings: dict[str, Finding], log_in: LogIn
) -> None:
    page = text(log_in("operator").get(f"/improvements/{findings['told'].pk}/"))
    assert "the tomato soup is too sweet" in page
    assert "−7 points, likely between −10 and −5." in page
    assert "Held equal: store and party size (22 kinds of visit)" in page
    assert "540" in page


def test_a8_groups_of_a_tasting_stand_apart(findings: dict[str, Finding], log_in: LogIn) -> None:
    page = text(log_in("owner").get(f"/improvements/{findings['tasted'].pk}/"))
    assert "<b>core fans</b> — B, less oil, 6 of 8; 91% sure; 8 more would settle it" in page
    assert "Each group is counted by itself." in page


def test_accepting_happens_once_and_is_in_the_trail(findings: dict[str, Finding], log_in: LogIn) -> None:
    client, key = log_in("owner"), findings["waiting"].pk
    address = f"/improvements/{key}/accept/"
    assert client.get(address).status_code == 405
    client.post(address, {"owner": "chef", "due_on": "2026-12-01"})
    again = client.post(address, {"owner": "other", "due_on": "2026-12-01"}, follow=True)
    assert "it was decided already" in text(again)
    finding = Finding.objects.get(pk=key)
    assert (finding.state, finding.owner, finding.due_on) == ("accepted", "chef", date(2026, 12, 1))
    assert AuditEntry.objects.filter(verb="accept", subject=f"finding {key}").count() == 1


def test_a_click_merges_a_suggestion_and_another_takes_it_out(
    findings: dict[str, Finding], log_in: LogIn
) -> None:
    client, finding = log_in("owner"), findings["waiting"]
    near = Voice.objects.get(text="cold noodles so sweet")
    page = text(client.get(f"/improvements/{finding.pk}/"))
    assert "May belong here, too" in page
    client.post(f"/improvements/{finding.pk}/merge/", {"voice": near.pk})
    assert finding.voices.count() == 7
    client.post(f"/improvements/{finding.pk}/take-out/", {"voice": near.pk})
    assert finding.voices.count() == 6


def test_voices_that_look_alike_become_a_finding(findings: dict[str, Finding], log_in: LogIn) -> None:
    client = log_in("owner")
    page = text(client.get("/improvements/"))
    assert "Sesame flatbread · 3 voices" in page
    chosen: list[Any] = list(Voice.objects.filter(product_id="P18").values_list("pk", flat=True))
    chosen += ["9" * 5000, "9" * 30]
    client.post("/improvements/gather/", {"voice": chosen, "title": "Burnt flatbread"})
    assert Finding.objects.get(title="Burnt flatbread").state == Finding.State.RAISED


def test_from_accepted_to_told_by_the_buttons(findings: dict[str, Finding], log_in: LogIn) -> None:
    client, key = log_in("owner"), findings["tasted"].pk
    change = {"kind": "standard", "to_version": "2", "store": ["S02"], "begins_on": "2026-11-21"}
    client.post(f"/improvements/{key}/change/", change)
    made = Change.objects.get(finding=key)
    assert (made.stores, made.to_version) == (["S02"], "2")
    client.post(f"/improvements/{key}/train/", {"change": made.pk, "store": "S02", "shift": "dinner"})
    assert Training.objects.filter(change=made).count() == 1
    client.post(f"/improvements/{key}/tell/", {"starts_on": "2026-11-24", "words": "{{ name }}: done"})
    assert Telling.objects.filter(finding=key).count() == 4
    assert Finding.objects.get(pk=key).words == "{{ name }}: done"


def test_the_link_of_an_invitation_leads_to_the_brands_own_host(
    findings: dict[str, Finding], log_in: LogIn, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://noodles.example"
    client, tasting = log_in("owner"), findings["tasted"].tastings.get()
    tasting.invitations.all().delete()
    Message.objects.filter(key__startswith="improve|tasting|").delete()
    client.post(f"/improvements/{findings['tasted'].pk}/invite/", {"tasting": tasting.pk})
    bodies = list(Message.objects.filter(key__startswith="improve|tasting|").values_list("body", flat=True))
    assert bodies
    assert all("https://noodles.example/t/" in body for body in bodies)


def test_a_store_reads_its_own_findings_and_voices_and_decides_nothing(
    findings: dict[str, Finding], log_in: LogIn
) -> None:
    client = log_in("store", "S03")
    page = text(client.get("/improvements/"))
    assert "Cold noodle set" in page
    assert "Tomato soup" not in page
    assert "Voices that may belong together" not in page
    own = text(client.get(f"/improvements/{findings['waiting'].pk}/"))
    assert "3 voices at other stores are not shown." in own
    assert "Accept" not in own
    assert client.get(f"/improvements/{findings['told'].pk}/").status_code == 404
    assert client.post(f"/improvements/{findings['waiting'].pk}/accept/", {}).status_code == 403


def test_what_was_refused_goes_back_to_the_store_with_the_reason(
    findings: dict[str, Finding], log_in: LogIn
) -> None:
    page = text(log_in("store", "S04").get(f"/improvements/{findings['stays'].pk}/"))
    assert "the broth is the house&#x27;s own" in page


def test_the_table_of_findings_is_exported(findings: dict[str, Finding], log_in: LogIn) -> None:
    answer = log_in("owner").get("/improvements/?findings.export=csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 6
    assert log_in("store", "S03").get("/improvements/?findings.export=csv").status_code == 403


def test_a_scanner_that_opens_the_link_votes_nothing_and_a_guest_votes_once(
    findings: dict[str, Finding], log_in: LogIn
) -> None:
    from django.test import Client

    guest = Client(headers={"host": "localhost"})
    row = Invitation.objects.filter(group="raised").order_by("pk")[0]
    before = Vote.objects.count()
    assert guest.get(f"/t/{row.token}").status_code == 200
    assert Vote.objects.count() == before
    guest.post(f"/t/{row.token}", {"prefers": "b"})
    assert "Thank you" in text(guest.get(f"/t/{row.token}"))
    assert guest.post(f"/t/{row.token}", {"prefers": "a"}).status_code == 422
    assert Vote.objects.count() == before + 1
    assert guest.get("/t/made-up").status_code == 404


def test_before_anything_was_raised_the_page_says_how_it_begins(made_brand: None, log_in: LogIn) -> None:
    assert "No finding has been raised yet." in text(log_in("owner").get("/improvements/"))


def test_what_a_guest_said_and_became_of_it_stands_in_their_timeline(
    findings: dict[str, Finding], log_in: LogIn
) -> None:
    Note.objects.create(
        key="n1", customer=3001, store_id="S01", staff_id="W7", text="window seat", at=cast.NOW
    )
    Touch.objects.create(
        key="t1", customer_id=3001, play="improve", state="spared", reason="no_consent", at=cast.NOW
    )
    PointsEntry.objects.create(key="p1", customer_id=3001, kind="earn", amount=52, at=cast.NOW)
    Customer.objects.create(number=3999, batch=1, until=3, merged_into=3001)
    Voice.objects.create(
        key="alias",
        customer_id=3999,
        source="note",
        store_id="S02",
        text="said as another number",
        at=cast.NOW,
    )
    page = text(log_in("owner").get("/customers/3001/"))
    for part in (
        "the tomato soup is too sweet",
        "told that it is mended",
        "window seat",
        "not written to",
        "+52",
    ):
        assert part in page
    assert "said as another number" in page
    assert f'href="/improvements/{findings["told"].pk}/"' in page
    own = text(log_in("store", "S01").get("/customers/3001/"))
    assert "window seat" in own
    assert "said as another number" not in own  # at another store
    assert "not written to" not in own


def test_a_voice_shows_its_further_way_to_the_revenue(findings: dict[str, Finding], log_in: LogIn) -> None:
    voice = findings["told"].voices.order_by("pk")[0].voice_id
    page = text(log_in("owner").get(f"/voices/{voice}/"))
    assert "From here to the revenue" in page
    assert "¥124.00" in page
    loose = Voice.objects.filter(product_id="P18").values_list("pk", flat=True)[0]
    assert "From here to the revenue" not in text(log_in("operator").get(f"/voices/{loose}/"))
