"""Findings raised from voices, the changes they led to, and those who raised them being told."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.desk.models import HandedOver, Spanned
from regulars.listen.models import Voice


class Finding(models.Model):
    """Voices merged by a person into one thing to mend, on its way through the links of the loop."""

    class State(models.TextChoices):
        GATHERING = "gathering", _("too few voices yet")
        RAISED = "raised", _("raised")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        CHANGED = "changed", _("changed")
        TOLD = "told", _("told")

    class Scope(models.TextChoices):
        STORE = "store", _("store improvement")
        COMPANY = "company", _("company improvement")

    title = models.CharField(max_length=120)
    product_id = models.CharField(max_length=80, blank=True)
    field = models.CharField(max_length=12, blank=True)
    scope = models.CharField(max_length=8, choices=Scope, default=Scope.STORE)
    stores = models.JSONField(default=list)  # codes where it was raised
    state = models.CharField(max_length=12, choices=State, default=State.GATHERING)
    owner = models.CharField(max_length=150, blank=True)
    due_on = models.DateField(null=True)
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    raised_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)  # accepted or refused
    reason = models.CharField(max_length=300, blank=True)  # of a refusal; goes back to the stores
    words = models.TextField(blank=True)  # the message to those who raised it, a template
    told_by = models.CharField(max_length=150, blank=True)  # who had it told


class FindingVoice(models.Model):
    """A voice in a finding, and who put it there; a voice is in one finding at most."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="voices")
    voice = models.OneToOneField(Voice, on_delete=models.CASCADE)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()


class Evidence(Spanned):
    """What a turn computed of a product that guests spoke of: do newcomers who had it come back less than the others?

    Counted within strata of store and party size, so that a dish eaten alone at a station is held against others
    eaten alone at that station. ``difference`` is null where the data cannot tell; ``more`` says how many more buyers.
    """

    product_id = models.CharField(max_length=80)
    as_of = models.DateField()
    orders = models.BigIntegerField(default=0)  # with the product, of the last 60 days
    buyers = models.BigIntegerField(default=0)  # identified customers behind them
    had = models.BigIntegerField(default=0)  # newcomers watched 60 days who had it on their first day
    had_back = models.BigIntegerField(default=0)
    others = models.BigIntegerField(default=0)  # newcomers of the same strata who had not
    others_back = models.BigIntegerField(default=0)
    difference = models.FloatField(null=True)  # Mantel and Haenszel's, in share
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    strata = models.IntegerField(default=0)
    more = models.IntegerField(null=True)

    class Meta:
        indexes = (models.Index(fields=("product_id",)), models.Index(fields=("until",)))


class Effect(Spanned):
    """What a turn computed of a change: how the return of buyers moved where it was made, less how elsewhere."""

    change = models.ForeignKey("Change", on_delete=models.CASCADE, related_name="effects")
    as_of = models.DateField()
    before = models.BigIntegerField(default=0)  # buyers in the changed stores, each watched 30 days
    before_back = models.BigIntegerField(default=0)
    after = models.BigIntegerField(default=0)
    after_back = models.BigIntegerField(default=0)
    lines = models.BigIntegerField(default=0)  # order lines that carry the new version
    stores = models.IntegerField(default=0)  # changed stores, and the others they are held against
    others = models.IntegerField(default=0)
    difference = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    more = models.IntegerField(
        null=True
    )  # buyers still needed in the changed stores; null: enough, or no comparison

    class Meta:
        indexes = (models.Index(fields=("until",)),)


class Change(HandedOver):
    """What was changed, where and from when; the fact ``changes``."""

    change_id = models.BigAutoField(primary_key=True)
    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=12)  # recipe, price, standard, site
    product_id = models.CharField(max_length=80, blank=True)
    from_version = models.CharField(max_length=40, blank=True)
    to_version = models.CharField(max_length=40)
    stores = models.JSONField(default=list)  # codes; empty: all
    begins_on = models.DateField()
    decided_by = models.CharField(max_length=150)
    evidence = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()


class Training(models.Model):
    """A standard item trained in one store and shift."""

    change = models.ForeignKey(Change, on_delete=models.CASCADE, related_name="trainings")
    store_id = models.CharField(max_length=80)
    shift = models.CharField(max_length=20)
    staff_id = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("change", "store_id", "shift"), name="trained_once"),)


class Telling(models.Model):
    """Someone who raised a finding is told that it is mended, in a wave drawn by chance, or skipped with a reason.

    ``came`` are the days they came since the telling was planned, with what those visits brought after refunds; a turn
    writes it anew from the lake, so that a refund takes back what it took.
    """

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="tellings")
    voice = models.OneToOneField(Voice, on_delete=models.CASCADE)
    customer = models.BigIntegerField()
    wave = models.IntegerField()
    planned_at = models.DateTimeField()
    due_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    skipped = models.CharField(max_length=40, blank=True)  # erased, unsubscribed, already_back …
    message = models.CharField(max_length=120, blank=True)  # the outbox key
    came = models.JSONField(default=list)  # [["2026-11-19", 12300], …]
    back_on = models.DateField(null=True)
    revenue = models.BigIntegerField(default=0)  # minor units, of visits since told, after refunds
    usual = models.FloatField(
        null=True
    )  # share of guests like them who came within 30 days, not told anything

    class Meta:
        constraints = (models.UniqueConstraint(fields=("finding", "customer"), name="told_once"),)
        indexes = (models.Index(fields=("due_at",)), models.Index(fields=("customer",)))


class Tasting(models.Model):
    """Two versions compared in pairs by guests who were invited."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="tastings")
    version_a = models.CharField(max_length=40)
    version_b = models.CharField(max_length=40)
    made_by = models.CharField(max_length=150, blank=True)
    made_at = models.DateTimeField()


class Invitation(models.Model):
    """A guest asked to a tasting, with the signed link by which they say which version they prefer."""

    tasting = models.ForeignKey(Tasting, on_delete=models.CASCADE, related_name="invitations")
    customer = models.BigIntegerField()
    group = models.CharField(max_length=10)  # fan, raised, guest
    token = models.CharField(max_length=64, unique=True)
    message = models.CharField(max_length=120, blank=True)  # the outbox key
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("tasting", "customer"), name="invited_once"),)


class Vote(models.Model):
    """One guest's preference; fans and ordinary guests are never pooled unsaid."""

    tasting = models.ForeignKey(Tasting, on_delete=models.CASCADE, related_name="votes")
    customer = models.BigIntegerField()
    group = models.CharField(max_length=10)  # fan, raised, guest
    prefers = models.CharField(max_length=1)  # a, b
    words = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=150, blank=True)  # who wrote it down; empty: the guest, by their link
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("tasting", "customer"), name="voted_once"),)
