"""The process tree as it really runs: it answers, it ends without leftovers however it is ended, it mends itself."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from regulars.access.actions import add_user
from regulars.core import processes
from regulars.core.refused import Refused
from regulars.web.commands.serve import DEATHS, STEADY, Child, address, pause, refuse_a_taken_port, warning
from tests.web.running import answers, family, free_port, lives, run, serving, until

pytestmark = pytest.mark.slow
MAP = 'rows = "stores"\n[columns]\nstore_id = "store"\nname = "name"\n'


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_server_says_its_address_and_ends_with_all_its_children(
    tmp_path: Path, number: signal.Signals
) -> None:
    port = free_port()
    with serving(tmp_path, port) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == f"Regulars is at http://127.0.0.1:{port}/ (Ctrl-C ends it)\n"
        below = family(parent.pid)
        assert any(words.endswith("regulars work") for words in below.values())
        began = time.monotonic()
        parent.send_signal(number)
        assert parent.wait(10) == 0
        assert time.monotonic() - began < 6
        assert [words for pid, words in below.items() if lives(pid)] == []
        assert "Traceback" not in parent.stdout.read()
        assert not answers(port)


def test_nothing_outlives_a_parent_that_was_killed(tmp_path: Path) -> None:
    port = free_port()
    with serving(tmp_path, port) as parent:
        below = family(parent.pid)
        assert len(below) >= 3  # the web server, a worker of it, the work
        parent.kill()
        parent.wait(5)
        assert until(lambda: not any(map(lives, below)), 5), [below[pid] for pid in below if lives(pid)]


def test_without_work_only_pages_are_served(tmp_path: Path) -> None:
    with serving(tmp_path, free_port(), "--no-work") as parent:
        assert not any(words.endswith("regulars work") for words in family(parent.pid).values())


def test_a_second_server_on_the_port_is_refused_before_anything_starts(tmp_path: Path) -> None:
    port = free_port()
    with serving(tmp_path, port, "--no-work"):
        done = run(tmp_path, "serve", "--port", str(port))
        assert done.returncode == 1
        assert done.stderr.startswith(f"regulars: cannot listen on 127.0.0.1 port {port} ")
        assert done.stderr.endswith("choose another with --port N\n")
        assert done.stdout == ""
        assert answers(port)


def test_a_child_that_was_killed_is_started_again(tmp_path: Path) -> None:
    port = free_port()
    with serving(tmp_path, port) as parent:
        killed = [pid for pid, words in family(parent.pid).items() if " regulars web " in words and pid]
        work = [pid for pid, words in family(parent.pid).items() if words.endswith("regulars work")]
        for pid in (*killed, *work):
            os.kill(pid, signal.SIGKILL)

        def is_back() -> bool:
            now = family(parent.pid)
            return any(words.endswith("regulars work") for pid, words in now.items() if pid not in work)

        assert until(is_back)
        assert until(lambda: answers(port))


def test_a_child_that_keeps_dying_stops_everything_with_a_sentence() -> None:
    child, starts = Child("the work", ("no-such-command",)), 0

    def tend_for_long() -> None:
        nonlocal starts
        now = time.monotonic()
        while True:
            had = child.process
            child.tend(now)
            now += 0.1
            if child.process and child.process is not had:
                starts += 1
                child.process.wait(30)

    with pytest.raises(Refused, match=rf"the work ended {DEATHS} times in a row \(exit code 2\)"):
        tend_for_long()
    assert starts == DEATHS


def test_a_child_that_ran_for_long_has_its_earlier_deaths_forgiven() -> None:
    child, now = Child("the work", ("no-such-command",), deaths=DEATHS - 1), time.monotonic()
    child.tend(now)
    assert child.process is not None
    child.process.wait(30)
    child.tend(now + STEADY)
    assert child.deaths == 1


def test_the_pause_before_a_new_start_doubles_up_to_half_a_minute() -> None:
    assert [pause(n) for n in (1, 2, 3, 4, 20)] == [0.5, 1, 2, 4, 30]


def test_a_process_that_does_not_listen_to_a_request_is_ended_by_force() -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    with subprocess.Popen(["python3", "-c", deaf], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        processes.end([process], grace=0.2)
        assert process.returncode == -signal.SIGKILL


def test_an_address_that_is_not_this_machines_is_refused() -> None:
    with pytest.raises(Refused, match=r"cannot listen on 192\.0\.2\.1"):
        refuse_a_taken_port("192.0.2.1", 8000)
    with pytest.raises(Refused, match="port 99999"):
        refuse_a_taken_port("127.0.0.1", 99999)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with pytest.raises(Refused, match="choose another with --port N"):
            refuse_a_taken_port("127.0.0.1", listener.getsockname()[1])


@pytest.mark.parametrize(
    ("host", "written"),
    [("127.0.0.1", "http://127.0.0.1:80/"), ("0.0.0.0", "http://127.0.0.1:80/"), ("::", "http://[::1]:80/")],
)
def test_the_address_is_one_that_a_browser_here_can_open(host: str, written: str) -> None:
    assert address(host, 80) == written


@pytest.mark.django_db
def test_a_demo_password_is_warned_of_where_others_can_reach_it() -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    assert warning("0.0.0.0") == ""
    add_user(name="demo", role="owner", password="plum-rain-teapot-41", by=None, now=now, demo_password=True)
    assert warning("127.0.0.1") == warning("::1") == warning("localhost") == ""
    assert "demo" in warning("0.0.0.0")
    assert "regulars user password NAME" in warning("shop.example")


def test_a_file_that_waits_is_brought_in_and_turned_by_the_work(tmp_path: Path) -> None:
    assert run(tmp_path, "brand", "--time-zone", "Asia/Shanghai").returncode == 0
    with sqlite3.connect(tmp_path / "desk.db") as desk:
        blank: dict[str, str | int] = {
            "name": "stores",
            "state": "waiting",
            "map_text": MAP,
            "files": '[{"name": "stores.csv"}]',
        }
        blank |= {"rows_are": "", "source": "", "fingerprint": "", "progress": "", "error": "", "appended": 0}
        blank |= {"rows_read": 0, "rows_repeated": 0, "rows_rejected": 0, "started_at": "2026-11-21 01:00:00"}
        blank |= {"taken": "{}", "reasons": "{}", "blocked": "[]", "totals": "[]"}
        marks = ", ".join("?" * len(blank))
        desk.execute(f"insert into gather_import ({', '.join(blank)}) values ({marks})", list(blank.values()))
    folder = tmp_path / "waiting" / "1"
    folder.mkdir(parents=True)
    (folder / "stores.csv").write_text("store,name\nS1,Riverside\nS2,Old town\n")

    def landed_and_turned() -> bool:
        with sqlite3.connect(tmp_path / "desk.db") as desk:
            landed = desk.execute(
                "select count(*) from gather_import where id = 1 and state = 'landed'"
            ).fetchone()
            turned = desk.execute("select count(*) from measure_turn where ended_at is not null").fetchone()
        return bool(landed == turned == (1,))

    with serving(tmp_path, free_port()):
        assert until(landed_and_turned, 60)
    assert not folder.exists()
    with sqlite3.connect(tmp_path / "desk.db") as desk:
        assert desk.execute("select code, name from brand_store order by code").fetchall() == [
            ("S1", "Riverside"),
            ("S2", "Old town"),
        ]
