"""Accounts with one role and a scope of stores, and the trail of who looked at or changed what."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.brand.models import Store


class User(AbstractUser):
    """An account. A ``store`` account sees its own stores; the other roles see all of them."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        OPERATOR = "operator", _("operator")
        ANALYST = "analyst", _("analyst")
        STORE = "store", _("store")

    role = models.CharField(max_length=16, choices=Role, default=Role.STORE)
    stores = models.ManyToManyField(Store, blank=True)
    demo_password = models.BooleanField(default=False)  # its password is printed by the demo, so known to everyone


class AuditEntry(models.Model):
    """One look at personal data, or one change; appended, never edited."""

    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    verb = models.CharField(max_length=40)  # look, export, import, log-in …
    subject = models.CharField(max_length=80)  # "customer 17", never a name or a number of a person
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-at", "-id")
