"""A home with a small made-up brand, imported and turned once a test run: the page of the docs reads the same one."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from functools import lru_cache
from importlib import resources
from pathlib import Path
from tempfile import mkdtemp

from regulars.simulate.files import write
from regulars.simulate.formats import small
from regulars.simulate.history import simulate

MAPS = resources.files("regulars.simulate").joinpath("maps")
WEEKS = 60


@lru_cache(maxsize=1)
def made_up() -> Path:
    """The home; everything in it is a function of the brand's seed and of the key below."""
    folder = Path(mkdtemp(prefix="analyst-", dir=os.environ["REGULARS_HOME"]))
    files, home = folder / "files", folder / "home"
    write(simulate(small(1, weeks=WEEKS)), files)
    with (files / "orders.csv").open("wb") as whole:
        for number, path in enumerate(sorted(files.glob("orders-*"))):
            with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as month:
                header = month.readline()
                whole.write(header if number == 0 else b"")
                shutil.copyfileobj(month, whole)
    lines = [str(path) for path in sorted(files.glob("lines-*"))]
    for name, given in (("members", [str(files / "members.csv")]), ("lines", lines)):
        map = files / f"{name}.toml"
        map.write_text(MAPS.joinpath(map.name).read_text())
        _run(home, "import", *given, "--map", str(map), "--as", name)
    _run(home, "turn")
    return home


def _run(home: Path, *command: str) -> None:
    kept = {name: value for name, value in os.environ.items() if name != "REGULARS_DATABASE_URL"}
    own = {"REGULARS_IDENTIFIER_KEY": "00" * 32, "REGULARS_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-m", "regulars", *command], env=kept | own, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr or done.stdout
