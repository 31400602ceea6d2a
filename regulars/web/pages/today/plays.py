"""What plays earned: the share back of those treated less that of those left out, drawn against nothing."""

from __future__ import annotations

from django.utils.translation import gettext as _

from regulars.engage.models import Play
from regulars.measure.models import PlayResult
from regulars.web import charts, written
from regulars.web.pages.door import Look
from regulars.web.table import Cell, Column, Table, text
from regulars.web.words.plays import title as title_of
from regulars.web.words.verdicts import between, verdict

NEAR = "near_service"


def table(seen: Look) -> Table:
    """A row a play with a result, those with the widest interval last; empty for a store account."""
    results = list(PlayResult.objects.filter(seen.shown()).order_by("play")) if seen.stores is None else []
    titles = {play.name: title_of(play) for play in Play.objects.all()}
    drawn = [row for row in results if row.low is not None and row.decision != PlayResult.Decision.BLOCKED]
    ends = [abs(each) for row in drawn for each in (row.low, row.high) if each is not None]
    reach = 1.06 * max(ends, default=0.0)
    rows = []
    for row in results:
        title = titles.get(
            row.play, _("Near service, cards left out by chance") if row.play == NEAR else row.play
        )
        counts = _("%(treated)s and %(control)s") % {
            "treated": written.count(row.entered_treated),
            "control": written.count(row.entered_control),
        }
        said = verdict(row)
        effect = Cell()
        if row in drawn and reach:
            label = f"{title}: {said}; {between(row)}"
            effect = Cell(whisker=charts.whisker((row.low, row.diff, row.high), (-reach, reach), 0.0, label))
        entered = row.entered_treated + row.entered_control
        rows.append(
            [
                text(title),
                Cell(said, row.diff, raw=said),
                effect,
                Cell(between(row), row.low, raw=between(row)),
                Cell(text=counts, key=entered, raw=entered),
            ]
        )
    columns = [
        Column("play", _("play")),
        Column("said", _("what it says")),
        Column("effect", _("effect, against nothing"), chart=True),
        Column("between", _("likely, in points")),
        Column("people", _("in the play and left out")),
    ]
    return Table("plays", _("What plays earned"), columns, rows, sort="-people", look="list", filters=False)
