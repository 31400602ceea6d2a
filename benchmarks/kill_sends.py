"""Two workers, kill -9 at random places: every entry, task and message of a play exactly once.

`python -m benchmarks.kill_sends [RUNS] [SEED]`. A play has a text message, a task for staff and an e-mail; its
entries stand before the first step. In each run both workers are killed and started again at random moments, then one
works to the end. What guests have is read at the far ends: the gateway takes an id once, the sink counts Message-IDs.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks._far_ends import Gateway, Sink, listening

PEOPLE = 120
SLOW = 0.008  # seconds that a far end takes for a message, so that there is a middle to be killed in
STEPS = [
    {"step": "message", "channels": "sms", "body_en": "Your table waits."},
    {"step": "task", "fallback": False, "body_en": "Say hello."},
    {"step": "message", "channels": "email", "subject_en": "Your table", "body_en": "It waits."},
]


@dataclass
class Left:
    """What the runs left: kills, mails whose end nobody can tell, and messages that came to their end."""

    kills: int = 0
    unknown: int = 0
    ended: Counter[str] = field(default_factory=Counter)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        left = kill(Path(folder), runs, seed)
    print(
        f"{runs} runs, {left.kills} kills: {PEOPLE} entries, {PEOPLE} text messages, {PEOPLE} tasks and {PEOPLE} "
        f"e-mails each time, none lost and none twice ({time.monotonic() - began:.0f} s)"
    )
    print(f"messages over all runs: {dict(left.ended)}; e-mails nobody can tell of: {left.unknown}")


def kill(folder: Path, runs: int, seed: int) -> Left:
    """Kill two workers in each of so many runs; fails on anything that is there twice or not at all."""
    chance, left = random.Random(seed), Left()
    with listening(Gateway()) as gateway, listening(Sink()) as sink:
        gateway.before = lambda: time.sleep(SLOW)
        sink.answers = lambda verb, _line: time.sleep(SLOW) if verb == "DATA" else None
        base = folder / "base"
        ports = [str(server.server_address[1]) for server in (gateway, sink)]
        _run(base, "--seed", *ports)
        length = _length(folder, base)
        for number in range(runs):
            gateway.taken.clear()
            sink.mails.clear()
            home = folder / str(number)
            shutil.copytree(base, home)
            left.kills += _kill(home, length, chance)
            _run(home, "--work")
            _check(_tell(home), gateway, sink, left)
            shutil.rmtree(home)
    return left


def _length(folder: Path, base: Path) -> float:
    """How long one worker takes alone, from where it is ready."""
    home = folder / "clean"
    shutil.copytree(base, home)
    (worker,) = _start(home, 1)
    began = time.monotonic()
    worker.wait()
    return time.monotonic() - began


def _kill(home: Path, length: float, chance: random.Random) -> int:
    """Two workers are killed, one after the other; in every second run a third one, too. How many were at work."""
    workers = _start(home, 2)
    killed = _strike(workers[0], length * chance.uniform(0.02, 0.35))
    if chance.random() < 0.5:
        workers += _start(home, 1)
    return killed + sum(_strike(each, length * chance.uniform(0.02, 0.25)) for each in workers[1:])


def _strike(worker: subprocess.Popen[str], wait: float) -> int:
    time.sleep(wait)
    at_work = worker.poll() is None
    worker.kill()
    worker.wait()
    return int(at_work)


def _check(told: dict[str, Any], gateway: Gateway, sink: Sink, left: Left) -> None:
    """Compare what the desk says with what the far ends have."""
    messages: dict[str, list[str]] = told["messages"]  # key: channel, state, reason
    assert told["entries"] == [["done", len(STEPS)]] * PEOPLE, "an entry stands where it should not"
    per_channel = Counter(channel for channel, _state, _reason in messages.values())
    assert sum(per_channel.values()) == len(STEPS) * PEOPLE, per_channel
    ended = [key for key, (_channel, state, _reason) in messages.items() if state != "handed"]
    assert sorted(told["touches"]) == sorted(f"message|{key}" for key in ended), "a touch is missing or twice"
    texts = {key for key, row in messages.items() if row[:2] == ["sms", "sent"]}
    assert set(gateway.taken) == texts, "a text message was lost, or sent unasked"
    mails = [key for key, row in messages.items() if row[:2] == ["email", "sent"]]
    unknown = [key for key, row in messages.items() if row[2] == "unknown"]
    came = Counter(to for to, _mail in sink.mails)
    identifiers = [
        found[0] for _to, mail in sink.mails if (found := re.findall(rb"Message-ID: <(\S+)>", mail))
    ]
    assert len(set(identifiers)) == len(sink.mails) == len(came), "a mail came twice"
    assert len(mails) <= len(sink.mails) <= len(mails) + len(unknown), "a mail was lost"
    left.unknown += len(unknown)
    left.ended.update(f"{channel} {state}" for channel, state, _reason in messages.values())


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "REGULARS_DATABASE_URL"}
    return {**kept, "REGULARS_HOME": str(home)}


def _run(home: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "benchmarks.kill_sends", *arguments]
    done = subprocess.run(command, env=_environment(home), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def _start(home: Path, count: int) -> list[subprocess.Popen[str]]:
    """Workers that have said that they are ready."""
    command = [sys.executable, "-m", "benchmarks.kill_sends", "--work"]
    workers = [
        subprocess.Popen(command, env=_environment(home), stdout=subprocess.PIPE, text=True)
        for _ in range(count)
    ]
    for worker in workers:
        assert worker.stdout is not None
        worker.stdout.readline()
    return workers


def _tell(home: Path) -> dict[str, Any]:
    """What the desk of a home says, read without us."""
    with closing(sqlite3.connect(home / "desk.db")) as desk:
        messages = desk.execute("select key, channel, state, reason from engage_message order by key")
        return {
            "messages": {key: list(rest) for key, *rest in messages},
            "entries": [
                list(row) for row in desk.execute("select state, step from engage_entry order by id")
            ],
            "touches": [key for (key,) in desk.execute("select key from engage_touch")],
        }


def _seed(gateway: int, sink: int) -> None:
    from benchmarks import _guests
    from regulars.engage.models import Entry, Play

    _guests.invite(PEOPLE, "sms", "wecom", "email")
    _guests.let_out("sms", address=f"http://127.0.0.1:{gateway}/send", token="sesame")
    _guests.let_out("email", host="127.0.0.1", port=sink, security="none", sender="hello@brand.example")
    now = _guests.NOON
    play = Play.objects.create(
        name="second-visit", title="The second visit", audience="visits == 1", steps=STEPS, salt="salt",
        state=Play.State.RUNNING, made_at=now, started_at=now, looked_on=now.date(),
    )  # fmt: skip
    Entry.objects.bulk_create(
        Entry(
            play=play, customer=number, arm="treated", entered_at=now, entered_on=now.date(), step=0, due_at=now
        )
        for number in range(1, PEOPLE + 1)
    )  # fmt: skip


def _work() -> None:
    from benchmarks._guests import NOON
    from regulars.engage.actions import next_due, run_due

    print("ready", flush=True)
    while (due := next_due(now=NOON)) is not None and due <= NOON:
        run_due(now=NOON, still=lambda: True)


if __name__ == "__main__":
    if sys.argv[1:2] in (["--seed"], ["--work"]):
        from benchmarks import _guests

        _guests.ready(migrate=sys.argv[1] == "--seed")
        if sys.argv[1] == "--seed":
            _seed(int(sys.argv[2]), int(sys.argv[3]))
        else:
            _work()
    else:
        main()
