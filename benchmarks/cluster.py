"""The same suite and the same turn on a real standalone master with two workers, beside DuckDB and Spark in one JVM.

`python -m benchmarks.cluster [--weeks N] [--only suite|turn]` starts the master and the workers on loopback, on ports
and in folders of their own, and ends them by their process ids, whatever happens. A turn is the command itself,
`REGULARS_ENGINE=spark://… regulars turn`, on a home of its own; its desk and lake are held against DuckDB's row by row,
and its workers are asked whether it was there that it ran, before a time is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from benchmarks import _homes

WORKERS, CORES, MEMORY = 2, 1, "1g"
PATIENCE = 90  # seconds for the workers to be there
DEFAULTS = """spark.executor.memory 900m
spark.driver.memory 1g
spark.sql.shuffle.partitions 4
spark.executor.extraJavaOptions -XX:TieredStopAtLevel=1
"""


class Cluster(NamedTuple):
    """A master: where to compute, and where its workers keep what they ran."""

    address: str
    work: Sequence[Path]

    def ran(self) -> set[str]:
        """The applications of which every worker ran a part."""
        return set.intersection(*({each.name for each in folder.glob("app-*")} for folder in self.work))


@contextmanager
def cluster(folder: Path, environment: dict[str, str], workers: int = WORKERS) -> Iterator[Cluster]:
    """A master with workers on loopback. What was started is ended when the block is left."""
    port, page = _free(), _free()
    work = [folder / f"work-{number}" for number in range(workers)]
    made = Cluster(f"spark://127.0.0.1:{port}", work)
    ports = ["--host", "127.0.0.1", "--port", str(port), "--webui-port", str(page)]
    started = [_start(folder, environment, "master.Master", *ports)]
    try:
        for each in work:
            own = ["--host", "127.0.0.1", "--webui-port", str(_free()), "--work-dir", str(each)]
            bounds = ["--cores", str(CORES), "--memory", MEMORY]
            started.append(_start(folder, environment, "worker.Worker", *own, *bounds, made.address))
        _wait_for(page, workers)
        yield made
    finally:
        for process in reversed(started):  # a worker ends the executors that it started
            process.terminate()
        for process in reversed(started):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def configured(folder: Path) -> dict[str, str]:
    """The environment of master, workers and whoever asks them: settings and folders of their own."""
    (folder / "conf").mkdir(parents=True)
    (folder / "conf" / "spark-defaults.conf").write_text(DEFAULTS)
    found = find_spec("pyspark")
    if found is None or found.origin is None:
        raise SystemExit("PySpark is missing; pip install 'regulars[spark]'")
    own = {
        "SPARK_HOME": str(Path(found.origin).parent),
        "SPARK_CONF_DIR": str(folder / "conf"),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_NO_DAEMONIZE": "1",
    }
    return {**os.environ, **own}


def _start(folder: Path, environment: dict[str, str], what: str, *arguments: str) -> subprocess.Popen[bytes]:
    program = Path(environment["SPARK_HOME"]) / "bin" / "spark-class"
    command = [str(program), f"org.apache.spark.deploy.{what}", *arguments]
    with (folder / f"{what}.log").open("ab") as log:
        return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def _free() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def _wait_for(page: int, workers: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{page}/json/", timeout=5) as answer:
                if json.load(answer)["aliveworkers"] == workers:
                    return
        except OSError:
            pass
        time.sleep(0.5)
    raise RuntimeError(f"the workers were not there after {PATIENCE} s")


def suite(address: str, environment: dict[str, str]) -> bool:
    """The tests of both engines against the master in place of a JVM of their own."""
    files = ("tests/engines/test_every_table.py", "tests/engines/test_portable.py")
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-m", "spark", *files]
    return subprocess.run(command, env={**environment, "REGULARS_TEST_ENGINE": address}).returncode == 0


def turns(folder: Path, homes: Sequence[Path], made: Cluster, environment: dict[str, str]) -> None:
    """A turn of each home on each engine: its seconds, once it is known to have said what DuckDB's said."""
    from tests.engines.test_turn_on_both import desks_differ, lakes_differ

    engines = {"DuckDB": "duckdb", "a master with two workers": made.address, "Spark in one JVM": "spark"}
    more = {name: environment[name] for name in ("SPARK_CONF_DIR", "SPARK_LOCAL_IP", "SPARK_LOCAL_DIRS")}
    for home in homes:
        twins = {name: folder / f"{home.name}-{place}" for place, name in enumerate(engines)}
        for name, engine in engines.items():
            shutil.copytree(home, twins[name])
            ran = made.ran()
            took = _homes.run(twins[name], "turn", engine=engine, **({} if engine == "duckdb" else more))
            _refuse_unless(len(made.ran() - ran) == (engine == made.address), f"{name} computed elsewhere")
            differ = desks_differ(twins["DuckDB"], twins[name]) | lakes_differ(twins["DuckDB"], twins[name])
            _refuse_unless(not differ, f"{name} says something else of {home.name} than DuckDB: {differ}")
            print(f"{home.name} on {name}: {took:.1f} s, the same rows{_counted(twins[name])}", flush=True)


def _refuse_unless(holds: bool, why: str) -> None:
    if not holds:
        raise SystemExit(why)


def _counted(home: Path) -> str:
    """How much was compared."""
    desk, lake = _homes.desk(home), _homes.computed(home)
    rows = (sum(map(len, desk.values())), sum(map(len, lake.values())))
    return f": {rows[0]:,} in {len(desk)} tables of the desk, {rows[1]:,} in {len(lake)} of the lake"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--weeks", type=int, default=20)
    parser.add_argument("--only", choices=("suite", "turn"))
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended then, too
    with tempfile.TemporaryDirectory(prefix="regulars-cluster-") as name:
        folder = Path(name)
        environment = configured(folder)
        homes = _homes.prepare(folder, weeks=asked.weeks) if asked.only != "suite" else ()
        with cluster(folder, environment) as made:
            print(f"{made.address} with {WORKERS} workers of {CORES} core and {MEMORY} each", flush=True)
            if asked.only != "turn":
                began = time.monotonic()
                if not suite(made.address, environment):
                    raise SystemExit("the suite failed on the master")
                print(f"the suite: {time.monotonic() - began:.0f} s", flush=True)
            turns(folder, homes, made, environment)


if __name__ == "__main__":
    main()
