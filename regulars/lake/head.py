"""HEAD.json names the one version of each table that readers open; replacing it is what makes a landing happen."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Head:
    """The last landing's number and, by table, the version of its Delta log that belongs to it."""

    number: int = 0
    tables: dict[str, int] = field(default_factory=dict)


def read(folder: Path) -> Head:
    """The lake's HEAD; of a folder without one, the empty HEAD numbered 0."""
    try:
        kept = json.loads((folder / "HEAD.json").read_bytes())
    except FileNotFoundError:
        return Head()
    return Head(number=kept["number"], tables=kept["tables"])


def replace(folder: Path, head: Head) -> None:
    """Make ``head`` the lake's HEAD, whole or not at all, also when the power fails."""
    partial = folder / "HEAD.json.new"
    with partial.open("w") as file:
        json.dump({"number": head.number, "tables": head.tables}, file)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(folder / "HEAD.json")
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
