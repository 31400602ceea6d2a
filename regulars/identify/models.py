"""Customers by number, and the links that say which identifier is whose, opened and closed but never edited."""

from __future__ import annotations

from django.db import models

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
