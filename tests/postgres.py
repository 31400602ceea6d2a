"""A PostgreSQL of the test run's own: in a temporary folder, on loopback, without fsync, gone afterwards."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

# The data die with the run, so nothing waits for the disk.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "100",
}


def _owner() -> str | None:
    """The user PostgreSQL runs as: it refuses root, so root lends it to `postgres`, or to `nobody`."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def cluster(programs: Path) -> Iterator[str]:
    """Start a cluster with the programs of a folder, give its URL, and end it whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix="regulars-postgres-"))
    owner = _owner()
    password = secrets.token_hex(16)
    (folder / "password").write_text(password)
    if owner:
        for path in (folder, folder / "password"):
            shutil.chown(path, owner)

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(folder / "data"), *arguments]
        log = folder / f"{program}.log"
        with log.open("ab") as out:
            done = subprocess.run(
                command,
                user=owner,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{log.read_text(errors='replace')}")

    port = _free_port()
    options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in SETTINGS.items())
    started = False
    try:
        run(
            "initdb",
            "-U",
            "regulars",
            "--auth=scram-sha-256",
            f"--pwfile={folder / 'password'}",
            "-E",
            "UTF8",
            "--locale=C",
        )
        run("pg_ctl", "start", "--wait", "-o", f"{options} -p {port}", "-l", str(folder / "server.log"))
        started = True
        yield f"postgresql://regulars:{password}@127.0.0.1:{port}/postgres"
    finally:
        if started:
            run("pg_ctl", "stop", "--wait", "-m", "immediate")
        shutil.rmtree(folder, ignore_errors=True)
