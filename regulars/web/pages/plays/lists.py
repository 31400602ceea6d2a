"""The two tables of a play: who is due person by person, and the past week by week."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.engage.actions.dry_run import Line
from regulars.engage.actions.outlook import Before
from regulars.web import written
from regulars.web.pages.door import Look
from regulars.web.table import Cell, Column, Table, text
from regulars.web.words import plays as words


def people(lines: Sequence[Line], seen: Look) -> Table:
    """The dry run: each customer with what becomes of them, by number; nobody's name."""
    rows = []
    for line in lines:
        called = _("Customer %(number)s") % {"number": line.customer}
        rows.append([
            Cell(called, line.customer, reverse("customer", args=[line.customer]), raw=line.customer),
            Cell(written.day(line.due_on, seen.now.year), line.due_on, raw=line.due_on),
            text(str(words.WHAT[line.what])),
            text(words.reason(line.reason) if line.reason else ""),
            text(words.way(line.channel)),
            text(seen.names.get(line.store_id, line.store_id)),
        ])  # fmt: skip
    columns = [
        Column("customer", _("customer")), Column("due", _("due")), Column("what", _("what becomes of it")),
        Column("reason", _("reason")), Column("channel", _("channel")), Column("store", _("usual store")),
    ]  # fmt: skip
    return Table("people", _("Dry run"), columns, rows, look="list", page=20)


def history(before: Before | None) -> Table:
    """The play tried on the past: of those due each week, how many came back untouched within the outcome's days."""
    rows = []
    for begins, due, back in before.weeks if before else []:
        share = back / due if due else None
        rows.append([
            Cell(written.day(begins), begins, raw=begins),
            Cell(written.count(due), due, raw=due),
            Cell(written.count(back), back, raw=back),
            Cell(written.share(share), share, raw=share),
        ])  # fmt: skip
    columns = [
        Column("week", _("week from")), Column("due", _("due"), numeric=True),
        Column("back", _("came by themselves"), numeric=True), Column("share", _("share"), numeric=True),
    ]  # fmt: skip
    return Table("weeks", _("Tried on history"), columns, rows, sort="-week", filters=False)
