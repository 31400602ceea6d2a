"""`regulars import` and what belongs to it, as a chain uses them on its own files: guess, look, bring, mend, tie."""

from __future__ import annotations

import csv
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.web.running import PROGRAM, environment

pytestmark = pytest.mark.slow

SALES = """order_no,store,ordered_at,phone,net
1,S1,2026-11-20 12:00,138 1234 0001,10.00
2,S1,2026-11-19 12:00,13812340002,-3
3,S1,1900-01-01,,3
4,S2,2026-11-20 19:30,=HYPERLINK("x"),7.25
"""
MAP = """rows = "orders"

[columns]
order_id = "order_no"
store_id = "store"
ordered_at = "ordered_at"
net = "net"

[identifiers]
phone = "phone"
"""
TOTALS = """store_id,date,total
S1,2026-11-20,10.00
S2,2026-11-20,8.00
"""


class Shop:
    """A folder with files in it, from which commands are given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        (folder / "sales.csv").write_text(SALES)
        (folder / "sales.toml").write_text(MAP)
        (folder / "totals.csv").write_text(TOTALS)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*PROGRAM, *arguments],
            cwd=self.folder,
            env=environment(self.home),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def done(self, *arguments: str) -> str:
        ended = self.run(*arguments)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def rows(self, question: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.home / "desk.db") as desk:
            return desk.execute(question).fetchall()


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_without_a_map_a_guess_is_shown_saved_and_never_written_over(shop: Shop) -> None:
    said = shop.done("import", "sales.csv")
    assert "% sure" in said
    assert said.endswith(
        "Nothing was brought. The map is in sales.map.toml: mend it, and import again with --map sales.map.toml\n"
    )
    guess = (shop.folder / "sales.map.toml").read_text()
    assert 'ordered_at = "ordered_at"' in guess
    assert shop.rows("select count(*) from gather_import") == [(0,)]
    again = shop.run("import", "sales.csv")
    assert again.returncode == 1
    assert "sales.map.toml lies here already" in again.stderr
    assert (shop.folder / "sales.map.toml").read_text() == guess


def test_a_dry_run_says_what_would_come_and_keeps_nothing(shop: Shop) -> None:
    said = shop.done("import", "sales.csv", "--map", "sales.toml", "--dry-run")
    assert "would bring 2 orders" in said
    assert "2 would be rejected" in said
    assert "net 1000" in said
    assert shop.rows("select count(*) from gather_import") == [(0,)]
    assert not (shop.home / "lake" / "HEAD.json").exists()
    assert list((shop.home / "scratch").iterdir()) == []


def test_an_import_says_what_it_took_what_not_and_ties_the_totals_then_takes_the_mended_rows(
    shop: Shop,
) -> None:
    said = shop.done("import", "sales.csv", "--map", "sales.toml", "--as", "till", "--totals", "totals.csv")
    assert "till: 2 orders, 2 sightings from 4 rows, 2 rejected" in said
    assert "        1  is before 1980" in said
    assert "till totals: 1 days tied, 1 days differing" in said
    assert "S2 2026-11-20: given 8.00, came 7.25, difference -0.75" in said

    shop.done("rejected", "1", "--out", "mend.csv")
    text = (shop.folder / "mend.csv").read_text(encoding="utf-8-sig")
    rejected = list(csv.DictReader(text.splitlines()))
    assert [(row["order_no"], row["net"], row["row"], row["in column"]) for row in rejected] == [
        ("2", "-3", "3", "net"),
        ("3", "3", "4", "ordered_at"),
    ]
    mended = text.replace("1900-01-01", "2026-11-19 13:00").replace(",-3,", ",3,")
    (shop.folder / "mend.csv").write_text(mended, encoding="utf-8-sig")
    said = shop.done("import", "mend.csv", "--map", "sales.toml", "--as", "till", "--append")
    assert "till: 2 orders, 1 sightings from 2 rows, 0 rejected" in said
    assert shop.rows("select count(*) from gather_import where name = 'till' and state = 'landed'") == [(2,)]
    assert "figures as of 2026-11-20" in shop.done("turn")
    trail = shop.rows("select verb, subject from access_auditentry order by id")
    assert trail == [("export", "import 1")]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("import",), "name at least one file"),
        (("import", "none.csv"), "none.csv is not a file"),
        (("import", "sales.csv", "--map", "none.toml"), "none.toml is not a file"),
        (("import", "sales.csv", "--map", "sales.csv"), "the map is not TOML"),
        (("rejected", "9"), "there is no import 9"),
        (("exclude", "shoe", "42", "--why", "x"), "shoe is no identifier"),
        (("exclude", "phone", "0", "--why", "x"), "0 identifies nobody as it is"),
        (("exclude", "external", "VIP1", "--why", "x"), "is of one record"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_one(
    shop: Shop, words: tuple[str, ...], says: str
) -> None:
    ended = shop.run(*words)
    assert ended.returncode == 1
    assert ended.stderr.startswith("regulars: ")
    assert ended.stderr.count("\n") == 1
    assert says in ended.stderr


def test_the_shops_own_number_is_excluded_in_whatever_form_it_is_typed(shop: Shop) -> None:
    shop.done("exclude", "phone", "+86 138 0571 2345", "--why", "the shop's own")
    shop.done("exclude", "phone", "13805712345", "--why", "the shop's own, again")
    assert shop.rows("select identifier_type, why from identify_excluded") == [
        ("phone", "the shop's own, again")
    ]
