"""The brand's clock, read only at doors: the wall's, except in a demo, where it is stored and moves by command."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from regulars import settings


def _stored() -> Path:
    return settings.HOME / "clock"


def now() -> datetime:
    """The current instant in UTC, as the brand's clock has it."""
    stored = _stored()
    if stored.exists():
        return datetime.fromisoformat(stored.read_text().strip())
    return datetime.now(UTC)


def stop_at(instant: datetime) -> None:
    """Stop the brand's clock at an instant (a demo); it then moves only by this call."""
    if instant.tzinfo is None:
        raise ValueError("the clock wants an instant with a time zone")
    partial = _stored().with_suffix(".new")
    partial.write_text(instant.astimezone(UTC).isoformat())
    partial.replace(_stored())


def is_stopped() -> bool:
    """Whether this home is a demo whose clock is stored."""
    return _stored().exists()
