"""What a guest opens from a message without logging in: one question, or one promise; looking at it does nothing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars import clock
from regulars.brand.actions import the_brand
from regulars.brand.models import Product, Store
from regulars.core.refused import Refused
from regulars.listen import actions
from regulars.listen.actions.asks import order_of, questions, visit_of
from regulars.listen.models import Ask, Promise
from regulars.web.words.voices import QUESTIONS

WORDS = 2000  # characters of an open answer


def _page(request: HttpRequest, template: str, facts: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page for whoever holds the link: nothing of it is kept by caches or search engines, nor told to other sites."""
    response = render(request, f"answer/{template}.html", facts | {"brand": the_brand()}, status=status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@csrf_exempt  # the token in the address is the right to answer, and there is no log-in to borrow
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """The one question about one visit: shown to whoever opens it, answered once by POST."""
    row = Ask.objects.filter(token=_kept(token)).first()
    if row is None:
        return _page(request, "unknown", {}, 404)
    facts = {"store": _store(row.store_id), "day": row.visited_on}
    refused = ""
    if request.method == "POST":
        try:
            said = {name: request.POST.get(name, "")[:WORDS] for name in ("score", "choice", "words")}
            actions.answer(ask=row, said=said, now=clock.now())
            return redirect("answer", token=token)
        except Refused as why:
            refused = _(why.sentence)
    if row.answered_at is not None:
        return _page(request, "thanks", facts)
    if row.expires_at <= clock.now():
        return _page(request, "over", facts, 410)
    question = questions()[row.question]
    dish = question.about(visit_of(order_of(row)))
    name = Product.objects.filter(code=dish).values_list("name", flat=True).first() if dish else ""
    facts |= {
        "asks": QUESTIONS[row.question] % {"dish": name or dish},
        "kind": question.kind,
        "scores": range(11),
        "most": WORDS,
        "refused": refused,
    }
    return _page(request, "ask", facts, 422 if refused else 200)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def promise(request: HttpRequest, token: str) -> HttpResponse:
    """May we tell you when it is mended? A yes or no by POST, once."""
    row = Promise.objects.filter(token=_kept(token)).select_related("voice").first()
    if row is None:
        return _page(request, "unknown", {}, 404)
    refused = ""
    if request.method == "POST" and request.POST.get("say") in ("yes", "no"):
        try:
            actions.say(promise=row, yes=request.POST["say"] == "yes", now=clock.now())
            return redirect("promise", token=token)
        except Refused as why:
            refused = _(why.sentence)
    facts = {"row": row, "store": _store(row.voice.store_id), "day": row.voice.at.date(), "refused": refused}
    return _page(request, "promise", facts, 422 if refused else 200)


def _kept(token: str) -> str:
    """A token as the desk can look for it: no database takes the character 0."""
    return token.replace("\x00", "")[:100]


def _store(code: str) -> str:
    """A store's name; the brand's where the store is not known."""
    return Store.objects.filter(code=code).values_list("name", flat=True).first() or the_brand().name
