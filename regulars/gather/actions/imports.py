"""One import from files to HEAD: read and staged without the lock, landed under it, seen all at once or not at all."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Exists, OuterRef

from regulars import settings
from regulars.brand.models import Brand, Store
from regulars.core.brand import BrandFacts
from regulars.core.memory import uncollected
from regulars.core.refused import Refused
from regulars.desk import locks, spans
from regulars.gather.actions import handing, land
from regulars.gather.actions.judge import judge
from regulars.gather.actions.stage import Staged, side_files, stage
from regulars.gather.actions.totals import tie
from regulars.gather.map import Map, read_map
from regulars.gather.models import Import, Order, Record, Sighting
from regulars.lake.engine import open_lake
from regulars.lake.landing import Landing
from regulars.lake.reading.files import reader
from regulars.lake.steps import Steps

Progress = Callable[[str, float | None], None]
State = Import.State


def fingerprint(files: list[Path], map_text: str) -> tuple[str, list[dict[str, object]]]:
    """The SHA-256 of all bytes and the map, and for each file its name, size and own SHA-256."""
    whole, told = hashlib.sha256(map_text.encode()), []
    for path in files:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        told.append({"name": path.name, "bytes": path.stat().st_size, "sha256": digest})
        whole.update(digest.encode())
    return whole.hexdigest(), told


def recover(head: int) -> None:
    """As the writer, before a landing: desk rows beyond HEAD go, imports that died say so, those that landed too."""
    spans.recover(head)
    unfinished = Import.objects.filter(state=State.LOADING)
    unfinished.filter(batch__lte=head).update(state=State.LANDED)
    unfinished.filter(batch__gt=head).update(state=State.STOPPED)
    replace_earlier(head=head)


def replace_earlier(*, head: int) -> None:
    """Of imports that landed under one name, those before the last that did not append are replaced."""
    landed = Import.objects.filter(state=State.LANDED, batch__lte=head)
    later = landed.filter(appended=False, name=OuterRef("name"), batch__gt=OuterRef("batch"))
    landed.filter(Exists(later)).update(state=State.REPLACED)


def keep_rejected(path: Path, number: int) -> None:
    """Keep an import's rejected rows on the desk's side, since they hold what a person's row said."""
    folder = settings.HOME / "rejected"
    folder.mkdir(exist_ok=True, mode=0o700)
    shutil.move(path, folder / f"{number}.parquet")


@uncollected()
def bring(
    *,
    files: list[Path],
    map_text: str,
    name: str | None = None,
    append: bool = False,
    now: datetime,
    progress: Progress | None = None,
    row: Import | None = None,
) -> Import:
    """Bring files under a name; waits for the lake's lock only to land what has been read by then.

    The same bytes and map under a name that has landed: nothing, and that import comes back. Other bytes: all that the
    name brought is replaced; with ``append`` it is added to. ``row`` is a waiting import that a worker has claimed.
    Refuses files that cannot be read and a map that does not fit.
    """
    name = name or files[0].name
    row = row or Import(started_at=now)
    tell = _telling(row, progress)
    tell("reading", 0.0)
    con = None
    scratch = Path(tempfile.mkdtemp(prefix="import-", dir=settings.FILE_UPLOAD_TEMP_DIR))
    try:
        map = read_map(map_text)
        digest, told = fingerprint([*files, *side_files(map, files)], map_text)
        there = Import.objects.filter(name=name, fingerprint=digest, state=State.LANDED).first()
        if there:
            if row.pk:
                row.delete()
            return there
        row.name, row.appended, row.fingerprint, row.files, row.map_text = (
            name,
            append,
            digest,
            told,
            map_text,
        )
        row.rows_are, row.source = map.rows, map.source
        con = reader(scratch)
        staged = stage_files(files, map, scratch, now, tell, con)
        tell("waiting for the lake", 0.7)
        with locks.writing() as lock:
            header = (map.columns.get("order_id") or map.key or ("order_id",))[0]
            return _land(row, staged, con, header, lock, now, tell)
    except Refused as refused:
        row.name, row.state, row.error, row.ended_at = name, State.REFUSED, str(refused), now
        row.save()
        raise
    finally:
        if con:
            con.disconnect()
        shutil.rmtree(scratch, ignore_errors=True)


def stage_files(
    files: list[Path], map: Map, scratch: Path, now: datetime, tell: Progress, con: Any | None = None
) -> Staged:
    """Read and type the files by the brand's own currency, clock and phones; nothing is kept outside ``scratch``."""
    return stage(
        files=files,
        map=map,
        brand=brand_facts(),
        hash_key=settings.IDENTIFIER_KEY,
        scratch=scratch,
        now=now,
        progress=lambda step: tell(step, None),
        con=con,
    )


def brand_facts() -> BrandFacts:
    """What reading depends on, from the brand's one row and its stores."""
    brand = Brand.objects.first() or Brand()
    zones = dict(Store.objects.exclude(time_zone="").values_list("code", "time_zone"))
    return BrandFacts(brand.currency, brand.time_zone, brand.region, brand.day_ends, zones)


def _telling(row: Import, progress: Progress | None) -> Progress:
    """Tell who asked, and the page where the import waits, how far it is."""

    def tell(step: str, share: float | None) -> None:
        row.progress = step
        if row.pk:
            Import.objects.filter(pk=row.pk).update(progress=step)
        if progress:
            progress(step, share)

    return tell


def _land(
    row: Import, staged: Staged, con: Any, header: str, lock: locks.Held, now: datetime, tell: Progress
) -> Import:
    folder = settings.HOME / "lake"
    lake = open_lake(folder, staged.folder, con)
    head = lake.head.number
    recover(head)
    landed = Import.objects.filter(name=row.name, state=State.LANDED, batch__isnull=False)
    own = [batch for batch in landed.values_list("batch", flat=True) if batch is not None]
    replaced = [] if row.appended else own
    if replaced and not sum(staged.taken.values()):
        raise Refused(
            "no row of %(name)s could be taken, so what that name brought before stays; mend the file or the map",
            name=row.name,
        )
    landing = Landing(folder, lock.next_number(head))
    row.batch, row.state = landing.number, State.LOADING
    row.rows_read, row.rows_repeated = staged.read, staged.repeated
    row.blocked = [[*key, count] for key, count in sorted(staged.blocked.items())]
    row.save()
    tell("landing", 0.75)
    steps = Steps(con, staged.folder, repr(("landing", sorted(staged.parts), bool(replaced))))
    parts, foreign = judge(lake, steps, staged.parts, header, own, replaced)
    row.taken = land.land_facts(landing, parts, replaced)
    row.taken |= land.land_people(parts, landing.number, head, replaced)
    row.taken |= land.land_brand(parts)
    tell("orders at hand", 0.9)
    land.land_at_hand(lake, steps, landing, parts, replaced)
    handing.land_visits(parts=parts, now=now)
    row.reasons = staged.reasons | foreign
    row.rows_rejected = sum(row.reasons.values())
    if "totals" in parts:
        row.totals, row.taken = tie(lake, parts["totals"])
    keep_rejected(parts["rejected"], landing.number)
    row.save()
    landing.land(lock.still)
    row.state, row.ended_at = State.LANDED, now
    row.save()
    replace_earlier(head=landing.number)
    for model in (Order, Sighting, Record):
        spans.sweep(model, landing.number)
    tell("landed", 1.0)
    return row
