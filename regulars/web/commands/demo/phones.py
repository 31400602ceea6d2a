"""The stores' shared phones: each is signed on by a colleague, and sends what was tapped in batches, once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from regulars.core.refused import Refused
from regulars.web.commands.demo.doors import Caller, expect
from regulars.web.commands.demo.weeks import Agenda

if TYPE_CHECKING:
    from regulars.access.models import User

ACCOUNT, PIN = "operator", "2580"  # one log-in that sees every store; the PIN of whoever is on shift
WORD = re.compile(r'data-word="([^"]+)"')


class Phones:
    """Taps wait on the phone until the full hour, as they do where there is no network, and are sent together."""

    def __init__(self, password: str) -> None:
        self._password = password
        self._caller = Caller()
        self._words: dict[str, str] = {}
        self._waiting: list[dict[str, Any]] = []
        self._sends: set[datetime] = set()

    def tap(
        self, store: str, tapped: Mapping[str, Any], agenda: Agenda, *, at: datetime, now: bool = False
    ) -> None:
        """Put a tap on the phone of a store; it is sent at the next full hour, or ``now`` where it cannot wait."""
        at = at.replace(microsecond=0)
        row = {**tapped, "word": store, "at": at.isoformat()}
        if now:
            agenda.add(at, lambda _now: self._send([row]))
            return
        hour = at.replace(minute=0, second=0) + timedelta(hours=1)
        self._waiting.append(row)
        if hour not in self._sends:
            self._sends.add(hour)
            agenda.add(hour, self._flush)

    def post(self, path: str, form: Mapping[str, Any]) -> None:
        """A form of the console, as whoever is logged in sends it."""
        self._log_in()
        expect(self._caller.post(path, form), path)

    def _flush(self, now: datetime) -> None:
        due = [row for row in self._waiting if datetime.fromisoformat(row["at"]) <= now]
        self._waiting = [row for row in self._waiting if row not in due]
        self._send(due)

    def _send(self, rows: list[dict[str, Any]]) -> None:
        from django.urls import reverse

        if rows:
            taps = [{**row, "word": self._word(row["word"])} for row in rows]
            expect(self._caller.send(reverse("staff-sync"), {"taps": taps}), "the phone's taps")

    def _word(self, store: str) -> str:
        """What says who tapped: of the colleague who signed on in that store."""
        from django.urls import reverse

        if store not in self._words:
            self._log_in()
            page = reverse("staff")
            self._caller.get(f"{page}?store={store}")
            expect(
                self._caller.post(reverse("staff-sign"), {"staff": on_shift(store), "pin": PIN}), "signing on"
            )
            found = WORD.search(self._caller.get(f"{page}?store={store}").text)
            if found is None:
                raise Refused("nobody could sign on in %(store)s", store=store)
            self._words[store] = found[1]
        return self._words[store]

    def _log_in(self) -> None:
        if "sessionid" not in self._caller.cookies:
            self._caller.get("/log-in/")
            form = {"name": ACCOUNT, "username": ACCOUNT, "password": self._password}
            expect(self._caller.post("/log-in/", form), "logging in")


def on_shift(store: str) -> str:
    """A colleague of the store who has a PIN; the first of its list gets one where none has."""
    from regulars import clock
    from regulars.access.actions import set_pin
    from regulars.access.models import Pin, User
    from regulars.brand.models import Staff

    mine = Staff.objects.filter(store=store).order_by("code")
    has = Pin.objects.filter(staff__store=store).order_by("staff").values_list("staff", flat=True).first()
    if has:
        return str(has)
    code = str(mine.values_list("code", flat=True)[0])
    by: User = User.objects.filter(role=User.Role.OWNER).order_by("pk")[0]
    set_pin(staff_id=code, pin=PIN, by=by, now=clock.now())
    return code
