"""`make test`: what the machine lacks, then style, contracts and types, then the tests on both databases."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tests import machine
from tests.postgres import cluster

BIN = Path(sys.executable).parent
# More workers than this only fight over memory: each has a lake and a desk of its own.
WORKERS = ("-n", "auto", "--maxprocesses", "6")


def run(title: str, *command: str, **environment: str) -> bool:
    """Run one step and say what it was, how it ended and how long it took."""
    print(f"\n== {title}", flush=True)
    began = time.monotonic()
    code = subprocess.run(command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL).returncode
    print(
        f"-- {title}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s", flush=True
    )
    return code == 0


def pytest(title: str, *arguments: str, **environment: str) -> bool:
    return run(title, sys.executable, "-m", "pytest", "-q", *WORKERS, *arguments, **environment)


def main(arguments: list[str]) -> int:
    """Run every step, also after one failed, the longest last; give 1 when any failed."""
    tools = machine.tools()
    for tool in tools:
        print(tool.sentence())
    lacking = [tool.name for tool in tools if not tool.found]
    if machine.CI and lacking:
        print(f"CI is set, so nothing is skipped: install {' and '.join(lacking)} first")
        return 1
    passed = {
        "style": run("style", str(BIN / "ruff"), "check", "--quiet", "."),
        "format": run("format", str(BIN / "ruff"), "format", "--check", "--quiet", "."),
        "import contracts": run("import contracts", str(BIN / "lint-imports"), "--no-logo"),
        "types": run("types", str(BIN / "mypy")),
    }
    if programs := machine.postgresql():
        with cluster(programs) as url:
            title = "desk tests on PostgreSQL"
            passed[title] = pytest(title, "--desk", *arguments, REGULARS_DATABASE_URL=url)
    if machine.jre():
        # One JVM beside one process; the workers of the step after it would start one each.
        passed["both engines"] = pytest("both engines", "-n", "0", "-m", "spark", *arguments)
    passed["tests on SQLite"] = pytest("tests on SQLite", "-m", "not spark", *arguments)
    failed = [title for title, well in passed.items() if not well]
    print(f"\n{'FAILED: ' + ', '.join(failed) if failed else 'All passed: ' + ', '.join(passed)}.")
    if lacking:
        print(f"Skipped for lack of {' and '.join(lacking)}; see the first lines.")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
