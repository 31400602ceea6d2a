"""The points book, append-only, and coupons that are used once; the book is the truth, accounts and lots follow it."""

from __future__ import annotations

from django.db import models

from regulars.desk.models import HandedOver


class Programme(models.Model):
    """The one row of terms under which points are earned; without it nobody earns any."""

    starts_on = models.DateField()  # orders of earlier business dates earn nothing
    per_unit = models.IntegerField(default=1)  # points for a whole unit of the currency
    expires_after = models.IntegerField(null=True, default=365)  # days after the order; null: never
    visible_from = models.BigIntegerField(
        default=100
    )  # a guest sees points from here on: when they buy something
    booked_to = models.BigIntegerField(default=0)  # the last landing whose orders are in the book

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(pk=1), name="one_programme"),)


class Account(models.Model):
    """What a customer can spend and owes, kept beside the book so that spending is one conditional update."""

    customer = models.BigIntegerField(primary_key=True)
    balance = models.BigIntegerField(default=0)
    owed = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(balance__gte=0), name="never_below_zero"),
            models.CheckConstraint(condition=models.Q(owed__gte=0), name="owed_not_negative"),
        )


class PointsEntry(HandedOver):
    """A movement in the book, the fact ``entries``; never edited. ``key`` keeps it once.

    earn, spend, expire and reverse move the balance; owe and repay move what is owed, as its negative: an account's
    balance less what it owes is the sum of its entries.
    """

    key = models.CharField(max_length=240, unique=True)
    customer_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)  # earn, spend, expire, reverse, owe, repay
    amount = models.BigIntegerField()  # points, signed
    benefit = models.CharField(max_length=40, blank=True)  # what it was spent on, or earned by
    order = models.CharField(max_length=210, blank=True)  # source|order_id, of what an order moved
    expires_at = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta(HandedOver.Meta):
        indexes = (
            models.Index(fields=("customer_id", "at")),
            models.Index(fields=("order",), condition=~models.Q(order=""), name="entries_of_an_order"),
        )


class Lot(models.Model):
    """What is left of one earning, so that the oldest goes first; an account's lots sum to its balance."""

    customer = models.BigIntegerField()
    entry = models.OneToOneField(PointsEntry, on_delete=models.PROTECT)
    left = models.BigIntegerField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(left__gte=0), name="lot_not_negative"),)
        indexes = (
            models.Index(fields=("customer",), condition=models.Q(left__gt=0), name="lots_open"),
            models.Index(fields=("expires_at",), condition=models.Q(left__gt=0), name="lots_that_expire"),
        )


class CouponKind(models.Model):
    """A coupon's terms: what it takes off, how many there are, and when it may be used."""

    name = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    amount = models.BigIntegerField(default=0)  # minor units off
    share = models.FloatField(default=0.0)  # or a share off
    least = models.BigIntegerField(default=0)  # of an order, minor units
    days = models.IntegerField(default=30)  # from being given
    weekdays = models.CharField(max_length=7, default="1234567")  # 1 is Monday
    most = models.IntegerField(null=True)  # given altogether
    each = models.IntegerField(default=1)  # to one customer
    given = models.IntegerField(default=0)
    stores = models.JSONField(default=list)  # codes; empty: all

    def __str__(self) -> str:
        return self.title


class Coupon(models.Model):
    """One coupon of a customer: used once, or not at all."""

    kind = models.ForeignKey(CouponKind, on_delete=models.PROTECT)
    code = models.CharField(max_length=20, unique=True)
    customer = models.BigIntegerField()
    key = models.CharField(max_length=160, unique=True)
    given_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_on = models.CharField(max_length=210, blank=True)  # source|order_id
    taken_off = models.BigIntegerField(default=0)  # minor units, at that order

    class Meta:
        indexes = (models.Index(fields=("customer",)), models.Index(fields=("kind", "customer")))
