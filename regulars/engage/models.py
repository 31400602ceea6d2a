"""Plays and who entered them, the outbox, and every touch that was made, spared or held back."""

from __future__ import annotations

from datetime import time

from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.desk.models import HandedOver


class Limits(models.Model):
    """What holds for all plays together (one row): the brand's hold-out, the cap, quiet hours, who must agree."""

    hold_out = models.FloatField(default=0.02)  # share of customers that no play reaches
    salt = models.CharField(max_length=64)
    most = models.IntegerField(default=2)  # marketing messages to one customer ...
    most_days = models.IntegerField(default=30)  # ... in so many days, over all plays
    quiet_from = models.TimeField(default=time(21))  # in the person's zone
    quiet_until = models.TimeField(default=time(9))
    agree_above = models.BigIntegerField(
        default=500_000
    )  # minor units: a play that may cost more needs two people

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_limits"),
            models.CheckConstraint(
                condition=models.Q(hold_out__gte=0.01, hold_out__lte=0.05),
                name="hold_out_one_to_five_percent",
            ),
        )


class Play(models.Model):
    """An audience, an outcome, two arms, steps and an end; ``salt`` decides the arms and never changes."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PROPOSED = "proposed", _("waiting for a second person")
        RUNNING = "running", _("running")
        STOPPED = "stopped", _("stopped")
        ENDED = "ended", _("ended")

    name = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    audience = models.CharField(max_length=2000)  # an expression over ``know.field`` names
    steps = models.JSONField(default=list)  # [{"step": "wait", …settings}, …]
    purpose = models.CharField(max_length=20, default="marketing")
    outcome_days = models.IntegerField(default=30)  # back within so many days of entering
    gain = models.FloatField(default=0.03)  # the smallest gain worth knowing, in share
    treated_share = models.FloatField(default=0.5)
    salt = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=State, default=State.DRAFT)
    cost = models.BigIntegerField(
        default=0
    )  # the most it may cost, minor units: above a limit a second agrees
    made_by = models.CharField(max_length=150, blank=True)
    approved_by = models.CharField(max_length=150, blank=True)
    made_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ends_on = models.DateField(null=True)
    newcomers_only = models.BooleanField(default=True)  # spare who may be an old guest first seen now
    looked_on = models.DateField(null=True)  # the last business date on which people entered

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.title


class Entry(models.Model):
    """A customer in a play, once: the arm is written here and never rewritten."""

    class State(models.TextChoices):
        GOING = "going", _("under way")
        DONE = "done", _("done")
        LEFT = "left", _("left")

    play = models.ForeignKey(Play, on_delete=models.CASCADE, related_name="entries")
    customer = models.BigIntegerField()  # as numbered when they entered; aliases are read, not rewritten
    arm = models.CharField(max_length=10)  # treated, control
    entered_at = models.DateTimeField()
    entered_on = models.DateField()  # the business date: outcomes count from the day after
    state = models.CharField(max_length=10, choices=State, default=State.GOING)
    step = models.IntegerField(default=0)  # position in the play's steps
    due_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=80, blank=True)  # why they left
    facts = models.JSONField(default=dict)  # what steps made for later ones to speak of: {"coupon": "K3F9"}

    class Meta:
        constraints = (models.UniqueConstraint(fields=("play", "customer"), name="entered_once"),)
        indexes = (models.Index(fields=("state", "due_at")), models.Index(fields=("customer",)))


class Message(models.Model):
    """A row of the outbox: exactly what would reach whom. ``key`` makes it one however often it is asked for."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        HANDED = "handed", _("with staff")  # staff-sent: waits for the employee to confirm
        SENT = "sent", _("sent")
        SPARED = "spared", _("not sent")
        FAILED = "failed", _("failed")

    key = models.CharField(max_length=120, unique=True)
    play = models.ForeignKey(Play, on_delete=models.SET_NULL, null=True)
    entry = models.ForeignKey(Entry, on_delete=models.SET_NULL, null=True)
    customer = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=20)  # a name in engage.channels
    others = models.JSONField(default=list)  # channels to try when this one is not confirmed or fails
    purpose = models.CharField(max_length=20)  # marketing, research, service
    address_hash = models.CharField(max_length=32)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    store_id = models.CharField(max_length=80, blank=True)
    staff_id = models.CharField(max_length=80, blank=True)  # who is to send it, or who confirmed
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=40, blank=True)  # why it was not sent: a code
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=120, blank=True)
    sent_at = models.DateTimeField(null=True)
    delivered = models.CharField(
        max_length=20, blank=True
    )  # outbox (nothing left the machine) or the channel's word
    tries = models.IntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    token = models.CharField(max_length=64, blank=True)  # of its unsubscribe link

    class Meta:
        indexes = (
            models.Index(fields=("state", "due_at")),
            models.Index(fields=("state", "sent_at")),
            models.Index(fields=("customer", "purpose", "sent_at")),
            models.Index(fields=("token",)),
        )


class Touch(HandedOver):
    """One thing that was done, spared or held back; the fact ``touches``. ``key`` keeps it once."""

    key = models.CharField(max_length=140, unique=True)
    customer_id = models.BigIntegerField(null=True)
    play = models.CharField(max_length=40)  # the play's name, or the stage that spoke: listen, improve
    arm = models.CharField(max_length=10, blank=True)
    channel = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=10)  # sent, done, spared, held_back, failed
    reason = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta(HandedOver.Meta):
        indexes = (models.Index(fields=("play", "state")), models.Index(fields=("customer_id",)))


class Permission(models.Model):
    """One tap of a guest in the mini-program: it pays for exactly one message."""

    address_hash = models.CharField(max_length=32)
    template = models.CharField(max_length=60)
    key = models.CharField(max_length=120, unique=True)
    given_at = models.DateTimeField()
    used_by = models.OneToOneField(Message, on_delete=models.SET_NULL, null=True)

    class Meta:
        indexes = (models.Index(fields=("address_hash", "template", "used_by")),)


class ChannelSetting(models.Model):
    """How a channel is reached; ``out`` is false until somebody says so, and then nothing leaves the outbox."""

    channel = models.CharField(max_length=20, primary_key=True)
    values = models.JSONField(default=dict)
    out = models.BooleanField(default=False)
