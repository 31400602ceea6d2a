"""What this machine has of what tests want and pip cannot bring: a browser, PostgreSQL, a JRE."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
DEBIAN = sys.platform.startswith("linux")

CHROMIUMS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
MAC_CHROMIUMS = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
]
POSTGRES_FOLDERS = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"]


@dataclass(frozen=True)
class Tool:
    """One thing a machine may lack: what is skipped without it, and how to get it."""

    name: str
    found: Path | None
    skipped: str
    debian: str
    mac: str

    def sentence(self) -> str:
        if self.found:
            return f"{self.name}: {self.found}"
        get = f"sudo apt-get install {self.debian}" if DEBIAN else f"brew install {self.mac}"
        return f"{self.name} is missing: {self.skipped}; to get it: {get}"


def chromium() -> Path | None:
    """The browser that opens the pages, or none."""
    on_path = [Path(found) for name in CHROMIUMS if (found := shutil.which(name))]
    return next((each for each in [*on_path, *map(Path, MAC_CHROMIUMS)] if each.exists()), None)


def postgresql() -> Path | None:
    """The folder that holds both initdb and pg_ctl, the newest first, or none."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    for top in POSTGRES_FOLDERS:
        folders += sorted(Path(top).glob("*/bin"), reverse=True)
    return next((each for each in folders if (each / "initdb").exists() and (each / "pg_ctl").exists()), None)


def jre() -> Path | None:
    """Java, for Spark, or none; macOS has a program of that name that only says how to get one."""
    home = os.environ.get("JAVA_HOME")
    places = [Path(home) / "bin" / "java"] if home else []
    found = shutil.which("java")
    places += [Path(found)] if found else []
    return next((each for each in places if each.exists() and _answers(each)), None)


def _answers(program: Path) -> bool:
    return subprocess.run([str(program), "-version"], capture_output=True).returncode == 0


def tools() -> list[Tool]:
    """The three tools as this machine has them."""
    return [
        Tool(
            "Chromium",
            chromium(),
            "the pages are not opened in a browser",
            "chromium fonts-noto-cjk",
            "--cask chromium",
        ),
        Tool("PostgreSQL", postgresql(), "the desk is tested on SQLite alone", "postgresql", "postgresql@17"),
        Tool(
            "JRE",
            jre(),
            "Spark computes nothing, and only DuckDB is tested",
            "default-jre-headless",
            "openjdk@17",
        ),
    ]
