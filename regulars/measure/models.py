"""What the last turn published: figures by metric, slice and period, and the turns themselves."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

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


class PlayResult(Spanned):
    """What a play did, as the last turn saw it: people by the arm of their first entry, whatever reached them.

    Differences are treated less control. Shares are of those who have been watched for the play's whole window; the
    interval is that of the last look (repeated, so that looking often is allowed), wider than one look's.
    """

    class Decision(models.TextChoices):
        BLOCKED = "blocked", _("blocked")
        TOO_EARLY = "too_early", _("too early to tell")
        GAIN = "gain", _("gain")
        LOSS = "loss", _("loss")
        NOTHING = "nothing", _("no gain worth knowing")
        UNCLEAR = "unclear", _("neither shown nor ruled out")

    play = models.CharField(max_length=40)  # the play's name; "near_service" for the cards drawn by chance
    as_of = models.DateField()  # the last business date seen
    entered_treated = models.IntegerField(default=0)
    entered_control = models.IntegerField(default=0)
    matured_treated = models.IntegerField(default=0)  # watched for the whole window: the n of the shares
    matured_control = models.IntegerField(default=0)
    back_treated = models.IntegerField(default=0)
    back_control = models.IntegerField(default=0)
    share_treated = models.FloatField(null=True)
    share_control = models.FloatField(null=True)
    diff = models.FloatField(null=True)  # in shares: 0.03 is three points
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    method = models.CharField(max_length=10, blank=True)  # of the shares: welch, newcombe
    revenue_treated = models.FloatField(null=True)  # minor units a customer in the window, after refunds
    revenue_control = models.FloatField(null=True)
    revenue_diff = models.FloatField(null=True)
    revenue_low = models.FloatField(null=True)
    revenue_high = models.FloatField(null=True)
    revenue_saved = models.FloatField(
        default=0.0
    )  # share of the variance that what was known before took away
    srm_p = models.FloatField(default=1.0)  # how likely the split is by chance
    mixed = models.IntegerField(default=0)  # people with entries in both arms: left out
    blocked = models.CharField(max_length=20, blank=True)  # sample_ratio, mixed
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.TOO_EARLY)
    gain = models.FloatField(default=0.0)  # the smallest gain worth knowing, in share
    base = models.FloatField(
        null=True
    )  # the share back before the play began, which its plan was reckoned on
    planned = models.IntegerField(default=0)  # people watched to the end, both arms, that the plan needs
    needed = models.IntegerField(default=0)  # of them still missing
    weeks = models.IntegerField(null=True)  # until the plan is complete; null where too few enter
    look = models.IntegerField(default=0)  # how many looks there were
    z = models.FloatField(null=True)  # at the last look
    bound = models.FloatField(null=True)  # the |z| that would have ended it there
    # Every look: [{"on", "n", "fraction", "diff", "low", "high", "z", "bound", "decision"}, …], the oldest first.
    looks = models.JSONField(default=list)
    closed_on = models.DateField(null=True)  # of a complete plan: who entered later does not count

    class Meta:
        indexes = (models.Index(fields=("play", "until")), models.Index(fields=("batch",)))
