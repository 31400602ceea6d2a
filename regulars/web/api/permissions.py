"""POST /v1/permissions: a guest tapped "allow" in the mini-program, which pays for one message."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from regulars import settings
from regulars.core.refused import Refused
from regulars.engage.actions import give_permission
from regulars.gather.rules.identifiers import hashed, normalise
from regulars.web.api.door import Call, Wrong, answer, door, items

MEMBERS = ("openid", "template", "key")


@door()
def permissions(request: HttpRequest, call: Call) -> HttpResponse:
    """Keep up to 500 taps: ``openid``, ``template`` and ``key``, under which a tap told again is the same tap."""
    taken, wrong = 0, []
    for place, item in enumerate(items(call, "permissions")):
        try:
            _take(item, call)
        except Refused as refused:
            wrong.append(Wrong(place, "", str(refused)))
        else:
            taken += 1
    return answer(taken, wrong)


def _take(item: Any, call: Call) -> None:
    if not isinstance(item, dict) or not all(isinstance(item.get(name), str) for name in MEMBERS):
        raise Refused("a tap has %(members)s, each a text", members=", ".join(MEMBERS))
    normal = normalise("wechat_openid", item["openid"], "")
    if normal.value is None:
        raise Refused("this openid identifies nobody: %(why)s", why=normal.blocked)
    give_permission(
        address_hash=hashed(settings.IDENTIFIER_KEY, "wechat_openid", normal.value),
        template=item["template"],
        key=f"{call.key.name}|{item['key']}",
        address=normal.value,
        now=call.now,
    )
