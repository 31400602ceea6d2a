"""A made-up brand to look at: its files come in through the same door as a user's, step by step, each done once."""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import shutil
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from datetime import time as clock_time
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

from regulars.core.refused import Refused
from regulars.web.commands import serve

HELP = "show a made-up brand: load its history, take one turn, print the report, serve the console"

PASSWORD = "plum-rain-demo"
ZONE = "Asia/Shanghai"
BRAND = {"name": "梅雨小馆 Plum Rain", "currency": "CNY", "time_zone": ZONE, "region": "CN"}
EVENING = clock_time(23, 30)  # of the last day: there the demo's clock stands still
FORMATS = ("casual", "hot_pot", "tea", "fast_food", "retail")
SETS = (
    "stores",
    "products",
    "staff",
    "members",
    "visits",
    "lines",
    "totals",
    "spend",
)  # as they are read best
OWN = (("phone", "phone"), ("device", "payment_token"))  # columns of stores.csv that are the shop's, nobody's


def arguments(parser: argparse.ArgumentParser) -> None:
    """What kind of brand, and whether to serve it."""
    parser.add_argument("--once", action="store_true", help="load, turn and report, but do not serve")
    parser.add_argument("--format", choices=FORMATS, help="kind of brand (default: casual)")
    parser.add_argument("--small", action="store_true", help="a tenth of the orders, to try things out")
    serve.arguments(parser)


def run(options: argparse.Namespace) -> None:
    """Make what is missing of the demo, then show it; what is there already stays as people left it."""
    from regulars.web.commands import report

    if not options.once:
        serve.refuse_a_taken_port(options.host, options.port)
    began = time.monotonic()
    if make(chosen(options.format, small=options.small)):
        print(f"Made in {time.monotonic() - began:.0f} s.\n")
    report.show()
    print(f"\n{who()}")
    if not options.once:
        serve.run(options)


@dataclass(frozen=True)
class Demo:
    """What was chosen at the first start; a later start goes on with it."""

    format: str
    small: bool
    last_day: str  # ISO 8601


def chosen(format: str | None, *, small: bool) -> Demo:
    """This home's demo; chosen now where there is none.

    Refuses a home with a brand of someone's own, and another format than the one it was begun with.
    """
    from regulars import clock, settings
    from regulars.access.models import User
    from regulars.brand.models import Brand
    from regulars.gather.models import Import

    kept = settings.HOME / "demo.json"
    if kept.exists():
        demo = Demo(**json.loads(kept.read_text()))
        if format and format != demo.format:
            raise Refused(
                "this home's demo is of the format %(format)s; for another, name another REGULARS_HOME",
                format=demo.format,
            )
    else:
        if any(table.objects.exists() for table in (Brand, Import, User)):
            raise Refused("this home holds a brand of your own; for the demo, name another REGULARS_HOME")
        demo = Demo(format or "casual", small, datetime.now(ZoneInfo(ZONE)).date().isoformat())
        partial = kept.with_suffix(".new")
        partial.write_text(json.dumps(asdict(demo)))
        partial.replace(kept)
    if not clock.is_stopped():
        clock.stop_at(datetime.combine(date.fromisoformat(demo.last_day), EVENING, ZoneInfo(ZONE)))
    return demo


def make(demo: Demo) -> bool:
    """Do each step that was not done yet, so that a killed set-up goes on where it was; whether any was to do.

    Two that start at once take turns, and the second finds everything done.
    """
    from regulars.desk.locks import writing

    with writing("demo"):
        return _make(demo)


def _make(demo: Demo) -> bool:
    from regulars.brand import actions
    from regulars.brand.models import Brand
    from regulars.gather.models import Import
    from regulars.measure.models import Turn
    from regulars.web.commands import turn

    if not Brand.objects.exists():
        actions.change(**BRAND)
    ended = (Import.State.LANDED, Import.State.REPLACED)
    there = set(Import.objects.filter(state__in=ended).values_list("name", flat=True))
    missing = [name for name in SETS if name not in there]
    if missing:
        folder = files(demo)
        for name in missing:
            _bring(name, folder)
    _accounts()
    if Turn.objects.filter(ended_at__isnull=False).exists():
        return bool(missing)
    _exclude_the_shops_own(files(demo) / "stores.csv")
    turn.turn()
    return True


def files(demo: Demo) -> Path:
    """The folder of the demo's files, written by the simulation where they are not there."""
    from regulars import settings
    from regulars.simulate.files import write
    from regulars.simulate.formats import preset, small
    from regulars.simulate.history import simulate
    from regulars.web.progress import shown

    folder = settings.HOME / "demo-files"
    if folder.exists():
        return folder
    began, partial = time.monotonic(), settings.HOME / "scratch" / "demo-files"
    shutil.rmtree(partial, ignore_errors=True)
    day = date.fromisoformat(demo.last_day)
    brand = small(1, demo.format, last_day=day) if demo.small else preset(demo.format, last_day=day)
    with shown("simulate") as progress:
        progress(f"two years of {brand.stores} stores", None)
        written = write(simulate(brand), partial)
        _together((path for path in written if path.name.startswith("orders-")), partial / "orders.csv")
    partial.replace(folder)
    print(f"simulated {len(written)} files in {time.monotonic() - began:.1f} s: {folder}")
    return folder


def _together(parts: Iterable[Path], whole: Path) -> None:
    """All months of orders as one file: the side table that every month of lines is joined with."""
    with whole.open("wb") as out:
        for number, path in enumerate(parts):
            with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
                head = file.readline()
                if number == 0:
                    out.write(head)
                shutil.copyfileobj(file, out, 1 << 20)


def _bring(name: str, folder: Path) -> None:
    from regulars.web.commands import bring

    began = time.monotonic()
    text = resources.files("regulars.simulate").joinpath("maps", f"{name}.toml").read_text()
    found = sorted(folder.glob(f"{name}-*.csv*")) or sorted(folder.glob(f"{name}.csv*"))
    row = bring.bring(found, text, name=name)
    print(f"{bring.summary(row)} in {time.monotonic() - began:.1f} s")


def _accounts() -> None:
    """One account a role, at the first start only: whoever takes one away has taken it away."""
    from django.db import transaction

    from regulars import clock
    from regulars.access.actions import add_user
    from regulars.access.models import User
    from regulars.brand.models import Store

    if User.objects.exists():
        return
    first = list(Store.objects.order_by("code").values_list("code", flat=True)[:1])
    with transaction.atomic():
        for role in User.Role.values:
            seen = first if role == User.Role.STORE else []
            add_user(
                name=role,
                role=role,
                password=PASSWORD,
                by=None,
                now=clock.now(),
                stores=seen,
                demo_password=True,
            )


def _exclude_the_shops_own(stores: Path) -> None:
    """What an operator would say of the shops' own phones and scanners, which the tills ring up for strangers."""
    from regulars.web.commands.exclude import exclude

    with stores.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for column, type in OWN:
                if row[column]:
                    exclude(type, row[column], f"{row['store']}: the shop's own")


def who() -> str:
    """Which accounts the demo's password opens."""
    from regulars.access.models import User

    names = list(
        User.objects.filter(demo_password=True, is_active=True)
        .order_by("pk")
        .values_list("username", flat=True)
    )
    return f"Log in as {', '.join(names)}; the password is {PASSWORD}" if names else ""
