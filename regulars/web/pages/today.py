"""Today: does the loop turn, where does it leak, and the one thing to do about it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regulars.web.pages.door import Look, page


@page("see_figures")
def today(request: HttpRequest, seen: Look) -> HttpResponse:
    return render(request, "today/page.html", {})
