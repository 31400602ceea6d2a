"""The same suite and the same turn on a real standalone master with two workers, beside DuckDB and Spark in one JVM.

`python -m benchmarks.cluster [--weeks N] [--only suite|turn]` starts the master and the workers on loopback, on ports
and in folders of their own, and ends them by their process ids, whatever happens. Every turn's desk and lake are held
against DuckDB's before a time is printed.
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
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from benchmarks import _homes

WORKERS, CORES, MEMORY = 2, 1, "1g"
PATIENCE = 90  # seconds for the workers to be there
DEFAULTS = """spark.executor.memory 900m
spark.driver.memory 1g
spark.sql.shuffle.partitions 4
"""


@contextmanager
def cluster(folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """A master with workers on loopback; its address. What was started is ended when the block is left."""
    port, page = _free(), _free()
    address = f"spark://127.0.0.1:{port}"
    ports = ["--host", "127.0.0.1", "--port", str(port), "--webui-port", str(page)]
    started = [_start(folder, environment, "master.Master", *ports)]
    try:
        for number in range(WORKERS):
            own = [
                "--host",
                "127.0.0.1",
                "--webui-port",
                str(_free()),
                "--work-dir",
                str(folder / f"work-{number}"),
            ]
            bounds = ["--cores", str(CORES), "--memory", MEMORY]
            started.append(_start(folder, environment, "worker.Worker", *own, *bounds, address))
        _wait_for_workers(page)
        yield address
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


def _wait_for_workers(page: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{page}/json/", timeout=5) as answer:
                if json.load(answer)["aliveworkers"] == WORKERS:
                    return
        except OSError:
            pass
        time.sleep(0.5)
    raise RuntimeError(f"the workers were not there after {PATIENCE} s")


def suite(address: str, environment: dict[str, str]) -> bool:
    """The tests of both engines against the master in place of a JVM of their own."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "0",
        "-m",
        "spark",
        "tests/engines",
        "-k",
        "say_the_same",
    ]
    return subprocess.run(command, env={**environment, "REGULARS_TEST_ENGINE": address}).returncode == 0


def turns(folder: Path, address: str, environment: dict[str, str], weeks: int) -> dict[str, dict[str, float]]:
    """Seconds of a first and of a later turn by engine, each equal to DuckDB's in desk and lake."""
    from tests.engines.test_turn_on_both import desks_differ, lakes_differ

    engines = {"DuckDB": "duckdb", "Spark in one JVM": "spark", "master and two workers": address}
    more = {name: environment[name] for name in ("SPARK_CONF_DIR", "SPARK_LOCAL_IP", "SPARK_LOCAL_DIRS")}
    seconds: dict[str, dict[str, float]] = {name: {} for name in engines}
    for home in _homes.prepare(folder, weeks=weeks):
        first = None
        for name, engine in engines.items():
            twin = folder / f"{home.name}-{engine.split(':')[0]}{len(seconds[name])}-{len(name)}"
            shutil.copytree(home, twin)
            seconds[name][home.name] = _homes.run(
                twin, "turn", engine=engine, **({} if engine == "duckdb" else more)
            )
            first = first or twin
            differ = desks_differ(first, twin) | lakes_differ(first, twin)
            if differ:
                raise SystemExit(f"{name} says something else of {home.name} than DuckDB: {differ}")
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--weeks", type=int, default=20)
    parser.add_argument("--only", choices=("suite", "turn"))
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended then, too
    with tempfile.TemporaryDirectory(prefix="regulars-cluster-") as name:
        folder = Path(name)
        environment = configured(folder)
        with cluster(folder, environment) as address:
            print(f"{address} with {WORKERS} workers of {CORES} core and {MEMORY} each", flush=True)
            if asked.only != "turn":
                began = time.monotonic()
                if not suite(address, environment):
                    raise SystemExit("the suite failed on the master")
                print(f"the suite: {time.monotonic() - began:.0f} s", flush=True)
            if asked.only != "suite":
                for engine, took in turns(folder, address, environment, asked.weeks).items():
                    told = ", ".join(f"{which} {each:.1f} s" for which, each in took.items())
                    print(f"{engine}: {told}; start of the process included", flush=True)


if __name__ == "__main__":
    main()
