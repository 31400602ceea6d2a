"""The way out of a message: whoever opens the link sees a button, and only the button does anything.

Mail scanners open every link, so a GET never acts (RFC 8058, 3.1); a mail programme's one click is a POST without a
page, a cookie or a token of ours, so the link itself is the right to leave.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars import clock
from regulars.brand.actions import the_brand
from regulars.engage.actions import unsubscribe
from regulars.engage.actions.unsubscribe import message_of


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def way_out(request: HttpRequest, token: str) -> HttpResponse:
    """Show the button; a POST withdraws what the message was sent under, and says so however often it is pressed."""
    message = message_of(token)
    done = request.method == "POST" and message is not None
    if done:
        unsubscribe(token=token, now=clock.now())
    facts = {"brand": the_brand(), "message": message, "done": done}
    response = render(request, "unsubscribe.html", facts, status=200 if message else 404)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
