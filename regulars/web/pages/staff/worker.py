"""The service worker stands at /staff/worker.js, because a worker watches only what lies beneath it."""

from __future__ import annotations

from django.contrib.staticfiles import finders
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe


@require_safe
def worker(request: HttpRequest) -> HttpResponseBase:
    """The file as it is; it holds nothing of anybody."""
    path = finders.find("staff-worker.js")
    if not isinstance(path, str):
        raise Http404
    response = FileResponse(open(path, "rb"), content_type="text/javascript")  # noqa: SIM115  Django closes it
    response.headers["Cache-Control"] = "no-cache"
    return response
