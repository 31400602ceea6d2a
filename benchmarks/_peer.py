"""Another package in an environment of its own, since lifetimes and pymc-marketing want an older pandas than Regulars.

`--peer PYTHON` names that environment's interpreter. The process lives through the whole benchmark, so that both sides
are warm and a round of ours can follow a round of theirs; data goes over as Parquet, seconds and checksums come back.
What the other side runs is a function of a module in `benchmarks/` that imports nothing of Regulars:

    def summary(*, file: str) -> tuple[Callable[[], Any], Callable[[Any], dict[str, Any]]]:

it reads its input and returns the work, which is timed, and what is told of its result as JSON, which is not.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
Work = tuple[Callable[[], Any], Callable[[Any], dict[str, Any]]]


@dataclass(frozen=True)
class Answer:
    """Seconds of the work alone by the clock and of the processor, what was told of its result, and the process's peak
    memory so far in GiB."""

    seconds: float
    processor: float
    told: dict[str, Any]
    peak: float


class Peer:
    """A process of the other environment; end it by leaving the `with` block."""

    def __init__(self, python: str) -> None:
        quiet = os.environ | {"PYTHONPATH": str(CHECKOUT), "PYTHONWARNINGS": "ignore"}
        self.process = subprocess.Popen(
            [python, "-m", "benchmarks._peer"],
            cwd=CHECKOUT,
            env=quiet,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Peer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()

    def version(self, package: str) -> str | None:
        """The installed version of a package over there; None where it is not installed."""
        found: str | None = self._ask({"version": package})["version"]
        return found

    def run(self, what: str, /, **given: Any) -> Answer:
        """Run `module:function` once; its input is read at the first call with these arguments and then kept.

        Raises RuntimeError with the other side's own words when it fails.
        """
        said = self._ask({"run": what, "given": given})
        if "failed" in said:
            raise RuntimeError(f"{what}: {said['failed']}")
        return Answer(said["seconds"], said["processor"], said["told"], said["peak"])

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the peer ended before it answered; its last words are above")
        answer: dict[str, Any] = json.loads(line)
        return answer


def serve() -> None:
    """Answer questions, one a line, until there are no more; what packages print goes to the standard error."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    ready: dict[str, Work] = {}
    for line in sys.stdin:
        question = json.loads(line)
        try:
            answer = _version(question["version"]) if "version" in question else _run(question, ready)
        except Exception as error:
            answer = {"failed": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")


def _version(package: str) -> dict[str, Any]:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return {"version": version(package)}
    except PackageNotFoundError:
        return {"version": None}


def _run(question: dict[str, Any], ready: dict[str, Work]) -> dict[str, Any]:
    key = json.dumps(question, sort_keys=True)
    if key not in ready:
        module, function = question["run"].split(":")
        ready[key] = getattr(importlib.import_module(module), function)(**question["given"])
    work, tell = ready[key]
    began, busy = time.perf_counter(), time.process_time()
    result = work()
    seconds, processor = time.perf_counter() - began, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1 << (20 if sys.platform != "darwin" else 30)
    )
    return {"seconds": seconds, "processor": processor, "told": tell(result), "peak": peak}


if __name__ == "__main__":
    serve()
