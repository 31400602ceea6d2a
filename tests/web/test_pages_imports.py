"""Imports: what came in and what did not; files go to the worker whole, refused rows come back to be mended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from regulars import settings
from regulars.access.models import AuditEntry
from regulars.gather.models import Import
from tests.web import cast, exported
from tests.web.conftest import LogIn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("made_brand")]
RAW = [
    {"order": "T1", "date": "31.31.2026", "amount": "-5.20", "name": "=1+1"},
    {"order": "T2", "date": "never", "amount": "12", "name": "王"},
]


@pytest.fixture
def rejected() -> Iterator[None]:
    """The rejected rows of the landed import: two that a map read, one torn."""
    rows = [
        {
            "file": "till.csv",
            "row": at,
            "column": "date",
            "value": row["date"],
            "reason": "is not a date in any form the map knows",
            "raw": json.dumps(row),
        }
        for at, row in enumerate(RAW, 2)
    ]
    rows.append(
        {
            "file": "till.csv",
            "row": 9,
            "column": None,
            "value": None,
            "reason": "cannot be read",
            "raw": '"torn,',
        }
    )
    there = settings.HOME / "rejected" / "4.parquet"
    there.parent.mkdir(exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), there)
    yield
    there.unlink()


def landed() -> Import:
    return Import.objects.get(state="landed")


def send(client: Client, file: str, body: bytes, **form: Any) -> Any:
    return client.post("/imports/upload/", {"file": SimpleUploadedFile(file, body), **form}, follow=True)


def test_the_list_says_what_came_and_what_was_refused(log_in: LogIn) -> None:
    text = log_in("analyst").get("/imports/").content.decode()
    assert "Of 81,204 rows, 81,167 were taken and 37 refused." in text
    assert "read 40,000 rows" in text


def test_an_import_shows_what_was_taken_refused_and_what_its_totals_miss(log_in: LogIn) -> None:
    text = log_in("operator").get(f"/imports/{landed().pk}/").content.decode()
    for said in ("20,310", "the date cannot be read", "30", "¥8,123.00", "−¥24.00"):
        assert said in text


def test_an_import_that_lost_no_row_says_that_all_were_taken(log_in: LogIn) -> None:
    row, client = landed(), log_in("operator")
    for read, rejected, said in (
        (1, 0, "1 row was taken."),
        (52, 0, "All 52 rows were taken."),
        (52, 52, "All 52 rows were refused; nothing was taken."),
    ):
        Import.objects.filter(pk=row.pk).update(rows_read=read, rows_rejected=rejected)
        assert f"<h1>{said}" in client.get(f"/imports/{row.pk}/").content.decode()


def test_a_guess_that_is_not_sure_enough_stands_in_the_form_to_be_mended(log_in: LogIn) -> None:
    guess = '# name: name, 95% sure\nrows = "records"\n'
    error = (
        "members.csv came without a map, and what its columns mean is not sure enough to go on (41 %);"
        f" send it again with this map, mended:\n\n{guess}"
    )
    row = Import.objects.create(name="members", state="refused", started_at=cast.NOW, error=error)
    text = log_in("operator", language="zh-hans").get(f"/imports/{row.pk}/").content.decode()
    assert "各列的含义把握不足（41 %）" in text
    assert f"{escape(guess)}</textarea>" in text
    assert 'value="members"' in text
    analyst = log_in("analyst").get(f"/imports/{row.pk}/").content.decode()
    assert "not sure enough to go on (41 %)" in analyst
    assert "</textarea>" not in analyst


def test_what_has_landed_since_the_last_turn_says_what_comes_next(log_in: LogIn) -> None:
    row, client, next_turn = landed(), log_in("operator"), "The next turn takes it up by itself"
    assert next_turn not in client.get(f"/imports/{row.pk}/").content.decode()
    Import.objects.filter(pk=row.pk).update(batch=cast.HEAD + 1)
    assert next_turn in client.get(f"/imports/{row.pk}/").content.decode()


def test_a_refused_import_says_why_and_what_to_do(log_in: LogIn) -> None:
    text = log_in("operator").get(f"/imports/{Import.objects.get(state='refused').pk}/").content.decode()
    assert "it begins like a picture" in text
    assert "Mend it and send it again" in text


@pytest.mark.usefixtures("rejected")
def test_refused_rows_are_shown_to_who_may_see_them(log_in: LogIn) -> None:
    path = f"/imports/{landed().pk}/"
    assert "31.31.2026" in log_in("operator").get(path).content.decode()
    analyst = log_in("analyst")
    assert "31.31.2026" not in analyst.get(path).content.decode()
    assert analyst.get(f"{path}rejected/").status_code == 403


@pytest.mark.usefixtures("rejected")
def test_the_rows_shown_are_a_few_of_each_reason(log_in: LogIn) -> None:
    there = settings.HOME / "rejected" / "4.parquet"
    rows = pq.read_table(there).to_pylist()
    pq.write_table(pa.Table.from_pylist([rows[0]] * 30 + rows[1:]), there)
    text = log_in("owner").get(f"/imports/{landed().pk}/").content.decode()
    assert text.count("<td>31.31.2026</td>") == 4
    assert "&quot;torn," in text


@pytest.mark.usefixtures("rejected")
def test_refused_rows_leave_under_their_own_columns_with_the_reason_and_no_formula(log_in: LogIn) -> None:
    answer = log_in("owner").get(f"/imports/{landed().pk}/rejected/")
    rows = exported.rows(answer)
    assert [row["order"] for row in rows] == ["T1", "T2", ""]
    assert (rows[0]["amount"], rows[0]["name"]) == ("-5.20", "'=1+1")
    assert (rows[1]["name"], rows[1]["row"], rows[2]["as it came"]) == ("王", "3", '"torn,')
    assert AuditEntry.objects.filter(verb="export", detail="rejected rows").exists()


def test_a_file_waits_whole_for_the_worker_and_the_row_names_it(log_in: LogIn) -> None:
    client = log_in("operator")
    page = send(
        client,
        "新 till.csv",
        b"order,date\nT1,2026-11-01\n",
        name="November",
        map='rows = "orders"',
        append="1",
    )
    row = Import.objects.get(name="November")
    assert (row.state, row.appended, row.map_text, row.batch) == ("waiting", True, 'rows = "orders"', None)
    kept = settings.HOME / "waiting" / str(row.pk) / row.files[0]["name"]
    assert kept.read_bytes() == b"order,date\nT1,2026-11-01\n"
    assert page.redirect_chain == [(f"/imports/{row.pk}/", 302)]
    assert AuditEntry.objects.filter(verb="import", subject=f"import {row.pk}").exists()


@pytest.mark.parametrize(
    ("name", "body", "sentence"),
    [
        ("empty.csv", b"", "is empty; choose another file"),
        ("photo.png", b"x", "photo.png is not CSV, Parquet or JSON lines"),
        ("<b>.exe", b"x", "&lt;b&gt;.exe is not CSV"),
    ],
)
def test_what_cannot_be_an_import_is_refused_at_the_door(
    log_in: LogIn, name: str, body: bytes, sentence: str
) -> None:
    before = Import.objects.count()
    assert sentence in send(log_in("operator"), name, body).content.decode()
    assert Import.objects.count() == before


def test_a_file_name_leads_nowhere_else(log_in: LogIn) -> None:
    send(log_in("operator"), "..%2F..%2Fetc.csv", b"a,b\n")
    row = Import.objects.get(state="waiting")
    folder = (settings.HOME / "waiting" / str(row.pk)).resolve()
    assert (folder / row.files[0]["name"]).resolve().parent == folder


@pytest.mark.parametrize("role", ["analyst", "store"])
def test_who_may_not_import_sends_nothing(log_in: LogIn, role: str) -> None:
    assert send(log_in(role), "till.csv", b"a\n1\n").status_code == 403
    assert not Import.objects.filter(state="waiting").exists()


def test_the_state_is_asked_for_until_it_has_ended(log_in: LogIn) -> None:
    client = log_in("operator")
    loading = Import.objects.get(state="loading")
    assert "hx-trigger" in client.get(f"/imports/{loading.pk}/state/").content.decode()
    answer = client.get(f"/imports/{landed().pk}/state/")
    assert answer.headers["HX-Refresh"] == "true"
    assert "hx-trigger" not in answer.content.decode()
