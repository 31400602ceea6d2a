"""What the last turn published: figures by metric, slice and period, and the turns themselves."""

from __future__ import annotations

from django.db import models

from regulars.desk.models import Spanned


class Figure(Spanned):
    """One number of one metric: for a slice (a store, a channel, or the whole brand) and a period."""

    metric = models.CharField(max_length=40)
    slice_kind = models.CharField(
        max_length=20, blank=True
    )  # "" is the whole brand; store, sales_channel, offer …
    slice = models.CharField(max_length=120, blank=True)
    period = models.CharField(max_length=20, blank=True)  # 2026-08, 2026-08+3, or "" for all time
    part = models.CharField(max_length=40, blank=True)  # where a metric has several numbers: new, returning …
    value = models.FloatField(null=True)  # null: the data cannot tell; ``note`` says how much more is needed
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    n = models.BigIntegerField(default=0)
    note = models.CharField(max_length=60, blank=True)  # a code the pages translate: immature, too_few …
    as_of = models.DateField()

    class Meta:
        indexes = (
            models.Index(fields=("metric", "slice_kind", "slice", "period")),
            models.Index(fields=("until",)),
            models.Index(fields=("batch",)),
        )


class Turn(models.Model):
    """One turn: its landing, how long it took by stage, and through which business date it saw."""

    batch = models.BigIntegerField(unique=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    as_of = models.DateField(null=True)
    seconds = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    refused = models.JSONField(
        default=list
    )  # what could not be told, each with why and how much more is needed

    class Meta:
        ordering = ("-batch",)
