"""A signal to end is an event that loops look at, so that each process ends its children before itself."""

from __future__ import annotations

import signal
import threading
from types import FrameType


def stopped_by_signal() -> threading.Event:
    """An event set by SIGTERM, SIGINT (Ctrl-C) and SIGHUP (the terminal closed); for the main thread."""
    event = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        event.set()

    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, stop)
    return event
