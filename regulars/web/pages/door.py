"""What every page asks first: who is looking, which stores are theirs, where HEAD stands and what time it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, wraps
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from regulars import clock
from regulars.access import rules
from regulars.access.models import User
from regulars.brand.models import Brand, Store
from regulars.desk.spans import visible
from regulars.know.models import CustomerState
from regulars.lake import head
from regulars.measure.models import Figure, Turn


@dataclass(frozen=True)
class Look:
    """One person looking at one instant: what they may see follows from it."""

    user: User
    now: datetime
    head: int

    @cached_property
    def stores(self) -> tuple[str, ...] | None:
        """Codes of the stores whose customers and figures this person sees; None means all."""
        if rules.sees_every_store(self.user.role):
            return None
        return tuple(self.user.stores.order_by("code").values_list("code", flat=True))

    @cached_property
    def names(self) -> dict[str, str]:
        """Name by code of the stores this person sees."""
        rows = Store.objects.all() if self.stores is None else Store.objects.filter(code__in=self.stores)
        return dict(rows.values_list("code", "name"))

    @cached_property
    def brand(self) -> Brand:
        return Brand.objects.first() or Brand()

    @cached_property
    def turn(self) -> Turn | None:
        """The last turn that HEAD carries."""
        return Turn.objects.filter(batch__lte=self.head, ended_at__isnull=False).first()

    def may(self, verb: str) -> bool:
        """Whether this person may do one of ``access.rules.VERBS``."""
        return rules.may(self.user.role, verb)

    @property
    def may_import(self) -> bool:
        return self.may("import")

    @property
    def may_export(self) -> bool:
        return self.may("export_customers")

    @property
    def may_hear(self) -> bool:
        """Whether this person may write down what customers say."""
        return self.may("hear")

    @property
    def may_know(self) -> bool:
        """Whether names, phones and cards are shown, and can be searched by."""
        return self.may("see_personal")

    def sees_store(self, code: str | None) -> bool:
        return self.stores is None or code in self.stores

    def shown(self) -> Q:
        return visible(self.head)

    def customers(self) -> QuerySet[CustomerState]:
        """The customers this person may see: of a store account, those who ever came to one of its stores."""
        rows = CustomerState.objects.filter(self.shown())
        if self.stores is None:
            return rows
        theirs = Q(pk__in=[])
        for code in self.stores:
            theirs |= Q(stores__contains=f"|{code}|")
        return rows.filter(theirs)

    def figures(self, *metrics: str) -> QuerySet[Figure]:
        """Published figures of these metrics, the whole brand's only for those who see all stores."""
        rows = Figure.objects.filter(self.shown(), metric__in=metrics)
        if self.stores is None:
            return rows
        return rows.filter(slice_kind="store", slice__in=self.stores)


def look(request: HttpRequest) -> Look:
    """The look behind a request of a signed-in person."""
    return Look(cast(User, request.user), clock.now(), head.read(settings.HOME / "lake").number)


View = Callable[..., HttpResponseBase]


def _to_log_in(request: HttpRequest) -> HttpResponseBase:
    """Lead a stranger to the log-in; a part of a page that htmx asked for would otherwise be filled with it."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse(settings.LOGIN_URL)})
    return redirect_to_login(request.get_full_path())


def page(verb: str, methods: tuple[str, ...] = ("GET", "HEAD")) -> Callable[[View], View]:
    """Open a view to those who may do this: it then takes the request and the look; others get "not yours" (403)."""

    def opened(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_log_in(request)
            seen = look(request)
            if not seen.may(verb):
                raise PermissionDenied
            return view(request, seen, *args, **kwargs)

        return require_http_methods(list(methods))(entered)

    return opened
