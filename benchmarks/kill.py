"""kill -9 at random places of an import and of a turn: afterwards the old state or the new, never between.

`python -m benchmarks.kill [TIMES] [SEED]` prints how many kills left each; the same command is then run to its end
and must reach the new state. State is everything a reader can see: each table at HEAD and each visible desk row.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

MAPS = resources.files("regulars.simulate").joinpath("maps")
STATE = [sys.executable, "-m", "benchmarks.kill", "--state"]


@dataclass(frozen=True)
class Case:
    """A command, and the home from which it starts."""

    name: str
    command: list[str]
    home: Path


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with tempfile.TemporaryDirectory() as folder:
        for case in cases(Path(folder), seed):
            began = time.monotonic()
            left = kill(case, times, seed)
            took = time.monotonic() - began
            print(f"{case.name}: {times} kills left {dict(left)}, all reached the new state ({took:.0f} s)")


def cases(folder: Path, seed: int) -> list[Case]:
    """An import that replaces, a turn over what it brought and one over what another added, each with a home where all
    before has landed."""
    from regulars.simulate.files import write
    from regulars.simulate.formats import small
    from regulars.simulate.history import simulate

    files = folder / "files"
    write(simulate(small(seed, weeks=30)), files)
    months = sorted(files.glob("orders-*"))
    lines = sorted(files.glob("lines-*"))
    text = MAPS.joinpath("lines.toml").read_text()
    first, second = folder / "first.toml", folder / "second.toml"
    for path, month in ((first, months[0]), (second, months[-1])):
        path.write_text(text.replace("orders.csv", month.name))
    members = folder / "members.toml"
    members.write_text(MAPS.joinpath("members.toml").read_text())
    regulars = [sys.executable, "-m", "regulars"]
    base = folder / "base"
    run(base, [*regulars, "import", str(files / "members.csv"), "--map", str(members)])
    run(base, [*regulars, "import", str(lines[0]), "--map", str(first), "--as", "sales"])
    run(base, [*regulars, "turn"])
    bring = [*regulars, "import", str(lines[-1]), "--map", str(second), "--as", "sales"]
    landed = folder / "landed"
    shutil.copytree(base, landed)
    run(landed, bring)
    more = folder / "more"
    shutil.copytree(base, more)
    run(more, [*bring, "--append"])
    turn = [*regulars, "turn"]
    # After a replaced import a turn reads all; after one that adds, what is new beside what the last turn kept.
    return [Case("import", bring, base), Case("turn", turn, landed), Case("turn of what is new", turn, more)]


def kill(case: Case, times: int, seed: int) -> Counter[str]:
    """Kill the command ``times`` times at random moments; fails on a state that is neither old nor new."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        clean = Path(folder) / "clean"
        shutil.copytree(case.home, clean)
        before = state(clean)
        began = time.monotonic()
        run(clean, case.command)
        length, after = time.monotonic() - began, state(clean)
        assert before != after, f"{case.name} changes nothing, so killing it would show nothing"
        left: Counter[str] = Counter()
        for number in range(times):
            home = Path(folder) / str(number)
            shutil.copytree(case.home, home)
            process = subprocess.Popen(case.command, env=environment(home), **SILENT)  # type: ignore[call-overload]
            time.sleep(length * chance.uniform(0.15, 1.05))
            process.send_signal(signal.SIGKILL)
            process.wait()
            found = state(home)
            assert found in (before, after), f"{case.name}, kill {number}: between the old state and the new"
            left["old" if found == before else "new"] += 1
            run(home, case.command)
            assert state(home) == after, (
                f"{case.name}, kill {number}: not the new state after running it again"
            )
            shutil.rmtree(home)
    return left


# Columns that name a landing: one that was killed has drawn its number, so the next has another.
LANDINGS = ("batch", "batch_a", "batch_b", "laid", "upto")
# Said of a row that ended, with its end: every reader asks for them together with until <= HEAD, so of a row that is
# still visible they say nothing yet.
OF_AN_END = ("merged_into", "ended_by")
SILENT = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "REGULARS_DATABASE_URL"}
    key = {"REGULARS_IDENTIFIER_KEY": "00" * 32}  # so that two homes hash alike
    return {**kept, **key, "REGULARS_HOME": str(home)}


def run(home: Path, command: list[str]) -> str:
    """Run a command in a home to its end; its output, or a failure with what it said."""
    done = subprocess.run(
        command, env=environment(home), capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr or done.stdout}")
    return done.stdout


def state(home: Path) -> str:
    """A hash of all that readers of this home can see, told by a process of its own."""
    return run(home, STATE).strip()


def _print_state() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.settings"
    import django

    django.setup()
    from regulars import settings
    from regulars.desk.spans import spanned, visible
    from regulars.gather.models import Import
    from regulars.identify.models import Customer
    from regulars.lake.engine import open_lake

    seen = hashlib.sha256()
    lake = open_lake(settings.HOME / "lake", settings.HOME / "scratch")
    for name in sorted(lake.head.tables):
        table = lake.table(name)
        columns = [column for column in table.columns if column not in LANDINGS]
        rows = lake.con.to_pyarrow(table.select(*columns)).to_pylist()
        _add(seen, name, rows)
    for model in spanned():
        names = [field.attname for field in model._meta.concrete_fields]
        kept = [name for name in names if name not in ("id", "batch", "until", *OF_AN_END)]
        _add(
            seen,
            model._meta.label,
            list(model._default_manager.filter(visible(lake.head.number)).values(*kept)),
        )
    aliases = Customer.objects.filter(until__lte=lake.head.number).values("number", "merged_into")
    _add(seen, "aliases", list(aliases))
    landed = Import.objects.filter(batch__lte=lake.head.number).exclude(state__in=["stopped", "replaced"])
    told = landed.values_list("name", "fingerprint", "rows_read", "taken")
    _add(seen, "imports", [dict(enumerate(row)) for row in told])
    print(seen.hexdigest())


def _add(seen: hashlib._Hash, name: str, rows: Iterable[Mapping[Any, Any]]) -> None:
    seen.update(name.encode())
    for text in sorted(repr(row) for row in rows):
        seen.update(text.encode())


if __name__ == "__main__":
    if "--state" in sys.argv:
        _print_state()
    else:
        main()
