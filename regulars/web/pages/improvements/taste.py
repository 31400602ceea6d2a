"""What an invited guest opens from a message: two versions and one tap; looking at it does nothing."""

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
from regulars.brand.models import Product
from regulars.core.refused import Refused
from regulars.improve import actions
from regulars.improve.models import Invitation, Vote


@csrf_exempt  # the token in the address is the right to answer, and there is no log-in to borrow
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def taste(request: HttpRequest, token: str) -> HttpResponse:
    """Which of two versions a guest prefers: shown to whoever holds the link, answered once by POST."""
    kept = token.replace("\x00", "")[:100]
    row = Invitation.objects.select_related("tasting__finding").filter(token=kept).first()
    if row is None:
        return _page(request, "answer/unknown.html", {}, 404)
    refused = ""
    if request.method == "POST":
        try:
            prefers, words = request.POST.get("prefers", ""), request.POST.get("words", "")[:300]
            actions.vote(token=kept, prefers=prefers, words=words, now=clock.now())
            return redirect("taste", token=token)
        except Refused as why:
            refused = _(why.sentence)
    vote = Vote.objects.filter(tasting=row.tasting, customer=row.customer).first()
    dish = Product.objects.filter(code=row.tasting.finding.product_id).values_list("name", flat=True).first()
    facts: dict[str, Any] = {"row": row, "vote": vote, "refused": refused, "dish": dish or ""}
    facts |= {"first": _called(row.tasting.version_a), "second": _called(row.tasting.version_b)}
    return _page(request, "improvements/taste.html", facts, 422 if refused else 200)


def _called(version: str) -> str:
    """A version as a guest reads it: a bare number is said to be one."""
    return _("Version %(n)s") % {"n": version} if version.isdecimal() else version


def _page(request: HttpRequest, template: str, facts: dict[str, Any], status: int) -> HttpResponse:
    response = render(request, template, facts | {"brand": the_brand()}, status=status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
