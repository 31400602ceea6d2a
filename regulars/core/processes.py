"""Children that cannot outlive their parent: each looks twice a second whether the parent is there."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable

PARENT = "REGULARS_PARENT"
NICE = "REGULARS_NICE"
LOOK = 0.5  # seconds; a tree of three levels is gone in less than two
GRACE = 5.0  # seconds between the request to end and the end by force

Process = subprocess.Popen[bytes]


def start(*arguments: str, nice: int = 0) -> Process:
    """Start ``python -m regulars`` with these arguments as a child of this process.

    It has a process group of its own, so that Ctrl-C in a terminal reaches the parent alone, which then ends
    its children in order. ``nice`` is added to its priority number.
    """
    environment = {**os.environ, PARENT: str(os.getpid()), NICE: str(nice)}
    return subprocess.Popen(
        [sys.executable, "-m", "regulars", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        process_group=0,
    )


def obey_parent() -> None:
    """Take on what ``start`` asked for; a process that nobody started so is left as it is."""
    nice = int(os.environ.pop(NICE, "0"))
    parent = int(os.environ.pop(PARENT, "0"))
    if nice:
        os.nice(nice)
    if parent:
        end_with(parent)


def end_with(parent: int) -> None:
    """End this process at once when its parent, given by process id, is gone.

    The end is as hard as a kill, which every part of the program survives without loss; a parent that ends in
    order has asked its children before.
    """

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK)
        os._exit(1)

    threading.Thread(target=look, name="parent", daemon=True).start()


def end(processes: Iterable[Process], grace: float = GRACE) -> None:
    """Ask all processes to end, and end by force what is left after ``grace`` seconds."""
    running = [process for process in processes if process.poll() is None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + grace
    for process in running:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
