"""The service worker stands at /staff/worker.js, because a worker watches only what lies beneath it."""

from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe


@require_safe
def worker(request: HttpRequest) -> HttpResponseBase:
    """The file as it is; it holds nothing of anybody."""
    path = finders.find("staff-worker.js")
    if not isinstance(path, str):
        raise Http404
    response = HttpResponse(Path(path).read_bytes(), content_type="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response
