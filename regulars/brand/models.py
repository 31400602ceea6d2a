"""The brand itself (one row: one installation is one brand) and what it names in its sales: stores, products, staff."""

from __future__ import annotations

from datetime import time

from django.db import models
from django.utils.translation import gettext_lazy as _


class Brand(models.Model):
    """The one row of settings that every figure depends on."""

    name = models.CharField(max_length=120, default="", blank=True)
    currency = models.CharField(max_length=3, default="CNY")  # ISO 4217
    time_zone = models.CharField(max_length=64, default="Asia/Shanghai")  # IANA
    region = models.CharField(max_length=2, default="CN")  # ISO 3166, for phones without a country code
    day_ends = models.TimeField(default=time(4))  # an order before this hour belongs to the day before

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(pk=1), name="one_brand"),)

    def __str__(self) -> str:
        return self.name


class Store(models.Model):
    """A store by the code its tills use; one first met in a file of sales has its code as its name."""

    code = models.CharField(max_length=80, primary_key=True)
    name = models.CharField(max_length=200)
    format = models.CharField(max_length=80, blank=True)
    place = models.CharField(max_length=80, blank=True)  # station, mall, community …
    region = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=300, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)  # empty: the brand's
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """What is sold, by the code that order lines carry."""

    code = models.CharField(max_length=80, primary_key=True)
    name = models.CharField(max_length=200)
    category = models.CharField(max_length=120, blank=True)
    list_price = models.BigIntegerField(null=True)  # minor units
    unit_cost = models.DecimalField(max_digits=18, decimal_places=4, null=True)  # minor units

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class Staff(models.Model):
    """A colleague, by the code that tills carry; ``level`` is what one may decide at the table alone."""

    class Level(models.TextChoices):
        STAFF = "staff", _("staff")
        SHIFT_LEAD = "shift_lead", _("shift lead")
        MANAGER = "manager", _("manager")

    code = models.CharField(max_length=80, primary_key=True)
    name = models.CharField(max_length=120)
    store = models.ForeignKey(Store, on_delete=models.SET_NULL, null=True)
    level = models.CharField(max_length=10, choices=Level, default=Level.STAFF)

    class Meta:
        ordering = ("code",)
        verbose_name_plural = "staff"

    def __str__(self) -> str:
        return self.name
