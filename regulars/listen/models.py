"""Voices with one number each, complaints with a clock, questions asked once, and promises."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.desk.models import HandedOver


class Voice(HandedOver):
    """Something a customer said; the fact ``voices``. ``text`` stays on the desk."""

    voice_id = models.BigAutoField(
        primary_key=True
    )  # the one number from what was said to the revenue it brought
    key = models.CharField(max_length=160, unique=True)
    customer_id = models.BigIntegerField(null=True)  # null: nobody can name who said it
    visit_id = models.CharField(max_length=120, blank=True)
    order_id = models.CharField(max_length=120, blank=True)
    product_id = models.CharField(max_length=80, blank=True)
    store_id = models.CharField(max_length=80, blank=True)
    staff_id = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=12)  # answer, complaint, interview, review, note
    field = models.CharField(max_length=12, blank=True)  # taste, waiting, manner, hygiene, price, place
    score = models.IntegerField(null=True)
    theme = models.CharField(max_length=40, blank=True)
    text = models.TextField(blank=True)
    safety = models.BooleanField(default=False)
    public = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta(HandedOver.Meta):
        ordering = ("-at", "-voice_id")
        indexes = (
            models.Index(fields=("product_id", "at")),
            models.Index(fields=("store_id", "at")),
            models.Index(fields=("customer_id",)),
        )


class Complaint(models.Model):
    """A voice that wants mending, with its clock."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        MENDED = "mended", _("mended")
        NOT_MENDED = "not_mended", _("not mended")
        LEFT = "left", _("guest had left")

    voice = models.OneToOneField(Voice, on_delete=models.CASCADE)
    table = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=150, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=150, blank=True)
    words = models.TextField(blank=True)  # what staff said or did, in their words

    class Meta:
        indexes = (models.Index(fields=("state", "due_at")),)


class Promise(models.Model):
    """May we tell you when it is mended? A yes is a promise with a due date."""

    voice = models.OneToOneField(Voice, on_delete=models.CASCADE)
    asked_at = models.DateTimeField()
    token = models.CharField(max_length=64, unique=True)
    said = models.CharField(max_length=4, blank=True)  # yes, no
    said_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    kept_at = models.DateTimeField(null=True)


class Ask(models.Model):
    """One question after one visit, by a signed link; at most one a customer in 90 days."""

    key = models.CharField(max_length=200, unique=True)  # source, order_id
    customer = models.BigIntegerField()
    source = models.CharField(max_length=80)
    order_id = models.CharField(max_length=120)
    store_id = models.CharField(max_length=80)
    visited_on = models.DateField()
    question = models.CharField(max_length=20)
    token = models.CharField(max_length=64, unique=True)
    message = models.CharField(max_length=120, blank=True)  # the outbox key
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    voice = models.OneToOneField(Voice, on_delete=models.SET_NULL, null=True)

    class Meta:
        indexes = (models.Index(fields=("customer", "asked_at")),)


class Considered(models.Model):
    """How far asking went: every order up to this landing was looked at, so that nothing is looked at each second."""

    number = models.BigIntegerField(default=0)


class Interview(models.Model):
    """Fifteen minutes with a guest: five questions, words kept, tags taken from them.

    Its voices have the keys ``interview <pk> <question>``, so a tag leads to the words and the words to their voice.
    """

    key = models.CharField(max_length=80, unique=True)  # made by the page, so that it is kept once
    customer = models.BigIntegerField()
    store_id = models.CharField(max_length=80)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    answers = models.JSONField(default=list)  # [{"question", "words"}]
    tags = models.JSONField(default=list)
