"""The points book, append-only, and coupons that are used once."""

from __future__ import annotations

from django.db import models

from regulars.desk.models import HandedOver


class Account(models.Model):
    """What a customer can spend, kept beside the book so that spending is one conditional update."""

    customer = models.BigIntegerField(primary_key=True)
    balance = models.BigIntegerField(default=0)
    owed = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(balance__gte=0), name="never_below_zero"),
            models.CheckConstraint(condition=models.Q(owed__gte=0), name="owed_not_negative"),
        )


class PointsEntry(HandedOver):
    """A movement in the book, the fact ``entries``; never edited. ``key`` keeps it once."""

    key = models.CharField(max_length=160, unique=True)
    customer_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)  # earn, spend, expire, reverse, owe, repay
    amount = models.BigIntegerField()  # points, signed
    benefit = models.CharField(max_length=40, blank=True)  # what it was spent on, or earned by
    expires_at = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta(HandedOver.Meta):
        indexes = (models.Index(fields=("customer_id", "at")), models.Index(fields=("expires_at",)))


class CouponKind(models.Model):
    """A coupon's terms: what it takes off, how many there are, and when it may be used."""

    name = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    amount = models.BigIntegerField(default=0)  # minor units off
    share = models.FloatField(default=0.0)  # or a share off
    least = models.BigIntegerField(default=0)  # of an order, minor units
    days = models.IntegerField(default=30)  # from being given
    weekdays = models.CharField(max_length=7, default="1234567")
    most = models.IntegerField(null=True)  # given altogether
    each = models.IntegerField(default=1)  # to one customer
    given = models.IntegerField(default=0)
    stores = models.JSONField(default=list)  # codes; empty: all


class Coupon(models.Model):
    """One coupon of a customer: used once, or not at all."""

    kind = models.ForeignKey(CouponKind, on_delete=models.PROTECT)
    code = models.CharField(max_length=20, unique=True)
    customer = models.BigIntegerField()
    key = models.CharField(max_length=160, unique=True)
    given_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_on = models.CharField(max_length=200, blank=True)  # source|order_id

    class Meta:
        indexes = (models.Index(fields=("customer",)),)
