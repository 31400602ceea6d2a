"""Voices: complaints with their clock on top, words found by what is typed, and each voice with its way."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from regulars.access.models import AuditEntry
from regulars.know.models import CustomerState, Tag
from regulars.listen.models import Complaint, Interview, Voice
from tests.web import cast, cast_voices, exported
from tests.web.conftest import LogIn
from tests.web.test_pages_words import NAMES, Visible

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("made_brand")]


@pytest.fixture
def told() -> dict[str, Voice]:
    return cast_voices.voices()


def read(client: Client, path: str = "/voices/") -> str:
    return client.get(path).content.decode()


def rows(text: str) -> int:
    return text.split("<tbody>")[-1].count("<tr>")


def test_a_complaint_and_how_long_it_waits_stand_on_top(log_in: LogIn, told: dict[str, Voice]) -> None:
    client = log_in("operator")
    assert "no complaint is waiting" in read(client)
    cast_voices.waiting(12)
    text = read(client)
    assert "1 complaint has been waiting for 12 minutes." in text
    assert "with the shift lead" in text
    cast_voices.waiting(47, key="older")
    text = read(client)
    assert "2 complaints are waiting, the longest for 47 minutes." in text
    assert "long overdue: with headquarters" in text


def test_a_brand_nobody_spoke_to_yet_is_told_where_voices_come_from(log_in: LogIn) -> None:
    assert "Nobody has been heard yet." in read(log_in("analyst"))


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ("", 6),
        ("?source=review", 1),
        ("?store=S02", 3),
        ("?field=waiting", 1),
        ("?product=P2", 1),
        ("?score=low", 1),
        ("?score=high", 2),
        ("?source=rumour", 6),
    ],
)
def test_voices_are_chosen_by_what_they_are(
    log_in: LogIn, told: dict[str, Voice], asked: str, count: int
) -> None:
    assert rows(read(log_in("operator"), f"/voices/{asked}")) == count


def test_words_are_searched_by_post_and_never_from_the_address(log_in: LogIn, told: dict[str, Voice]) -> None:
    client = log_in("operator")
    found = client.post("/voices/", {"q": "头发"}, headers={"HX-Request": "true"}).content.decode()
    assert rows(found) == 1
    assert "<html" not in found
    assert rows(read(client, "/voices/?q=头发")) == 6


def test_a_store_account_reads_its_own_stores_alone(log_in: LogIn, told: dict[str, Voice]) -> None:
    cast_voices.waiting(store="S02")
    client = log_in("store", "S01")
    text = read(client)
    assert rows(text) == 3
    assert "waiting, the longest" not in text
    assert "外卖汤洒了" not in text
    assert rows(read(client, "/voices/?store=S02")) == 3
    assert client.get(f"/voices/{told['review'].pk}/").status_code == 404
    foreign = Complaint.objects.get(voice__store_id="S02")
    for door in ("answered", "closed"):
        answer = client.post(f"/voices/{foreign.voice_id}/{door}/", {"how": "mended"})
        assert answer.status_code == 404
    foreign.refresh_from_db()
    assert foreign.state == "open"


def taken(client: Client) -> list[list[str]]:
    return exported.lines(client.get("/voices/?voices.export=csv"))


def test_a_file_for_who_may_not_see_personal_data_has_no_words(log_in: LogIn, told: dict[str, Voice]) -> None:
    table = taken(log_in("analyst"))
    assert "what was said" not in table[0]
    assert not any("头发" in cell or "script" in cell for line in table for cell in line)
    assert len(table) == 7
    whole = taken(log_in("operator"))
    assert any("汤里有根头发" in line for line in whole)
    assert AuditEntry.objects.filter(verb="export", subject="voices").count() == 2


def test_looking_is_in_the_trail(log_in: LogIn, told: dict[str, Voice]) -> None:
    client = log_in("operator")
    read(client)
    read(client, f"/voices/{told['safety'].pk}/")
    subjects = set(AuditEntry.objects.filter(verb="look").values_list("subject", flat=True))
    assert {"voices", f"voice {told['safety'].pk}"} <= subjects


def test_what_was_said_stays_text(log_in: LogIn, told: dict[str, Voice]) -> None:
    client = log_in("operator")
    for path in ("/voices/", f"/voices/{told['hostile'].pk}/"):
        text = read(client, path)
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in text
    assert any("'=" not in line[1] and "<script>" in line[1] for line in taken(client)[1:])


def test_a_complaint_is_answered_and_closed_with_words(log_in: LogIn) -> None:
    voice = cast_voices.waiting().voice
    client = log_in("store", "S01")
    assert "Waiting for 12 minutes" in read(client, f"/voices/{voice.pk}/")
    text = client.post(f"/voices/{voice.pk}/answered/", {"words": "swapped it"}, follow=True).content.decode()
    assert "store went to the guest at" in text
    text = client.post(f"/voices/{voice.pk}/closed/", {"how": "mended"}, follow=True).content.decode()
    complaint = Complaint.objects.get()
    assert (complaint.state, complaint.closed_by, complaint.words) == ("mended", "store", "swapped it")
    assert "after 12 minutes" in text
    again = client.post(f"/voices/{voice.pk}/closed/", {"how": "left"}, follow=True).content.decode()
    assert "closed before as mended, by store" in again
    assert client.post(f"/voices/{voice.pk}/closed/", {"how": "forgotten"}).status_code == 404
    assert AuditEntry.objects.filter(verb__in=("answer", "close"), subject=f"voice {voice.pk}").count() == 2


def test_an_analyst_reads_and_closes_nothing(log_in: LogIn) -> None:
    voice = cast_voices.waiting().voice
    client = log_in("analyst")
    text = read(client, f"/voices/{voice.pk}/")
    assert "I am with the guest" not in text
    assert "王思远" not in text
    assert "Customer 1" in text
    assert client.post(f"/voices/{voice.pk}/closed/", {"how": "mended"}).status_code == 403


def test_a_voice_tells_its_way_in_time(log_in: LogIn, told: dict[str, Voice]) -> None:
    text = read(log_in("operator"), f"/voices/{told['ended'].pk}/")
    steps = re.findall(r"<li><strong>(.*?)</strong>", text)
    assert steps == ["said", "answered", "mended", "asked whether to be told"]
    assert "道了歉,先上了凉面" in text


def test_one_number_leads_from_what_was_said_to_the_revenue_it_brought(log_in: LogIn) -> None:
    voice = cast_voices.mended()
    client = log_in("operator")
    text = read(client, f"/voices/{voice.pk}/")
    for told in ("after 5 minutes", "day 2", "day 11", "day 14", "day 19", "¥168.00", "too sweet soup"):
        assert told in text
    young = read(client, f"/voices/{cast_voices.waiting(key='young').voice_id}/")
    assert "¥168.00" not in young
    assert "Not part of a finding yet" in young


def test_an_interview_is_kept_and_leads_to_tags_and_voices(log_in: LogIn) -> None:
    client = log_in("store", "S01")
    CustomerState.objects.filter(customer=1).update(stores="|S01|")
    assert "/voices/interview/1/" in read(client, "/customers/1/")
    form = read(client, "/voices/interview/1/")
    key = re.findall(r'name="key" value="([^"]+)"', form)[0]
    assert form.count('type="checkbox"') == 8
    sent = {"key": key, "lacking": "hot pot for one", "tag": ["eats alone"], "tags": "spicy，window seat, "}
    text = client.post("/voices/interview/1/", sent, follow=True).content.decode()
    client.post("/voices/interview/1/", sent)
    assert Interview.objects.count() == Voice.objects.count() == 1
    assert set(Tag.objects.values_list("tag", flat=True)) == {"eats alone", "spicy", "window seat"}
    assert "1 answer became a voice. 3 tags were taken from them." in text
    voice = Voice.objects.get()
    assert f"/voices/{voice.pk}/" in text
    assert f"/voices/interviewed/{Interview.objects.get().pk}/" in read(client, f"/voices/{voice.pk}/")


def test_a_tag_with_a_childs_birthday_is_refused_and_the_words_stay_in_the_form(log_in: LogIn) -> None:
    answer = log_in("operator").post("/voices/interview/1/", {"best": "the broth", "tags": "女儿生日5月4日"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "cannot be a tag" in text
    assert "the broth" in text
    assert not Tag.objects.exists()


def test_an_interview_in_another_store_or_of_another_guest_is_not_there(log_in: LogIn) -> None:
    row = cast_voices.talked()
    client = log_in("store", "S05")
    assert client.get(f"/voices/interviewed/{row.pk}/").status_code == 404
    assert client.get("/voices/interview/1/").status_code == 404
    assert client.get(f"/voices/interview/{2**63}/").status_code == 404
    assert log_in("analyst").get("/voices/interview/1/").status_code == 403


@pytest.mark.parametrize(
    "path", ["/voices/", "/voices/interview/1/", "/voices/interviewed/{row}/", "/voices/{voice}/"]
)
def test_the_pages_of_voices_are_chinese_and_keep_to_their_policy(
    log_in: LogIn, told: dict[str, Voice], path: str
) -> None:
    Voice.objects.filter(key="h1").delete()
    row, voice = cast_voices.talked(), cast_voices.waiting().voice
    client = log_in("owner", language="zh-hans")
    answer = client.get(path.format(row=row.pk, voice=voice.pk))
    page, text = Visible(), answer.content.decode()
    page.feed(text)
    said = " ".join(page.said)
    for name in (*cast.STORES.values(), "manager", "wang"):
        said = said.replace(name, " ")
    assert set(re.findall(r"[A-Za-z]{2,}", said)) - NAMES == set()
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:|hx-on", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


def test_a_long_list_shows_its_newest_and_opens_at_a_tap(log_in: LogIn) -> None:
    for minutes in range(45):
        cast_voices.waiting(minutes, key=f"many {minutes}")
    client = log_in("operator")
    text = read(client)
    assert rows(text) == 40
    assert "40 of 45 rows" in text
    assert rows(read(client, "/voices/?voices.all=1")) == 45
    assert len(taken(client)) == 46, "the file has all, under its header"
