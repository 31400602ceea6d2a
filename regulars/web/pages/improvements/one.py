"""One finding: what was said, what the numbers tell its owner, what was decided, changed and told, and who is back."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from regulars.access.actions import note_look
from regulars.brand.models import Product
from regulars.improve import actions
from regulars.improve.actions.board import by_waves, home_of, seen_by, ways
from regulars.improve.actions.telling import WORDS, language
from regulars.improve.models import Change, Evidence, Finding, Telling
from regulars.know.fields import business_date
from regulars.web import written
from regulars.web.charts import Whisker, whisker
from regulars.web.pages.door import Look, page
from regulars.web.pages.improvements import shown
from regulars.web.pages.voices.shown import dish_names, source
from regulars.web.words.improvements import GROUPS, KINDS, SHIFTS, SKIPPED, WHY

POINTS = 0.05  # a difference is drawn from at least so much below nothing to so much above
NARROW = 0.03  # an interval narrower than this is said with a decimal, else its ends would read alike


@page("see_voices")
def one(request: HttpRequest, seen: Look, key: int) -> HttpResponse:
    """A finding this person may see; a store account reads its own stores' voices and the decision."""
    finding = found(seen, key)
    way = ways([finding], now=seen.now, stores=seen.stores)[finding.pk]
    note_look(user=seen.user, subject=f"finding {key}", at=seen.now, detail="what guests said")
    today = seen.turn.as_of if seen.turn and seen.turn.as_of else business_date(seen.now)
    changes = list(finding.changes.order_by("begins_on", "pk"))
    context: dict[str, Any] = {
        "finding": finding,
        "way": way,
        "links": shown.drawn(way),
        "says": shown.sentence(finding, way, seen),
        "compared": shown.compared(way),
        "store_list": written.listed(seen.names.get(c, c) for c in finding.stores if seen.sees_store(c)),
        "may_improve": seen.may("improve"),
        **_said(finding, seen),
        "suggestions": _suggestions(finding, seen),
        "evidence": _evidence(finding, seen),
        "tastings": [_tasting(each) for each in finding.tastings.order_by("pk")],
        "changes": [_change(each, seen) for each in changes],
        "waves": _waves(finding, seen),
        "apart": _difference(
            by_waves(finding, as_of=today), _("those told against those whose week had not come")
        ),
        "kinds": KINDS.items(),
        "shifts": SHIFTS.items(),
        "groups": GROUPS.items(),
        "soon": business_date(seen.now) + timedelta(days=10),
        "tomorrow": business_date(seen.now) + timedelta(days=1),
        "words": finding.words or WORDS[language()][1],
        "untold": bool(changes) and not finding.tellings.exists(),
    }
    return render(request, "improvements/one.html", context)


def found(seen: Look, key: int) -> Finding:
    """A finding that this person may see; what is another store's is not there."""
    finding: Finding | None = seen_by(seen.stores).filter(pk=key).first()
    if finding is None:
        raise Http404
    return finding


def _said(finding: Finding, seen: Look) -> dict[str, Any]:
    """The voices, those of stores not theirs counted only."""
    held = list(finding.voices.select_related("voice").order_by("voice__at", "pk"))
    mine = [each.voice for each in held if seen.sees_store(each.voice.store_id)]
    home = home_of(voice.customer_id for voice in mine if voice.customer_id is not None)
    shown_to = set(seen.customers().filter(customer__in=home.values()).values_list("customer", flat=True))
    return {
        "voices": [
            {
                "voice": voice,
                "source": source(voice),
                "guest": number if (number := home.get(voice.customer_id or 0)) in shown_to else None,
            }
            for voice in mine
        ],
        "elsewhere": len(held) - len(mine),
    }


def _suggestions(finding: Finding, seen: Look) -> list[dict[str, Any]]:
    if not seen.may("improve"):
        return []
    rows = actions.suggest(finding=finding, now=seen.now, stores=seen.stores)
    return [
        {
            "voice": each.voice,
            "why": written.listed(str(WHY[name]) for name in each.reason.why),
            "words": written.listed(each.reason.words) if "words" in each.reason.why else "",
        }
        for each in rows
    ]


def _evidence(finding: Finding, seen: Look) -> dict[str, Any] | None:
    """What the last turn computed of the dish, with the interval drawn against zero."""
    row = Evidence.objects.filter(seen.shown(), product_id=finding.product_id).order_by("-pk").first()
    if row is None or not finding.product_id:
        return None
    return {
        "row": row,
        "dish": dish_names({finding.product_id}).get(finding.product_id, finding.product_id),
        "had": row.had_back / row.had if row.had else None,
        "others": row.others_back / row.others if row.others else None,
        **_difference(row, _("newcomers who had it against the others of their store and party size")),
    }


def _difference(row: Any, label: str) -> dict[str, Any]:
    """An estimate with low and high as points, and its drawing against zero."""
    value = row.difference if hasattr(row, "difference") else row.estimate
    if value is None:
        return {"more": row.more, "points": None}
    places = 0 if row.high - row.low >= NARROW else 1
    return {
        "more": row.more,
        "points": written.signed(100 * value, places),
        "low": written.signed(100 * row.low, places),
        "high": written.signed(100 * row.high, places),
        "whisker": _against_zero((row.low, value, row.high), label),
    }


def _against_zero(estimate: tuple[float, float, float], label: str) -> Whisker | None:
    reach = max(POINTS, 1.2 * abs(estimate[0]), 1.2 * abs(estimate[2]))
    return whisker(estimate, (-reach, reach), 0.0, label)


def _tasting(tasting: Any) -> dict[str, Any]:
    return {
        "row": tasting,
        "invited": tasting.invitations.count(),
        "tallies": [
            {
                "group": GROUPS.get(each.group, each.group),
                "leads": {"a": tasting.version_a, "b": tasting.version_b}.get(each.leads or "", ""),
                "wins": each.wins,
                "votes": each.votes,
                "sure": each.sure,
                "more": each.more,
            }
            for each in actions.tallied(tasting)
        ],
    }


def _change(change: Change, seen: Look) -> dict[str, Any]:
    effect = change.effects.filter(seen.shown()).order_by("-pk").first()
    ticked = {(row.store_id, row.shift): row for row in change.trainings.order_by("pk")}
    stores = [code for code in (change.stores or seen.names) if seen.sees_store(code)]
    product = Product.objects.filter(code=change.product_id).first()
    return {
        "row": change,
        "kind": KINDS.get(change.kind, change.kind),
        "product": product.name if product else change.product_id,
        "stores": written.listed(seen.names.get(code, code) for code in change.stores) or _("all stores"),
        "training": [
            (
                seen.names.get(code, code),
                code,
                [(name, label, ticked.get((code, name))) for name, label in SHIFTS.items()],
            )
            for code in stores
        ],
        "trained": sum(1 for key in ticked if key[0] in stores),
        "to_train": len(stores) * len(SHIFTS),
        "effect": effect,
        **(_difference(effect, _("the changed stores against the others")) if effect else {}),
    }


def _waves(finding: Finding, seen: Look) -> list[dict[str, Any]]:
    """Each wave with its day, who was told, who not and why, and who is back; of one's own stores."""
    rows = Telling.objects.filter(finding=finding).select_related("voice").order_by("wave", "pk")
    mine = [row for row in rows if seen.sees_store(row.voice.store_id)]
    home = home_of(row.customer for row in mine)
    names = dict(seen.customers().filter(customer__in=home.values()).values_list("customer", "name"))
    waves: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in mine:
        number = home[row.customer]
        waves[row.wave].append(
            {
                "row": row,
                "guest": number if number in names else None,
                "name": (names.get(number) or "") if seen.may_know else "",
                "skipped": SKIPPED.get(row.skipped, row.skipped),
            }
        )
    return [
        {
            "number": wave + 1,
            "due_at": people[0]["row"].due_at,
            "people": people,
            "told": sum(1 for each in people if each["row"].told_at),
            "back": sum(1 for each in people if each["row"].back_on),
        }
        for wave, people in sorted(waves.items())
    ]
