"""Rows that are no sales: people, things, visits, spend, consents, totals."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from tests.gather.staging_of import NOW, staged


def test_a_record_keeps_what_its_source_said(tmp_path: Path) -> None:
    out = staged(
        tmp_path,
        'rows = "records"\nsource = "crm"\n[columns]\nrecord_id = "id"\nname = ["first", "last"]\nbirthday = "born"\n'
        'registered_at = "since"\n[identifiers]\nphone = "mobile"\nemail = "mail"\n',
        "id,first,last,born,since,mobile,mail,shoe\n7,Ann,Lee,1961-08-26,2020-01-05,13912345670,a@b.co,38\n"
        "8,,,1849-01-01,,,,\n9,Bo,,,,0,,\n",
    )
    first, second = sorted(out.rows("records"), key=lambda row: row["record_id"])
    assert (first["source"], first["name"], first["birthday"]) == ("crm", "Ann Lee", date(1961, 8, 26))
    assert first["registered_at"] == datetime(2020, 1, 5, 4, tzinfo=UTC)
    assert json.loads(first["said"])["shoe"] == "38"
    assert len(first["identifiers"]) == 3
    assert len(second["identifiers"]) == 1
    assert second["name"] == "Bo"
    assert out.rejected() == [(3, "born", "1849-01-01", "is before 1850")]
    seen = {(row["ref_id"], row["identifier_type"]): row["seen_at"] for row in out.rows("sightings")}
    assert set(seen) == {("7", "phone"), ("7", "email"), ("7", "external"), ("9", "external")}
    assert seen["7", "phone"] == datetime(2020, 1, 5, 4, tzinfo=UTC)
    assert seen["9", "external"] == NOW
    assert ("phone", "zero or minus one") in out.staged.blocked


def test_the_last_row_of_a_record_counts(tmp_path: Path) -> None:
    out = staged(
        tmp_path, 'rows = "records"\n[columns]\nrecord_id = "id"\nname = "n"\n', "id,n\n1,Old\n1,New\n"
    )
    assert [row["name"] for row in out.rows("records")] == ["New"]
    assert json.loads(out.rows("records")[0]["said"]) == {"id": "1", "n": "New"}


def test_products_stores_and_staff(tmp_path: Path) -> None:
    out = staged(
        tmp_path,
        'rows = "products"\n[columns]\nproduct_id = "p"\nname = "n"\nlist_price = "price"\nunit_cost = "cost"\n',
        "p,n,price,cost\nP1,Tofu,8.50,1.23456\nP2,,1,1\n",
    )
    assert [(row["product_id"], row["list_price"], row["unit_cost"]) for row in out.rows("products")] == [
        ("P1", 850, Decimal("123.4560"))
    ]
    assert out.rejected() == [(3, "n", "", "is blank")]
    text = 'rows = "stores"\n[columns]\nstore_id = "s"\nname = "n"\nopened_on = "o"\n'
    stores = staged(tmp_path, text, "s,n,o\nS1,One,1959-06-14\n").rows("stores")
    assert stores[0]["opened_on"] == date(1959, 6, 14)
    staff = staged(tmp_path, 'rows = "staff"\n[columns]\nstaff_id = "s"\nname = "n"\n', "s,n\nE1,Li\n")
    assert staff.rows("staff") == [{"staff_id": "E1", "name": "Li", "store_id": None, "level": None}]


def test_a_visit_is_in_the_stores_time(tmp_path: Path) -> None:
    out = staged(
        tmp_path,
        'rows = "visits"\n[columns]\nvisit_id = "v"\nstore_id = "s"\nseated_at = "in"\nparty = "n"\n'
        'first_time_said = "new"\n[identifiers]\nphone = "p"\n',
        "v,s,in,n,new,p\nV1,S1,2024-01-05 18:30,4,yes,13912345670\nV2,S1,2024-01-05 18:30,2.5,maybe,\n",
    )
    visit = out.rows("visits")[0]
    assert (visit["seated_at"], visit["party"], visit["first_time_said"]) == (
        datetime(2024, 1, 5, 10, 30, tzinfo=UTC), 4, True,
    )  # fmt: skip
    assert [(row["kind"], row["ref_id"]) for row in out.rows("sightings")] == [("visit", "V1")]
    assert out.rejected() == [(3, "n", "2.5", "is not a whole number")]


def test_spend_of_one_day_and_medium_adds_up(tmp_path: Path) -> None:
    out = staged(
        tmp_path,
        'rows = "spend"\n[columns]\ndate = "d"\nmedium = "m"\ncost = "c"\nclicks = "k"\n',
        "d,m,c,k\n2024-01-05,search,10.50,3\n2024-01-05,search,1,1\n2024-01-05,feed,,1\n",
    )
    assert [(row["date"], row["medium"], row["cost"], row["clicks"]) for row in out.rows("spend")] == [
        (date(2024, 1, 5), "search", 1150, 4)
    ]
    assert out.rejected() == [(4, "c", "", "is blank")]


def test_consent_belongs_to_the_address(tmp_path: Path) -> None:
    out = staged(
        tmp_path,
        'rows = "consents"\n[columns]\nstate = "ok"\nat = "when"\n[constants]\nchannel = "sms"\npurpose = "marketing"\n'
        '[identifiers]\nphone = "p"\n',
        "p,ok,when\n139 1234 5670,同意,2024-01-05\n13912345670,退订,2024-02-05\n,yes,2024-01-05\n"
        "13712345670,perhaps,2024-01-05\n",
    )
    consents = sorted(out.rows("consents"), key=lambda row: row["at"])
    assert [row["state"] for row in consents] == ["given", "withdrawn"]
    assert len({row["address_hash"] for row in consents}) == 1
    assert "sightings" not in out.staged.parts
    assert [(row, column) for row, column, _, _ in out.rejected()] == [(4, "p"), (5, "ok")]


def test_daily_totals(tmp_path: Path) -> None:
    text = 'rows = "totals"\n[columns]\nstore_id = "s"\ndate = "d"\ntotal = "t"\n'
    out = staged(tmp_path, text, "s,d,t\nS1,20240105,1.5\nS1,20240106,\n")
    assert out.rows("totals") == [{"store_id": "S1", "date": date(2024, 1, 5), "total": 150}]
    assert out.staged.reasons == {"is blank": 1}
