"""What a lead decides: agrees to a gift above a colleague's limit, ends a complaint, gives a PIN."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from regulars.access.actions import log, set_pin
from regulars.brand.models import Staff
from regulars.core.refused import Refused
from regulars.listen.actions import close
from regulars.listen.models import Complaint
from regulars.serve.actions import agree, explain
from regulars.serve.models import Comp
from regulars.web.pages.door import Look, page
from regulars.web.pages.shift.leading import deciding


@page("serve_guests", methods=("POST",))
def agreed(request: HttpRequest, seen: Look, key: int) -> HttpResponseBase:
    """Agree to what was given away, with the reason where it has none yet."""
    one = deciding(request, seen)
    comp = Comp.objects.filter(pk=key, store_id=one.store).first()
    if comp is None:
        raise Http404
    try:
        if not comp.reason:
            comp = explain(comp=comp, reason=request.POST.get("words", ""), staff_id=one.code)
        if comp.climbs:
            agree(comp=comp, by=one.code, level=one.level, now=seen.now)
        log(user=seen.user, verb="agree", subject=f"comp {key}", at=seen.now, detail=one.code)
    except Refused as refused:
        messages.error(request, _(refused.sentence) % refused.facts)
    return redirect("shift")


@page("serve_guests", methods=("POST",))
def closed(request: HttpRequest, seen: Look, key: int) -> HttpResponseBase:
    """Say how a complaint ended, at the table."""
    one = deciding(request, seen)
    complaint = Complaint.objects.filter(pk=key, voice__store_id=one.store).first()
    if complaint is None:
        raise Http404
    try:
        close(complaint=complaint, how=request.POST.get("how", ""), by=one.code, now=seen.now)
        log(user=seen.user, verb="close", subject=f"voice {complaint.voice_id}", at=seen.now, detail=one.code)
    except Refused as refused:
        messages.error(request, _(refused.sentence) % refused.facts)
    return redirect("shift")


@sensitive_post_parameters("pin")
@page("serve_guests", methods=("POST",))
def pin(request: HttpRequest, seen: Look) -> HttpResponseBase:
    """Give a colleague of this store a PIN."""
    one = deciding(request, seen)
    staff = Staff.objects.filter(code=request.POST.get("staff", ""), store=one.store).first()
    if staff is None or not one.may_set_pins:
        raise Http404
    try:
        set_pin(staff_id=staff.code, pin=request.POST.get("pin", ""), by=seen.user, now=datetime.now(UTC))
        messages.success(request, _("%(name)s has a new PIN.") % {"name": staff.name})
    except Refused as refused:
        messages.error(request, _(refused.sentence) % refused.facts)
    return redirect("shift")
