"""One writer at a time, also when the last one died."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from regulars.desk import locks
from regulars.desk.models import Writer

pytestmark = pytest.mark.django_db(transaction=True)


def test_numbers_rise_also_past_landings_that_died() -> None:
    with locks.writing() as lock:
        assert lock.next_number(after=7) == 8
    with locks.writing() as lock:
        assert lock.next_number(after=7) == 9


def test_a_second_writer_waits_for_the_first() -> None:
    order, entered = [], threading.Event()

    def second() -> None:
        try:
            with locks.writing(waiting=lambda owner: entered.set()):
                order.append("second")
        finally:
            connection.close()

    with locks.writing():
        other = threading.Thread(target=second)
        other.start()
        assert entered.wait(10)
        order.append("first")
    other.join(10)
    assert order == ["first", "second"]


def test_a_dead_process_of_this_machine_loses_the_lock_at_once() -> None:
    dead = subprocess.Popen([sys.executable, "-c", "pass"])
    dead.wait()
    Writer.objects.create(
        name="lake", owner=f"{socket.gethostname()} {dead.pid} x", beat_at=datetime.now(UTC)
    )
    with locks.writing() as lock:
        assert lock.still()


def test_a_silent_owner_elsewhere_loses_the_lock_in_time_and_knows_it() -> None:
    long_ago = datetime.now(UTC) - locks.DEAD_AFTER - timedelta(seconds=1)
    Writer.objects.create(name="lake", owner="elsewhere 1 x", beat_at=long_ago)
    with locks.writing() as lock:
        assert lock.still()
    assert not locks.Held("lake", "elsewhere 1 x").still()
