"""What guests and staff of the played weeks do, through the doors they would use: links, queue, phone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars.web.commands.demo.doors import Caller, expect
from regulars.web.commands.demo.making import PASSWORD
from regulars.web.commands.demo.phones import Phones
from regulars.web.commands.demo.weeks import Agenda

if TYPE_CHECKING:
    from regulars.engage.models import Message
    from regulars.simulate.live.play import Live

QUEUE = "queue system"  # the name of its write key
BOOKED, SEATED = clock_time(9), clock_time(22, 30)
PLAYS = {"second-visit": "second_visit", "hello": "nothing"}  # what each play is in the planted world
SPEAKERS = (("ask ", "ask"), ("promise ", "promise"), ("improve|tasting|", "tasting"), ("improve|", "told"))
WORDS = "已到桌边致歉"  # what the manager notes of it
LINK = re.compile(r"/([aptu])/([\w-]{20,})")


class Guests:
    """The simulation at the doors: it reads what reaches people, and does what they do about it."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self._guest = Caller()
        self._phones = Phones(PASSWORD)
        self._carded = 0
        self._queue = Caller(key=_key(live.folder))
        self._looked: datetime | None = None

    def begin(self, agenda: Agenda) -> None:
        """Put what does not wait for an answer on the week's agenda: bookings, who is seated, what staff are told."""
        for day in range(7):
            self.open(self._at(day, BOOKED), agenda)
        for row in self.live.told_to_staff():
            self._tell(row, agenda)

    def open(self, at: datetime, agenda: Agenda) -> None:
        """The bookings of a day come in, and in the evening who of them was seated."""
        rows = self.live.parties(at.date())
        if rows:
            agenda.add(at, lambda now: self._post([_booking(row) for row in rows]))
            seated = datetime.combine(at.date(), SEATED, self.live.zone)
            agenda.add(seated, lambda now: self._post([self._seated(row) for row in rows]))

    def hear(self, now: datetime, agenda: Agenda) -> None:
        """Read what reached people since the last look, and put what they do about it on the agenda."""
        messages = {each["key"]: each for each in self._messages(now)}
        found = self.live.hear(messages=messages.values())
        for row in found.answers:
            agenda.add(row["at"], self._answering(messages[row["key"]], row))
        for row in found.promises:
            agenda.add(row["at"], self._saying(messages[row["key"]], row))
        for row in found.votes:
            agenda.add(row["at"], self._voting(messages[row["key"]], row))
        for row in found.left:
            agenda.add(row["at"], self._leaving(messages[row["key"]]))
        for row in found.confirmed:
            message = messages[row["key"]]
            sent = {"key": f"sent-{message['pk']}-message", "does": "sent", "message": message["pk"]}
            self._phones.tap(message["store_id"], sent, agenda, at=row["at"])
        self._cards(agenda)

    def _cards(self, agenda: Agenda) -> None:
        """What staff see on their page, and what they tap."""
        from regulars.gather.models import Identifier
        from regulars.serve.models import Card

        new = Card.objects.filter(pk__gt=self._carded, shown=True, visit__isnull=False)
        rows = list(new.select_related("visit").order_by("pk"))
        if not rows:
            return
        self._carded = rows[-1].pk
        hashes = {digest for row in rows if row.visit for _name, digest in row.visit.identifiers}
        plain = dict(Identifier.objects.filter(pk__in=hashes).values_list("pk", "value"))
        cards: dict[int, dict[str, Any]] = {
            row.pk: {
                "card": row.pk,
                "kind": row.kind,
                "address": next((plain[d] for _name, d in row.visit.identifiers if d in plain), ""),
                "at": row.visit.expected_at,
                "store": row.store_id,
                "visit": row.visit_id,
            }
            for row in rows
            if row.visit is not None
        }
        for tapped in self.live.hear(cards=cards.values()).taps:
            card = cards[tapped["card"]]
            tap = {
                "key": f"card-{card['card']}-{tapped['state']}",
                "does": tapped["state"],
                "card": card["card"],
            }
            self._phones.tap(card["store"], tap, agenda, at=tapped["at"])
            if tapped["words"]:
                note = {
                    "key": f"note-{card['card']}",
                    "does": "note",
                    "visit": card["visit"],
                    "words": tapped["words"],
                }
                self._phones.tap(card["store"], note, agenda, at=tapped["at"])

    def _tell(self, row: Mapping[str, Any], agenda: Agenda) -> None:
        """A guest tells a waiter, who writes it down at once; the manager comes to the table and says how it ended."""
        at = row["at"].replace(tzinfo=self.live.zone)
        key = f"told-{row['order_no']}"

        def said(now: datetime) -> None:
            from regulars.gather.models import Visit

            visit = Visit.objects.filter(visit_id=row["visit_no"] or "-", store_id=row["store_id"]).first()
            tap = {"key": key, "does": "complaint", "table": row["table"], "words": row["text"]}
            tap |= {"dish": row["product_id"], "visit": visit.pk if visit else None}
            self._phones.tap(row["store_id"], tap, agenda, at=now, now=True)

        def ended(now: datetime) -> None:
            from regulars.listen.models import Voice

            voice = Voice.objects.get(key=f"staff:{key}").pk
            form = {
                "how": "mended" if row["mended"] == 2 or row["product_id"] else "not_mended",
                "words": WORDS,
            }
            self._phones.post(f"/voices/{voice}/closed/", form)

        agenda.add(at, said)
        agenda.add(at + timedelta(minutes=8), ended)

    def _at(self, day: int, hour: clock_time) -> datetime:
        return datetime.combine(self.live.begins + timedelta(days=day), hour, self.live.zone)

    def _post(self, items: list[dict[str, Any]]) -> None:
        expect(self._queue.send("/v1/visits", {"visits": items}), "the door for visits")

    def _seated(self, row: Mapping[str, Any]) -> dict[str, Any]:
        at = row["expected_at"].replace(tzinfo=self.live.zone)
        return {
            "visit_id": row["visit_id"],
            "store_id": row["store_id"],
            "seated_at": at,
            "table": row["table"],
        }

    def _messages(self, now: datetime) -> list[dict[str, Any]]:
        """What was sent since the last look, and what staff are asked to send, as those see it who get it."""
        from django.db.models import Q

        from regulars.engage.models import Message
        from regulars.gather.models import Identifier

        since = self._looked or datetime.combine(self.live.begins, clock_time(), UTC) - timedelta(days=1)
        self._looked = now
        state = Message.State
        new = Q(state=state.SENT, sent_at__gte=since) | Q(state=state.HANDED)
        rows = list(Message.objects.filter(new).select_related("play").order_by("sent_at", "pk"))
        plain = dict(
            Identifier.objects.filter(pk__in={each.address_hash for each in rows}).values_list("pk", "value")
        )
        return [
            {
                "key": each.key,
                "channel": each.channel,
                "address": plain.get(each.address_hash, ""),
                "kind": kind,
                "at": each.sent_at or now,
                "handed": each.state == state.HANDED,
                "pk": each.pk,
                "store_id": each.store_id,
                "links": dict(LINK.findall(each.body)),
            }
            for each in rows
            if (kind := kind_of(each))
        ]

    def _answering(self, message: Mapping[str, Any], row: Mapping[str, Any]) -> Any:
        form = {
            "score": str(round((row["score"] - 1) * 2.5)),
            "choice": "yes" if row["score"] >= 4 else "no",
            "words": row["words"],
        }
        return lambda now: self._guest.post(f"/a/{message['links']['a']}", form)

    def _saying(self, message: Mapping[str, Any], row: Mapping[str, Any]) -> Any:
        return lambda now: self._guest.post(f"/p/{message['links']['p']}", {"say": row["said"]})

    def _voting(self, message: Mapping[str, Any], row: Mapping[str, Any]) -> Any:
        return lambda now: self._guest.post(f"/t/{message['links']['t']}", {"prefers": row["prefers"]})

    def _leaving(self, message: Mapping[str, Any]) -> Any:
        return lambda now: self._guest.post(f"/u/{message['links']['u']}", {})


def kind_of(message: Message) -> str:
    """What a message is in the planted world: by its play or by the stage that speaks; empty for what moves nobody."""
    if message.play is not None:
        return PLAYS.get(message.play.name, "")
    return next((kind for head, kind in SPEAKERS if message.key.startswith(head)), "")


def _booking(row: Mapping[str, Any]) -> dict[str, Any]:
    """A ticket as the queue system posts it: a booking says for when it is, a queue ticket since when they wait."""
    names = ("visit_id", "store_id", "party", "occasion", "first_time_said")
    kinds = {"phone": row.get("phone"), "member_card": row.get("member_card")}
    known = {name: value for name, value in kinds.items() if value}
    return {
        **{name: row[name] for name in names if row[name] is not None},
        "booked_at": row["expected_at"],
        "identifiers": known,
        "phone_for": "booking",
    }


def _key(folder: Path) -> str:
    """The write key of the queue system, which keeps it where it stands, as any machine that calls does."""
    from regulars import clock
    from regulars.access import actions

    kept = folder / "queue.key"
    if not kept.exists():
        key = actions.add_key(name=QUEUE, kind="secret", by=None, now=clock.now())
        kept.touch(mode=0o600)
        kept.write_text(key)
    return kept.read_text()
