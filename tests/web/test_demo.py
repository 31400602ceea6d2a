"""The demo as a newcomer runs it, small: killed in the middle, finished, played on, started again."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.web.running import PROGRAM, answers, environment, free_port, run, serving, until

pytestmark = pytest.mark.slow
SMALL = ("demo", "--small", "--once", "--weeks", "2")


def rows(home: Path, question: str) -> list[tuple[object, ...]]:
    """What the desk says, read while nothing runs."""
    with sqlite3.connect(home / "desk.db") as desk:
        return desk.execute(question).fetchall()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo that was killed when its first imports were in, and then finished."""
    home = tmp_path_factory.mktemp("demo")
    with subprocess.Popen(
        [*PROGRAM, *SMALL], env=environment(home), stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        for line in first.stdout:
            if line.startswith("products: "):
                break
        first.kill()
    landed = rows(home, "select name from gather_import where state = 'landed' order by batch")
    assert landed[:2] == [("stores",), ("products",)]
    done = run(home, *SMALL)
    assert done.returncode == 0, done.stderr
    assert "stores: " not in done.stdout  # what was in already was not brought again
    assert "turned in " in done.stdout
    return home


def test_every_file_came_in_and_ties_with_what_the_shops_counted(home: Path) -> None:
    states = rows(home, "select name, state, rows_read > 0 from gather_import")
    assert {name for name, state, read in states if state == "landed" and read} == {
        *("stores", "products", "staff", "members", "consents", "visits", "lines", "totals", "spend")
    }
    taken = json.loads(str(rows(home, "select taken from gather_import where name = 'totals'")[0][0]))
    assert taken["days tied"] > 3000
    assert taken["days differing"] == 0


def test_points_are_earned_from_the_first_played_week_on_and_the_accounts_say_what_the_book_says(
    home: Path,
) -> None:
    ((starts,),) = rows(home, "select starts_on from reward_programme")
    ((entries, booked),) = rows(
        home,
        "select count(*), sum(amount) from reward_pointsentry"
        " where kind in ('earn', 'spend', 'expire', 'reverse')",
    )
    earlier = f"""select count(*) from reward_pointsentry e
        join gather_order o on e."order" = o.source || '|' || o.order_id where o.business_date < '{starts}'"""
    assert int(str(entries)) > 100
    assert rows(home, earlier) == [(0,)]
    assert rows(home, "select sum(balance) from reward_account") == [(booked,)]


def test_the_brands_clock_stands_in_the_morning_after_the_last_week(home: Path) -> None:
    stands = datetime.fromisoformat((home / "clock").read_text()).astimezone(ZoneInfo("Asia/Shanghai"))
    last_day = date.fromisoformat(json.loads((home / "demo.json").read_text())["last_day"])
    assert stands.isoformat() == f"{last_day + timedelta(days=1)}T10:30:00+08:00"
    turns = rows(home, "select as_of from measure_turn where ended_at is not null order by batch")
    weeks = [date.fromisoformat(str(row[0])) for row in turns]
    assert weeks == [last_day - timedelta(weeks=2), last_day - timedelta(weeks=1), last_day]


def test_the_played_weeks_come_in_as_files_and_visits_at_the_live_door(home: Path) -> None:
    appended = rows(
        home, "select name, count(*) from gather_import where appended group by name order by name"
    )
    assert {name for name, _count in appended} >= {"lines", "members", "consents", "visits"}
    live = rows(home, "select count(*), count(seated_at) from gather_visit where source = 'queue system'")
    assert int(str(live[0][0])) >= 50
    assert int(str(live[0][1])) >= 40


def test_what_was_measured_stands_beside_what_was_planted(home: Path) -> None:
    told = (home / "demo-files" / "results.txt").read_text()
    assert told in run(home, "demo", "--once").stdout
    assert "The second visit: " in told
    assert "A hello that asks for nothing: " in told
    assert rows(home, "select distinct arm from engage_entry order by arm") == [("control",), ("treated",)]


def test_guests_and_staff_of_the_played_weeks_came_through_the_doors(home: Path) -> None:
    assert rows(home, "select count(*) > 0 from serve_tap where does = 'complaint' and answer = ''") == [(1,)]
    assert rows(home, "select count(*) > 0 from listen_voice where source = 'review'") == [(1,)]
    assert rows(home, "select count(*) from listen_complaint where state = 'open'") == [(0,)]
    sent = rows(home, "select count(*) > 0 from engage_message where delivered = 'staff' and state = 'sent'")
    assert sent == [(1,)]


def test_each_role_has_an_account_whose_password_is_the_demos(home: Path) -> None:
    accounts = rows(home, "select username, role, demo_password from access_user order by id")
    assert accounts == [(role, role, 1) for role in ("owner", "operator", "analyst", "store")]
    scopes = "select u.username, s.store_id from access_user_stores s join access_user u on u.id = s.user_id"
    assert rows(home, scopes) == [("store", "S01")]


def test_a_second_start_takes_seconds_and_loses_nothing_that_a_person_did(home: Path) -> None:
    assert run(home, "brand", "--name", "My own name").returncode == 0
    assert run(home, "user", "password", "analyst").returncode == 0
    before = rows(home, "select * from gather_import"), rows(home, "select * from measure_turn")
    began = time.monotonic()
    again = run(home, "demo", "--once")
    assert again.returncode == 0, again.stderr
    assert time.monotonic() - began < 15
    assert (rows(home, "select * from gather_import"), rows(home, "select * from measure_turn")) == before
    assert rows(home, "select name from brand_brand") == [("My own name",)]
    assert "Log in as owner, operator, store; the password is" in again.stdout


def test_another_format_needs_another_home(home: Path) -> None:
    other = run(home, "demo", "--once", "--format", "tea")
    assert other.returncode == 1
    assert other.stderr == (
        "regulars: this home's demo is of the format casual; for another, name another REGULARS_HOME\n"
    )


def test_a_home_with_a_brand_of_ones_own_is_left_alone(tmp_path: Path) -> None:
    assert run(tmp_path, "brand", "--name", "Mine").returncode == 0
    refused = run(tmp_path, "demo", "--once")
    assert refused.returncode == 1
    assert "this home holds a brand of your own" in refused.stderr
    assert not (tmp_path / "clock").exists()
    assert not (tmp_path / "demo.json").exists()


def test_a_made_demo_is_served_and_the_work_leaves_it_as_it_is(home: Path) -> None:
    before = rows(home, "select * from measure_turn")
    port = free_port()
    with serving(home, port) as parent:
        assert until(lambda: answers(port))
        time.sleep(3)  # the work has looked at least once
        parent.terminate()
        assert parent.wait(15) == 0
    assert rows(home, "select * from measure_turn") == before


def test_one_more_week_is_played_by_a_later_process(home: Path) -> None:
    before = rows(home, "select count(*) from measure_turn")[0][0]
    played = run(home, "demo", "--week")
    assert played.returncode == 0, played.stderr
    assert "played 1 weeks" in played.stdout
    assert rows(home, "select count(*) from measure_turn") == [(int(str(before)) + 1,)]
    last_day = date.fromisoformat(json.loads((home / "demo.json").read_text())["last_day"])
    stands = datetime.fromisoformat((home / "clock").read_text()).astimezone(ZoneInfo("Asia/Shanghai"))
    assert stands.date() == last_day + timedelta(days=8)


def test_a_home_without_a_demo_has_no_week_to_play(tmp_path: Path) -> None:
    refused = run(tmp_path, "demo", "--week")
    assert refused.returncode == 1
    assert "this home has no demo" in refused.stderr
