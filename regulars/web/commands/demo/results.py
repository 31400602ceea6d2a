"""What the played weeks come to: each play's effect beside what was planted in its people, and the seven links."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from regulars.web.commands.demo.guests import PLAYS

if TYPE_CHECKING:
    from regulars.engage.models import Entry
    from regulars.improve.models import Finding
    from regulars.measure.models import PlayResult
    from regulars.simulate.live.play import Live

LINKS = ("heard", "answered", "mended", "finding", "changed", "told", "back")


def show() -> None:
    """Print what was kept of the last played week; nothing where none was played."""
    from regulars import settings

    kept = _kept(settings.HOME / "demo-files")
    if kept.exists():
        print(f"\n{kept.read_text()}", end="")


def keep(live: Live, now: datetime) -> None:
    """Write down what was measured beside the truth: only the simulation knows it, and it is not asked again."""
    lines = ["What the played weeks did, beside what was planted:"]
    lines += [f"  {line}" for line in (*_plays(live), *_links(now))]
    _kept(live.folder).write_text("\n".join(lines) + "\n")


def _kept(folder: Path) -> Path:
    return folder / "results.txt"


def _plays(live: Live) -> Iterable[str]:
    from regulars.engage.models import Play
    from regulars.measure.models import PlayResult

    results = {row.play: row for row in PlayResult.objects.filter(until=None)}
    for play in Play.objects.filter(name__in=PLAYS).order_by("-name"):
        row = results.get(play.name)
        if row is None or row.diff is None or row.low is None or row.high is None:
            watched = row.matured_treated + row.matured_control if row else 0
            yield f"{play.title}: too early to tell, {watched} watched"
            continue
        entries = play.entries.filter(entered_on__lte=row.as_of - timedelta(days=play.outcome_days))
        planted = _planted(live, list(entries.order_by("pk")), PLAYS[play.name], row)
        yield f"{play.title}: {_measured(row)}; {planted}"


def _measured(row: PlayResult) -> str:
    watched = f"{row.matured_treated:,} treated and {row.matured_control:,} not"
    within = f"({_points(row.low)} to {_points(row.high)})"
    return f"{row.get_decision_display()}, {_points(row.diff)} {within} over {watched}"


def _planted(live: Live, entries: list[Entry], kind: str, row: PlayResult) -> str:
    """The planted effect on these very people, as the tills see it, times the share who were reached."""
    from regulars.engage.models import Message

    addresses = _addresses(entries)
    people = [(addresses[each.pk], each.entered_at) for each in entries if each.pk in addresses]
    if not people:
        return "nobody was watched"
    truth = live.truth(people, kind)
    treated = [each.pk for each in entries if each.arm == "treated"]
    sent = Message.objects.filter(entry__in=treated, state=Message.State.SENT)
    reached = sent.values("entry").distinct().count() / max(len(treated), 1)
    effect = truth.effect_seen * reached
    holds = "inside" if (row.low or 0) <= effect <= (row.high or 0) else "NOT inside"
    return (
        f"planted {_points(truth.effect)} in them, {_points(truth.effect_seen)} as tills see it,"
        f" {reached:.0%} reached: {_points(effect)}, {holds}"
    )


def _addresses(entries: list[Entry]) -> dict[int, str]:
    """A phone or a card of each, where the desk knows one in plain text."""
    from regulars import settings
    from regulars.desk.bulk import chunks
    from regulars.desk.spans import visible
    from regulars.gather.models import Identifier
    from regulars.identify.models import Link
    from regulars.lake.head import read

    head = read(settings.HOME / "lake").number
    of = {each.customer: each.pk for each in entries}
    found: dict[int, str] = {}
    for chunk in chunks(list(of)):
        links = Link.objects.filter(
            visible(head), customer__in=chunk, identifier_type__in=("phone", "member_card")
        )
        pairs = list(links.order_by("-identifier_type", "-pk").values_list("identifier_hash", "customer"))
        plain = dict(Identifier.objects.filter(pk__in={each for each, _ in pairs}).values_list("pk", "value"))
        for digest, customer in pairs:
            if digest in plain and customer is not None:
                found.setdefault(of[customer], plain[digest])
    return found


def _links(now: datetime) -> Iterable[str]:
    """The way of the dish that most spoke of, from what was said to who is back."""
    from regulars.improve import actions
    from regulars.improve.models import Finding

    finding: Finding | None = Finding.objects.exclude(product_id="").order_by("pk").first()
    if finding is None:
        yield "No finding yet: too few people have spoken of one dish."
        return
    voices = set(finding.voices.values_list("voice", flat=True))
    table = actions.links(since=now - timedelta(days=400), now=now)
    rows = [row for row in table.to_pylist() if row["voice_id"] in voices]
    told = []
    for name in LINKS:
        days = [(row[name] - row["heard"]).total_seconds() / 86_400 for row in rows if row[name]]
        told.append(
            f"{name} {len(days)}" + (f" (day {median(days):.1f})" if days and name != "heard" else "")
        )
    revenue = sum(row["revenue"] for row in rows) / 100
    yield f"{finding.title}: {', '.join(told)}; revenue {revenue:,.2f}"


def _points(share: float | None) -> str:
    return f"{100 * (share or 0):+.1f} points"
