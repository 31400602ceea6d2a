"""Two workers, kill -9 at random places: every entry, task and message of a play exactly once, and every point.

`python -m benchmarks.kill_sends [RUNS] [SEED]`. People enter a play, which has a text message, a task for staff and an
e-mail; orders earn points, and points are spent. One worker begins with the play, the other with the book. In each run
both are killed and started again at random moments, then one works to the end. What guests have is read at the far
ends: the gateway takes an id once, the sink counts Message-IDs.
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

PEOPLE, ORDERS = 120, 6  # orders of each, 20 points an order
SPENT = 70  # points of each, on one benefit
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
    entries: int = 0
    treated: int = 0
    points: int = 0
    ended: Counter[str] = field(default_factory=Counter)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        left = kill(Path(folder), runs, seed)
    print(
        f"{runs} runs, {left.kills} kills: {left.entries:,} entries, a text message, a task and an e-mail for each of "
        f"{left.treated:,} treated, {left.points:,} entries of points, none lost and none twice "
        f"({time.monotonic() - began:.0f} s)"
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
            _run(home, "--work", "0")
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
    treated, doors = _entered(told)
    per_channel = Counter(channel for channel, _state, _reason in messages.values())
    assert set(per_channel.values()) == {treated}, per_channel
    ended = [f"message|{key}" for key, (_channel, state, _reason) in messages.items() if state != "handed"]
    assert sorted(told["touches"]) == sorted([*ended, *doors]), "a touch is missing or twice"
    _check_points(told)
    left.entries += len(told["entries"])
    left.treated += treated
    left.points += len(told["points"])
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


def _entered(told: dict[str, Any]) -> tuple[int, list[str]]:
    """How many are treated, and the touches of those at the door: held back, or the brand's hold-out."""
    entries: list[list[Any]] = told["entries"]  # customer, arm, state, step
    arms = {customer: arm for customer, arm, _state, _step in entries}
    assert len(arms) == len(entries), "somebody entered twice"
    out = set(range(1, PEOPLE + 1)) - arms.keys()
    doors = [key for key in told["touches"] if "|door|" in key]
    assert len(out) < PEOPLE / 10, "people were lost on the way in"
    expected = {*out, *(customer for customer, arm in arms.items() if arm == "control")}
    assert {int(key.rpartition("|")[2]) for key in doors} == expected, (
        "somebody was judged, and it was not kept"
    )
    treated = [entry[2:] for entry in entries if entry[1] == "treated"]
    assert treated == [["done", len(STEPS)]] * len(treated), "an entry stands where it should not"
    return len(treated), doors


def _check_points(told: dict[str, Any]) -> None:
    """Each order earned once, each benefit was paid for once, and the accounts say what the book says."""
    booked = Counter((customer, kind) for customer, kind, _amount in told["points"])
    everybody = range(1, PEOPLE + 1)
    assert {number: booked[number, "earn"] for number in everybody} == dict.fromkeys(everybody, ORDERS)
    assert {kind for _customer, kind in booked} == {"earn", "spend"}
    sums: Counter[int] = Counter()
    spent: Counter[int] = Counter()
    for customer, kind, amount in told["points"]:
        sums[customer] += amount
        spent[customer] -= amount if kind == "spend" else 0
    assert spent == Counter(dict.fromkeys(everybody, SPENT)), "a benefit was paid for twice, or not at all"
    assert {customer: balance for customer, balance, _owed in told["accounts"]} == sums, (
        "the books do not balance"
    )
    assert sum(owed for _customer, _balance, owed in told["accounts"]) == 0


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
    """Workers that have said that they are ready; every second one begins with the book."""
    command = [sys.executable, "-m", "benchmarks.kill_sends", "--work"]
    workers = [
        subprocess.Popen([*command, str(each)], env=_environment(home), stdout=subprocess.PIPE, text=True)
        for each in range(count)
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
            "entries": _rows(desk, "select customer, arm, state, step from engage_entry order by id"),
            "points": _rows(desk, "select customer_id, kind, amount from reward_pointsentry order by id"),
            "accounts": _rows(desk, "select customer, balance, owed from reward_account"),
            "touches": [key for (key,) in desk.execute("select key from engage_touch")],
        }


def _rows(desk: sqlite3.Connection, query: str) -> list[list[Any]]:
    return [list(row) for row in desk.execute(query)]


def _seed(gateway: int, sink: int) -> None:
    from benchmarks import _guests
    from regulars.engage.models import Play
    from regulars.reward import actions

    _guests.invite(PEOPLE, "sms", "wecom", "email")
    _guests.come(PEOPLE, ORDERS, money=2_000)
    _guests.let_out("sms", address=f"http://127.0.0.1:{gateway}/send", token="sesame")
    _guests.let_out("email", host="127.0.0.1", port=sink, security="none", sender="hello@brand.example")
    now = _guests.NOON
    Play.objects.create(
        name="second-visit", title="The second visit", audience="visits == 1", steps=STEPS, salt="salt",
        state=Play.State.RUNNING, made_at=now, started_at=now, newcomers_only=False, treated_share=0.8,
    )  # fmt: skip
    actions.programme(starts_on=now.date())


def _work(begins_with: str) -> None:
    from benchmarks._guests import HEAD, NOON
    from regulars.engage.actions import next_due, run_due
    from regulars.reward import actions

    def play() -> None:
        while (due := next_due(now=NOON)) is not None and due <= NOON:
            run_due(now=NOON, still=lambda: True)

    def book() -> None:
        actions.earn_since(head=HEAD, now=NOON)
        for number in range(1, PEOPLE + 1):
            actions.redeem(customer=number, points=SPENT, benefit="tea", key=f"tea {number}", now=NOON)

    print("ready", flush=True)
    for act in (book, play) if begins_with == "1" else (play, book):
        act()


if __name__ == "__main__":
    if sys.argv[1:2] in (["--seed"], ["--work"]):
        from benchmarks import _guests

        _guests.ready(migrate=sys.argv[1] == "--seed")
        if sys.argv[1] == "--seed":
            _seed(int(sys.argv[2]), int(sys.argv[3]))
        else:
            _work(sys.argv[2])
    else:
        main()
