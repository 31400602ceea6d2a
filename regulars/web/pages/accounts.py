"""Coming in, going out, and light or dark; the language is Django's own page."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.auth import login
from django.contrib.auth.views import LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from regulars.access.actions import check_log_in
from regulars.core.refused import Refused
from regulars.web.frame import THEMES

YEAR = 365 * 24 * 3600

log_out = LogoutView.as_view()


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; what is wrong is said in the same words whichever of the two it was."""
    if request.user.is_authenticated:
        return redirect("today")
    name, refused = request.POST.get("username", ""), ""
    if request.method == "POST":
        try:
            user = check_log_in(
                name=name,
                password=request.POST.get("password", ""),
                address=request.META.get("REMOTE_ADDR", ""),
                now=datetime.now(UTC),  # the wall's: a demo's stopped clock would make a wait endless
            )
        except Refused as why:
            refused = _(why.sentence) % why.facts if why.facts else _(why.sentence)
        else:
            login(request, user)
            return redirect(_inside(request, request.POST.get("next", "")))
    way = {"refused": refused, "name": name, "next": request.POST.get("next") or request.GET.get("next", "")}
    return render(request, "log_in.html", way, status=403 if refused else 200)


def _inside(request: HttpRequest, address: str) -> str:
    """An address of this server, or the first page."""
    return (
        address
        if url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure())
        else "/"
    )


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep light, dark or what the device says in a cookie, and go back to where the person was."""
    response = HttpResponseRedirect(_inside(request, request.POST.get("next", "/")))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=YEAR, samesite="Lax", httponly=True)
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response
