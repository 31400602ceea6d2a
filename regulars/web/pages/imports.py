"""Imports: what came in, what was refused and why, and a door for the next file.

A file that is sent here is kept in ``waiting`` and an import row says so; the worker does the rest.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from regulars.access.actions import log, note_look
from regulars.core.refused import Refused
from regulars.gather.models import Import
from regulars.web import words, written
from regulars.web.pages.door import Look, page
from regulars.web.retold import retold
from regulars.web.table import Cell, Column, Table, arrange, as_csv, exported, text

SAMPLE, EACH, LOOKED, LONGEST = (
    20,
    4,
    5000,
    200,
)  # rows shown, of one reason, looked through; characters of a value
ENDINGS = (
    ".csv",
    ".csv.gz",
    ".tsv",
    ".tsv.gz",
    ".txt",
    ".txt.gz",
    ".parquet",
    ".jsonl",
    ".jsonl.gz",
    ".ndjson",
    ".ndjson.gz",
)
CHOSEN = ",".join(ending for ending in ENDINGS if ending.count(".") == 1) + ",.gz"  # what a browser offers
MAP_CHARACTERS = 100_000
UNDER_WAY = (Import.State.WAITING, Import.State.LOADING)


@page("see_imports")
def listing(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """All imports, the latest first; refreshed while one is under way."""
    rows = list(Import.objects.all()[:500])
    table = arrange(request, _table(rows, seen), seen)
    if answer := exported(request, [table], seen):
        return answer
    standing = [row for row in rows if row.state == Import.State.LANDED]
    read, rejected = sum(row.rows_read for row in standing), sum(row.rows_rejected for row in standing)
    context = {
        "table": table,
        "read": read,
        "rejected": rejected,
        "taken": read - rejected,
        "standing": len(standing),
        "under_way": any(row.state in UNDER_WAY for row in rows),
        "endings": CHOSEN,
    }
    return render(request, "imports/page.html", context)


def _table(rows: list[Import], seen: Look) -> Table:
    columns = [
        Column("name", _("import")),
        Column("state", _("state")),
        Column("rows_are", _("rows are")),
        Column("read", _("rows read"), numeric=True),
        Column("rejected", _("rejected"), numeric=True),
        Column("started", _("started"), numeric=True),
    ]
    cells = [
        [
            text(row.name, reverse("import", args=[row.pk])),
            text(
                row.get_state_display()
                + (f" · {_(row.progress)}" if row.state in UNDER_WAY and row.progress else "")
            ),
            text(str(words.ROWS.get(row.rows_are, row.rows_are or "–"))),
            Cell(written.count(row.rows_read), row.rows_read, raw=row.rows_read),
            Cell(written.count(row.rows_rejected), row.rows_rejected, raw=row.rows_rejected),
            Cell(
                written.instant(row.started_at, seen.brand.time_zone),
                row.started_at,
                raw=row.started_at.isoformat(),
            ),
        ]
        for row in rows
    ]
    return Table("imports", _("Imports"), columns, cells, sort="-started", look="list", page=20)


@page("see_imports")
def one(request: HttpRequest, seen: Look, key: int) -> HttpResponseBase:
    """One import: what was taken, what was refused with examples, and the totals it was held against."""
    row = _row(key)
    tables = [arrange(request, _reasons(row), seen), arrange(request, _totals(row, seen), seen)]
    if answer := exported(request, tables, seen):
        return answer
    sample: dict[str, list[Any]] = {}
    if row.rows_rejected and seen.may("see_rejected"):
        sample = _sample(row)
        note_look(user=seen.user, subject=f"import {key}", at=seen.now, detail="rejected rows, a sample")
    taken = [(words.ROWS.get(name, name), count) for name, count in row.taken.items()]
    said, _blank, guess = retold(row.error).partition("\n\n")  # an unsure guess stands under its sentence
    context = {
        "row": row,
        "taken": taken,
        "reasons": tables[0],
        "totals": tables[1],
        "sample": sample,
        "said": said,
        "map": row.map_text or guess,
        "endings": CHOSEN,
        "fresh": row.state == Import.State.LANDED
        and row.batch is not None
        and (seen.turn is None or seen.turn.batch < row.batch),
        "under_way": row.state in UNDER_WAY,
        "left": max(row.rows_read - row.rows_rejected, 0),
        "share": row.rows_rejected / row.rows_read if row.rows_read else 0,
    }
    return render(request, "imports/one.html", context)


@page("see_imports")
def state(request: HttpRequest, seen: Look, key: int) -> HttpResponseBase:
    """How far an import is; once it has ended, htmx is told to load the page anew and asks no more."""
    row = _row(key)
    response = render(request, "imports/state.html", {"row": row, "under_way": row.state in UNDER_WAY})
    if row.state not in UNDER_WAY:
        response.headers["HX-Refresh"] = "true"
    return response


def _row(key: int) -> Import:
    row = Import.objects.filter(pk=key).first()
    if row is None:
        raise Http404
    return row


def _rejected(row: Import) -> tuple[list[str], Iterator[list[Any]]]:
    """Header and rows of what an import rejected; nothing where it kept nothing. Loads Parquet, so only when asked."""
    from regulars.gather.actions.rejected import rejected_rows

    try:
        return rejected_rows(row=row)
    except Refused:
        return [], iter(())


def _sample(row: Import) -> dict[str, list[Any]]:
    """Some rejected rows, a few of each reason, why first and then as they came."""
    header, lines = _rejected(row)
    if not header:
        return {}
    from regulars.gather.actions.rejected import BESIDE

    why, shown = len(BESIDE), Counter[str]()

    def turned(values: list[Any]) -> list[str]:
        told = [retold(str(values[-why])), *values[1 - why :], *values[:-why]]
        return ["" if value is None else str(value)[:LONGEST] for value in told]

    def few(values: list[Any]) -> bool:
        shown[str(values[-why])] += 1
        return shown[str(values[-why])] <= EACH

    reasons = [_("reason"), _("column"), _("file"), _("row")]
    own = [_("as it came") if name == "as it came" else name for name in header[:-why]]
    sample = islice(filter(few, islice(lines, LOOKED)), SAMPLE)
    return {"names": [*reasons, *own], "lines": [turned(line) for line in sample]}


def _reasons(row: Import) -> Table:
    columns = [Column("reason", _("reason")), Column("rows", _("rows"), numeric=True)]
    cells = [
        [text(retold(reason)), Cell(written.count(count), count, raw=count)]
        for reason, count in row.reasons.items()
    ]
    return Table("reasons", _("Rejected rows by reason"), columns, cells, sort="-rows")


def _totals(row: Import, seen: Look) -> Table:
    columns = [
        Column("store", _("store")),
        Column("date", _("date")),
        Column("given", _("total given"), numeric=True),
        Column("came", _("came in"), numeric=True),
        Column("difference", _("difference"), numeric=True),
    ]
    currency = seen.brand.currency
    cells = []
    for total in row.totals:
        amounts = [
            Cell(written.exact_money(total.get(name), currency), total.get(name), raw=total.get(name))
            for name in ("given", "came", "difference")
        ]
        store = str(total.get("store_id") or "")
        cells.append(
            [text(seen.names.get(store, store or "–")), text(str(total.get("date") or "–")), *amounts]
        )
    return Table("totals", _("Daily totals that do not agree"), columns, cells, sort="date")


@page("see_rejected")
def rejected(request: HttpRequest, seen: Look, key: int) -> HttpResponseBase:
    """The rejected rows as CSV, to be mended and sent again."""
    row = _row(key)
    header, lines = _rejected(row)
    if not header:
        raise Http404
    log(user=seen.user, verb="export", subject=f"import {key}", at=seen.now, detail="rejected rows")
    return as_csv(f"rejected-{key}.csv", header, lines)


@page("import", methods=("POST",))
def upload(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """Take a file: it waits in the home, and an import row says so, until the worker brings it in."""
    try:
        row = _keep(request, seen)
    except Refused as refused:
        messages.error(request, _(refused.sentence) % refused.facts)
        return redirect("imports")
    return redirect("import", key=row.pk)


def _keep(request: HttpRequest, seen: Look) -> Import:
    sent = request.FILES.get("file")
    if not isinstance(sent, UploadedFile) or not sent.name:
        raise Refused("choose a file first")
    if not sent.size:
        raise Refused("%(file)s is empty; choose another file", file=sent.name)
    if not sent.name.lower().endswith(ENDINGS):
        raise Refused(
            "%(file)s is not CSV, Parquet or JSON lines; save it as one of these first", file=sent.name
        )
    map_text = request.POST.get("map", "").strip()[:MAP_CHARACTERS]
    name = request.POST.get("name", "").strip()[:200] or sent.name[:200]
    file_name = get_valid_filename(Path(sent.name).name)[-120:]
    row = Import(
        name=name,
        state=Import.State.WAITING,
        map_text=map_text,
        started_at=seen.now,
        appended=request.POST.get("append") == "1",
        files=[{"name": file_name, "bytes": sent.size}],
    )
    waiting = settings.HOME / "waiting"
    folder = (
        waiting / f"{secrets.token_hex(8)}.part"
    )  # beside its place: the row appears once every byte is there
    folder.mkdir(parents=True, mode=0o700)
    with (folder / file_name).open("wb") as out:
        for chunk in sent.chunks():
            out.write(chunk)
    with transaction.atomic():
        row.save()
        folder.rename(waiting / str(row.pk))
        log(
            user=seen.user,
            verb="import",
            subject=f"import {row.pk}",
            at=seen.now,
            detail=f"{sent.size} bytes",
        )
    return row
