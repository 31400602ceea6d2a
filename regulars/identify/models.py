"""Customers by number, links that say which identifier is whose, opened and closed but never edited, and doubts."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.desk.models import Spanned


class Customer(Spanned):
    """A number given once. ``until`` and ``merged_into`` are set when a merge made it an alias of a lower one."""

    number = models.BigIntegerField(primary_key=True)
    merged_into = models.BigIntegerField(null=True)

    class Meta:
        indexes = (models.Index(fields=("batch",)), models.Index(fields=("until",)))


class Link(Spanned):
    """An identifier belongs to a customer from one landing to another; ``rule`` says which rule caused it."""

    identifier_type = models.CharField(max_length=20)
    identifier_hash = models.CharField(max_length=32)
    customer = models.BigIntegerField(null=True)  # null: beyond its limit, so it joins nobody
    rule = models.CharField(max_length=40)
    ended_by = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("identifier_hash",)),
            models.Index(fields=("customer",)),
            models.Index(fields=("batch",)),
            models.Index(fields=("until",)),
        )


class Excluded(models.Model):
    """An identifier that never identifies: a shop's own number, a till's device."""

    identifier_hash = models.CharField(max_length=32, primary_key=True)
    identifier_type = models.CharField(max_length=20)
    why = models.CharField(max_length=120)
    at = models.DateTimeField()


class Candidate(models.Model):
    """Two customers who may be one person, ``a`` the lower number as it was then; shown, never joined."""

    class Why(models.TextChoices):
        PAID = "paid", _("one came and the other's number paid")
        ALIKE = "alike", _("the same name and birthday on two records")

    a = models.BigIntegerField()
    b = models.BigIntegerField()
    why = models.CharField(max_length=10, choices=Why)
    at = models.DateTimeField()
    apart_by = models.CharField(max_length=150, blank=True)  # who said that they are two people
    apart_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("a", "b", "why"), name="candidate_once"),)
        indexes = (models.Index(fields=("b",)),)


class Joined(models.Model):
    """Somebody's word that two customers are one person, kept between an identifier of each, as numbers may move.

    ``a`` and ``b`` are the numbers that were said, the lower first; it holds until ``apart_at``.
    """

    a = models.BigIntegerField()
    b = models.BigIntegerField()
    a_hash = models.CharField(max_length=32)
    b_hash = models.CharField(max_length=32)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    apart_by = models.CharField(max_length=150, blank=True)
    apart_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("a_hash", "b_hash"), condition=models.Q(apart_at=None), name="joined_once"
            ),
        )
        indexes = (models.Index(fields=("a",)), models.Index(fields=("b",)))


class Searched(models.Model):
    """The one row that says up to which landing candidates were looked for."""

    landing = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(pk=1), name="one_search"),)
