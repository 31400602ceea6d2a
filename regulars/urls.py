"""Which address leads to which door."""

from django.urls import URLPattern, URLResolver, path
from django.views.i18n import set_language

from regulars.web.api import consents, permissions, visits
from regulars.web.pages import (
    accounts,
    answer,
    cohorts,
    customer,
    customers,
    errors,
    imports,
    outbox,
    store,
    stores,
    today,
    unsubscribe,
    voices,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/consents", consents.consents, name="api-consents"),
    path("v1/permissions", permissions.permissions, name="api-permissions"),
    path("v1/visits", visits.visits, name="api-visits"),
    path("log-in/", accounts.log_in, name="log-in"),
    path("log-out/", accounts.log_out, name="log-out"),
    path("theme/", accounts.theme, name="theme"),
    path("language/", set_language, name="set_language"),
    path("", today.today, name="today"),
    path("customers/", customers.listing, name="customers"),
    path("customers/export/", customers.export, name="customers-export"),
    path("customers/<int:number>/", customer.profile, name="customer"),
    path("stores/", stores.listing, name="stores"),
    path("stores/<str:code>/", store.one, name="store"),
    path("cohorts/", cohorts.cohorts, name="cohorts"),
    path("voices/", voices.listing, name="voices"),
    path("voices/<int:number>/", voices.one, name="voice"),
    path("voices/<int:number>/answered/", voices.answered, name="voice-answered"),
    path("voices/<int:number>/closed/", voices.closed, name="voice-closed"),
    path("voices/interview/<int:number>/", voices.interview, name="voice-interview"),
    path("voices/interviewed/<int:key>/", voices.interviewed, name="voice-interviewed"),
    path("outbox/", outbox.listing, name="outbox"),
    path("outbox/export/", outbox.export, name="outbox-export"),
    path("outbox/channels/<str:name>/", outbox.channel, name="outbox-channel"),
    path("outbox/<int:key>/", outbox.one, name="message"),
    path("u/<str:token>", unsubscribe.way_out, name="unsubscribe"),
    path("a/<str:token>", answer.ask, name="answer"),
    path("p/<str:token>", answer.promise, name="promise"),
    path("imports/", imports.listing, name="imports"),
    path("imports/upload/", imports.upload, name="imports-upload"),
    path("imports/<int:key>/", imports.one, name="import"),
    path("imports/<int:key>/state/", imports.state, name="import-state"),
    path("imports/<int:key>/rejected/", imports.rejected, name="import-rejected"),
]
handler403 = errors.not_yours
handler404 = errors.not_here
handler500 = errors.broken
