"""Accounts with a role and a scope of stores, keys of live doors, PINs, and who looked at or changed what."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.access import rules
from regulars.brand.models import Staff, Store


class User(AbstractUser):
    """An account. A ``store`` account sees its own stores; the other roles see all of them."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        OPERATOR = "operator", _("operator")
        ANALYST = "analyst", _("analyst")
        STORE = "store", _("store")

    role = models.CharField(max_length=16, choices=Role, default=Role.STORE)
    stores = models.ManyToManyField(Store, blank=True)
    demo_password = models.BooleanField(default=False)  # printed by the demo, so known to everyone

    def may(self, verb: str) -> bool:
        """Whether this account may do one of ``access.rules.VERBS``."""
        return self.is_active and rules.may(self.role, verb)

    def stores_seen(self) -> frozenset[str] | None:
        """The codes of the stores this account sees; None means all of them, an empty set none."""
        if rules.sees_every_store(self.role):
            return None
        return frozenset(self.stores.values_list("code", flat=True))


class LogInFailure(models.Model):
    """Failed log-ins in a row by a name, whether or not it is an account's, from an address, or with a PIN."""

    kind = models.CharField(max_length=8)  # account, address, pin
    key = models.CharField(max_length=200)
    failures = models.IntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "key"), name="log_in_failure_once"),)


class WriteKey(models.Model):
    """A key with which a till or a mini-program writes to the live doors; only its hash is kept.

    What a public key sends (it stands in an app that anyone can open) is behaviour only; a secret one is a server's.
    """

    class Kind(models.TextChoices):
        PUBLIC = "public", _("public")
        SECRET = "secret", _("secret")

    name = models.CharField(max_length=80, unique=True)
    hash = models.CharField(max_length=64, unique=True)  # SHA-256: the key is too long to be guessed
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.SECRET)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class Pin(models.Model):
    """The four to six digits by which a colleague signs on a shared device, hashed as a password is."""

    staff = models.OneToOneField(Staff, on_delete=models.CASCADE, primary_key=True)
    hash = models.CharField(max_length=200)
    set_by = models.CharField(max_length=150)
    set_at = models.DateTimeField()


class AuditEntry(models.Model):
    """One look at personal data, or one change; appended, never edited."""

    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    verb = models.CharField(max_length=40)  # look, export, import, log-in …
    subject = models.CharField(max_length=80)  # "customer 17", never a name or a number of a person
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-at", "-id")
