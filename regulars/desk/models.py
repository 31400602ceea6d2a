"""Who may write to the lake now, and the last landing's number."""

from __future__ import annotations

from django.db import models


class Writer(models.Model):
    """One row a lock: whoever is named here and beats may write; ``number`` counts every landing ever begun."""

    name = models.CharField(max_length=40, primary_key=True)
    owner = models.CharField(max_length=120, blank=True)
    beat_at = models.DateTimeField(null=True)
    number = models.BigIntegerField(default=0)


class Spanned(models.Model):
    """A row that is true from one landing on and until another: pages show it only while HEAD lies between.

    Landings are numbered by one writer, so a row is visible when ``batch <= HEAD < until``. A crash leaves rows
    beyond HEAD; nobody sees them, and the next writer removes them.
    """

    batch = models.BigIntegerField()
    until = models.BigIntegerField(null=True)

    class Meta:
        abstract = True


class HandedOver(models.Model):
    """A fact written on the desk and handed to the lake by a turn: ``batch`` is the landing, empty until then."""

    batch = models.BigIntegerField(null=True, db_index=True)

    class Meta:
        abstract = True
