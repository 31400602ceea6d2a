"""Who is expected, cards for staff and what became of them, notes, and comps with their reasons."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Guest(models.Model):
    """Who a visit was found to be, so that a page need not look again; nobody knows a guest of ``customer`` null."""

    visit = models.OneToOneField("gather.Visit", on_delete=models.CASCADE, primary_key=True)
    customer = models.BigIntegerField(null=True)
    others = models.JSONField(
        default=list
    )  # numbers of further customers of the party: one household, not one person
    times = models.IntegerField(default=0)  # which visit this is; 0 where nobody knows
    looked_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("customer",)),)


class Card(models.Model):
    """One thing to do for a guest who is expected or here. ``shown`` is false where chance left it out."""

    class Kind(models.TextChoices):
        CARE = "care", _("allergy or stated wish")
        RECOVERY = "recovery", _("recovery")
        PROMISE = "promise", _("promise")
        NEAR = "near", _("near service")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        NOT_TODAY = "not_today", _("not today")
        EXPIRED = "expired", _("expired")

    key = models.CharField(max_length=160, unique=True)  # kind, visit and what it is about
    kind = models.CharField(max_length=12, choices=Kind)
    visit = models.ForeignKey("gather.Visit", on_delete=models.CASCADE, null=True)
    customer = models.BigIntegerField()
    store_id = models.CharField(max_length=80)
    about = models.CharField(max_length=60)  # code of what to do: window_seat, second_time, mended …
    facts = models.JSONField(default=dict)  # what the sentences speak of: {"dish": "P012", "days": 27}
    voice = models.BigIntegerField(null=True)  # the voice it mends or keeps a promise of
    shown = models.BooleanField(default=True)  # the arm: cards left out by chance are the comparison
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    staff_id = models.CharField(max_length=80, blank=True)  # who did it
    came_back_on = models.DateField(null=True)  # what became of it

    class Meta:
        indexes = (models.Index(fields=("store_id", "state")), models.Index(fields=("customer",)))


class Note(models.Model):
    """Ten words of staff about a guest, kept as said."""

    key = models.CharField(max_length=160, unique=True)  # made by the phone, so that it arrives once
    customer = models.BigIntegerField(null=True)
    visit = models.ForeignKey("gather.Visit", on_delete=models.SET_NULL, null=True)
    store_id = models.CharField(max_length=80)
    staff_id = models.CharField(max_length=80)
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("customer",)),)


class CompLimit(models.Model):
    """What one level may give away a case, in minor units."""

    level = models.CharField(max_length=20, primary_key=True)  # staff, shift_lead, manager
    amount = models.BigIntegerField()


class Comp(models.Model):
    """A free line that the till reported: who gave it, why, and who has to agree."""

    source = models.CharField(max_length=80)
    order_id = models.CharField(max_length=120)
    store_id = models.CharField(max_length=80)
    staff_id = models.CharField(max_length=80, blank=True)
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=120, blank=True)  # empty: the phone asks why
    reason_by = models.CharField(max_length=80, blank=True)  # who said it on the phone; empty: the till did
    table = models.CharField(max_length=40, blank=True)
    level = models.CharField(max_length=20)  # the lowest level that may give so much
    climbs = models.BooleanField(default=False)  # above what the giver may decide alone
    agreed_by = models.CharField(max_length=150, blank=True)
    agreed_at = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("source", "order_id"), name="comp_once"),)
        indexes = (models.Index(fields=("store_id", "at")),)


class Tap(models.Model):
    """One tap on a phone with the key the phone made: sent twice, it is done once and answered alike."""

    key = models.CharField(max_length=80, primary_key=True)
    staff_id = models.CharField(max_length=80)
    store_id = models.CharField(max_length=80)
    does = models.CharField(max_length=20)
    answer = models.CharField(max_length=300, blank=True)  # empty: done; else the sentence that says why not
    at = models.DateTimeField()
