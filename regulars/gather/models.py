"""Each import with its counts and its end, and the identified orders the desk keeps at hand."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.desk.models import HandedOver, Spanned


class Import(models.Model):
    """One file or set of files brought under a name; ``batch`` is the landing that carried it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        LOADING = "loading", _("loading")
        LANDED = "landed", _("landed")
        REFUSED = "refused", _("refused")
        REPLACED = "replaced", _("replaced")
        STOPPED = "stopped", _("stopped")

    name = models.CharField(max_length=200)
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    batch = models.BigIntegerField(null=True, unique=True)
    rows_are = models.CharField(max_length=16, blank=True)  # orders, lines, records …
    source = models.CharField(max_length=80, blank=True)
    files = models.JSONField(default=list)  # [{"name", "bytes", "sha256"}]
    fingerprint = models.CharField(max_length=64, blank=True)  # of all the bytes and the map
    appended = models.BooleanField(default=False)
    map_text = models.TextField(blank=True)
    rows_read = models.BigIntegerField(default=0)
    rows_repeated = models.BigIntegerField(default=0)  # rows that said the same again and count once
    rows_rejected = models.BigIntegerField(default=0)
    taken = models.JSONField(default=dict)  # {"orders": 3, "order_lines": 9, …}
    reasons = models.JSONField(default=dict)  # {"reason": count}
    blocked = models.JSONField(default=list)  # identifiers that identify nobody: [[type, reason, count], …]
    totals = models.JSONField(
        default=list
    )  # control totals: [{"store_id", "date", "given", "came", "difference"}]
    progress = models.CharField(max_length=120, blank=True)
    error = models.TextField(blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-started_at", "-id")

    def __str__(self) -> str:
        return self.name


class Order(Spanned):
    """An order with at least one identifier, of the last ``DESK_DAYS`` days: one row each, its lines as JSON.

    It names no customer: its identifiers do, through links.
    """

    source = models.CharField(max_length=80)
    order_id = models.CharField(max_length=120)
    version = models.BigIntegerField()
    store_id = models.CharField(max_length=80)
    ordered_at = models.DateTimeField()
    business_date = models.DateField()
    sales_channel = models.CharField(max_length=40, null=True)
    traffic = models.CharField(max_length=40, null=True)
    offer = models.CharField(max_length=120, null=True)
    staff_id = models.CharField(max_length=80, null=True)
    table = models.CharField(max_length=40, null=True)
    visit_id = models.CharField(max_length=120, null=True)
    gross = models.BigIntegerField(null=True)
    discount = models.BigIntegerField(null=True)
    comp = models.BigIntegerField(null=True)
    comp_reason = models.CharField(max_length=120, null=True)
    net = models.BigIntegerField()
    refunded = models.BigIntegerField(default=0)
    status = models.CharField(max_length=16)
    lines = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("source", "order_id", "version", "batch"), name="order_once"),
        )
        indexes = (
            models.Index(fields=("until",)),
            models.Index(fields=("batch",)),
            models.Index(fields=("ordered_at",)),
        )


class Visit(HandedOver):
    """A party in a store as a live door or a file told it, of the last weeks.

    A live one goes to the lake once it is over; one of a file is there already.
    """

    source = models.CharField(max_length=80)
    visit_id = models.CharField(max_length=120)
    store_id = models.CharField(max_length=80)
    booked_at = models.DateTimeField(null=True)
    queued_at = models.DateTimeField(null=True)
    seated_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    party = models.IntegerField(null=True)
    table = models.CharField(max_length=40, null=True)
    staff_id = models.CharField(max_length=80, null=True)
    occasion = models.CharField(max_length=40, null=True)
    first_time_said = models.BooleanField(null=True)
    identifiers = models.JSONField(default=list)  # [[type, hash], …]
    expected_at = models.DateTimeField()  # when they are due, or came: what lists are ordered by
    phone_for = models.CharField(
        max_length=20, null=True
    )  # the use for which a phone was asked: queue_call …
    live = models.BooleanField(default=True)  # false: a file brought it, so it is in the lake already
    changed_at = models.DateTimeField()

    class Meta(HandedOver.Meta):
        constraints = (models.UniqueConstraint(fields=("source", "visit_id"), name="visit_once"),)
        indexes = (models.Index(fields=("store_id", "expected_at")), models.Index(fields=("expected_at",)))


class VisitSighting(models.Model):
    """An identifier seen on one of the desk's visits: the way from a customer to their visits."""

    identifier_hash = models.CharField(max_length=32)
    source = models.CharField(max_length=80)
    visit_id = models.CharField(max_length=120)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("identifier_hash", "source", "visit_id"), name="visit_sighting_once"
            ),
        )


class Sighting(Spanned):
    """An identifier seen on one of the desk's orders."""

    identifier_hash = models.CharField(max_length=32)
    source = models.CharField(max_length=80)
    order_id = models.CharField(max_length=120)

    class Meta:
        indexes = (
            models.Index(fields=("identifier_hash",)),
            models.Index(fields=("until",)),
            models.Index(fields=("batch",)),
        )


class Identifier(models.Model):
    """An identifier in plain text, by its hash; personal data, so it lives here and never in the lake.

    Payment tokens, devices and WeChat ids keep no plain value: nobody searches by them.
    """

    identifier_hash = models.CharField(max_length=32, primary_key=True)
    identifier_type = models.CharField(max_length=20)
    value = models.CharField(max_length=254)

    class Meta:
        indexes = (models.Index(fields=("value",)),)


class Record(Spanned):
    """What a source says of a person, as it came; personal data."""

    source = models.CharField(max_length=80)
    record_id = models.CharField(max_length=120)
    name = models.CharField(max_length=200, blank=True)
    sort_name = models.CharField(
        max_length=300, blank=True
    )  # lower case, with pinyin and initials: what search reads
    birthday = models.DateField(null=True)
    language = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=300, blank=True)
    registered_at = models.DateTimeField(null=True)
    acquired_by = models.CharField(max_length=80, blank=True)
    identifiers = models.JSONField(default=list)  # hashes
    said = models.JSONField(default=dict)  # every column of the row as it came

    class Meta:
        indexes = (
            models.Index(fields=("source", "record_id")),
            models.Index(fields=("until",)),
            models.Index(fields=("batch",)),
        )


class Consent(models.Model):
    """Whether an address may be written to, by channel and purpose; no row means no."""

    address_hash = models.CharField(max_length=32)
    channel = models.CharField(max_length=20)
    purpose = models.CharField(max_length=20)  # marketing, research, service
    state = models.CharField(max_length=10)  # given, withdrawn
    source = models.CharField(max_length=80)
    evidence = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("address_hash", "channel", "purpose", "source", "at"), name="consent_once"
            ),
        )
