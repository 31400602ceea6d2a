"""What the demo is made of: its files, its accounts, and as many weeks as were asked for; each step is done once."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from regulars.core.refused import Refused

if TYPE_CHECKING:
    from regulars.simulate.live.play import Live

PASSWORD = "plum-rain-demo"
ZONE = "Asia/Shanghai"
BRAND = {"name": "梅雨小馆 Plum Rain", "currency": "CNY", "time_zone": ZONE, "region": "CN"}
PAST, WEEKS, MORE = 78, 26, 12  # weeks of history, played before the demo is shown, and left to be played
TURN_AT = clock_time(4, 10)
SETS = (
    *("stores", "products", "staff", "members", "consents", "visits", "lines", "totals", "spend"),
)  # as they are read best
OWN = (("phone", "phone"), ("device", "payment_token"))  # columns of stores.csv that are the shop's, nobody's


@dataclass(frozen=True)
class Demo:
    """What was chosen at the first start; a later start goes on with it."""

    format: str
    small: bool
    last_day: str  # ISO 8601: the last day of the weeks played at first; the clock stands on the next morning
    weeks: int = WEEKS


def chosen(format: str | None, *, small: bool, weeks: int | None = None) -> Demo:
    """This home's demo; chosen now where there is none.

    Refuses a home with a brand of someone's own, another format than the one it was begun with, and more weeks than
    were lived.
    """
    from regulars import settings
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
        return demo
    if any(table.objects.exists() for table in (Brand, Import, User)):
        raise Refused("this home holds a brand of your own; for the demo, name another REGULARS_HOME")
    if weeks is not None and not 0 <= weeks <= WEEKS:
        raise Refused("a demo plays up to %(most)s weeks, not %(weeks)s", most=WEEKS, weeks=weeks)
    yesterday = datetime.now(ZoneInfo(ZONE)).date() - timedelta(days=1)
    demo = Demo(format or "casual", small, yesterday.isoformat(), WEEKS if weeks is None else weeks)
    partial = kept.with_suffix(".new")
    partial.write_text(json.dumps(asdict(demo)))
    partial.replace(kept)
    return demo


def make(demo: Demo) -> bool:
    """Do each step that was not done yet, so that a killed set-up goes on where it was; whether any was to do.

    Two that start at once take turns, and the second finds everything done.
    """
    from regulars.desk.locks import writing

    with writing("demo"):
        return _make(demo)


def one_more() -> None:
    """Play the next week of this home's demo; refuses a home that has none, and a demo that is over."""
    from regulars import settings
    from regulars.desk.locks import writing
    from regulars.web.commands.demo.weeks import play

    if not (settings.HOME / "demo.json").exists():
        raise Refused("this home has no demo; regulars demo makes one")
    with writing("demo"):
        demo = chosen(None, small=False)
        _make(demo)
        play(live_of(demo), 1)


def live_of(demo: Demo) -> Live:
    """The brand of the demo where its played weeks stand.

    The last of the weeks played at first ends with the demo's last day, however few they are.
    """
    from regulars import settings
    from regulars.simulate.formats import preset, small
    from regulars.simulate.live.play import Live

    last = date.fromisoformat(demo.last_day) + timedelta(weeks=MORE)
    weeks = PAST + WEEKS + MORE
    if demo.small:
        brand = small(1, demo.format, last_day=last, weeks=weeks)
    else:
        brand = preset(demo.format, last_day=last, weeks=weeks)
    return Live(brand, settings.HOME / "demo-files", since=PAST + WEEKS - demo.weeks, zone=ZONE)


def _make(demo: Demo) -> bool:
    from regulars import clock
    from regulars.brand import actions
    from regulars.brand.models import Brand
    from regulars.gather.models import Import
    from regulars.measure.models import Turn
    from regulars.web.commands import turn
    from regulars.web.commands.demo.weeks import play

    live = live_of(demo)
    if not clock.is_stopped():
        clock.stop_at(datetime.combine(live.begins, TURN_AT, ZoneInfo(ZONE)))
    if not Brand.objects.exists():
        actions.change(**BRAND)
    ended = (Import.State.LANDED, Import.State.REPLACED)
    there = set(Import.objects.filter(state__in=ended).values_list("name", flat=True))
    missing = [name for name in SETS if name not in there]
    if missing:
        folder = files(live)
        for name in missing:
            _bring(name, folder)
    _accounts()
    if not Turn.objects.filter(ended_at__isnull=False).exists():
        _exclude_the_shops_own(files(live) / "stores.csv")
        turn.turn()
        missing.append("turn")
    left = PAST + WEEKS + 1 - live.week
    if left > 0:
        play(live, left)
    return bool(missing) or left > 0


def files(live: Live) -> Path:
    """The folder of the past's files, written by the simulation where they are not there."""
    from regulars import settings
    from regulars.web.progress import shown

    folder = settings.HOME / "demo-files" / "past"
    if folder.exists():
        return folder
    began, partial = time.monotonic(), settings.HOME / "scratch" / "demo-files"
    shutil.rmtree(partial, ignore_errors=True)
    with shown("simulate") as progress:
        progress(f"the past of {live.brand.stores} stores", None)
        written = live.history(partial)
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
    """Which accounts the demo's password opens, and the PIN of whoever is on shift."""
    from regulars.access.models import Pin, User
    from regulars.web.commands.demo.phones import PIN

    names = list(
        User.objects.filter(demo_password=True, is_active=True)
        .order_by("pk")
        .values_list("username", flat=True)
    )
    pin = f"; on the staff page the PIN is {PIN}" if Pin.objects.exists() else ""
    return f"Log in as {', '.join(names)}; the password is {PASSWORD}{pin}" if names else ""
