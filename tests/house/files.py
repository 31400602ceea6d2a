"""What the repository holds: the files git tracks, and those it would."""

from __future__ import annotations

import subprocess
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def tracked(*patterns: str) -> list[Path]:
    """The files of the checkout that match, new ones included, ignored and deleted ones not; sorted."""
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    done = subprocess.run(
        [*command, "--", *patterns], cwd=CHECKOUT, check=True, capture_output=True, text=True
    )
    paths = {CHECKOUT / name for name in done.stdout.split("\0") if name}
    return sorted(path for path in paths if path.is_file())


def name(path: Path) -> str:
    """A path as one reads it: from the top of the checkout."""
    return path.relative_to(CHECKOUT).as_posix()
