"""What a turn published of each customer: the row that lists, searches and profiles read."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.desk.models import Spanned


class Stage(models.TextChoices):
    """Lifecycle stages, from the customer's own rhythm and the brand's."""

    NEW = "new", _("new")
    SECOND_TIMER = "second_timer", _("second-timer")
    REGULAR = "regular", _("regular")
    COOLING = "cooling", _("cooling")
    LOST = "lost", _("lost")
    WON_BACK = "won_back", _("won back")


class CustomerState(Spanned):
    """A customer as of the last turn that changed it."""

    customer = models.BigIntegerField()
    name = models.CharField(max_length=200, blank=True)
    search = models.CharField(
        max_length=600, blank=True
    )  # lower-case names, pinyin, phone, card: what search reads
    stage = models.CharField(max_length=16, choices=Stage)
    stage_since = models.DateField()
    history = models.JSONField(
        default=list
    )  # [{"since", "stage", "until": null while it lasts}, …], the oldest first
    first_day = models.DateField()
    second_day = models.DateField(null=True)
    last_day = models.DateField()
    visit_days = models.IntegerField()
    orders = models.IntegerField()
    net = models.BigIntegerField()
    first_store = models.CharField(max_length=80, null=True)
    first_channel = models.CharField(max_length=40, null=True)
    first_traffic = models.CharField(max_length=40, null=True)
    first_offer = models.CharField(max_length=120, null=True)
    usual_store = models.CharField(max_length=80, null=True)  # where most of their days were
    stores = models.CharField(max_length=400, blank=True)  # every store ever visited, |A|B|: who may see them
    # Days, the two last since the last visit; all null while the brand has no rhythm: then nobody is late.
    usual_gap = models.FloatField(null=True)
    late_after = models.IntegerField(null=True)
    lost_after = models.IntegerField(null=True)
    p_alive = models.FloatField(null=True)
    orders_90 = models.FloatField(null=True)
    orders_90_low = models.FloatField(null=True)
    orders_90_high = models.FloatField(null=True)
    value_90 = models.BigIntegerField(null=True)  # minor units
    value_90_low = models.BigIntegerField(null=True)
    value_90_high = models.BigIntegerField(null=True)
    orders_365 = models.FloatField(null=True)
    value_365 = models.BigIntegerField(null=True)
    value_365_low = models.BigIntegerField(null=True)
    value_365_high = models.BigIntegerField(null=True)
    # Of the next visit: as likely before as after, and the 95 % interval; null where none within a year is likelier.
    next_day = models.DateField(null=True)
    next_low = models.DateField(null=True)
    next_high = models.DateField(null=True)
    grade = models.CharField(max_length=16, blank=True)  # recency, frequency, monetary, e.g. "543"
    fingerprint = models.BigIntegerField()  # a turn writes only rows where it changed: ``actions.publish``

    class Meta:
        constraints = (models.UniqueConstraint(fields=("customer", "batch"), name="customer_state_once"),)
        indexes = (
            models.Index(fields=("until",)),
            models.Index(fields=("batch",)),
            models.Index(fields=("last_day", "customer")),
            models.Index(fields=("first_day",)),
            models.Index(fields=("first_store", "first_day")),
            models.Index(fields=("value_90", "customer")),
            models.Index(fields=("net", "customer")),
            models.Index(fields=("stage", "last_day")),
        )


class ReturnCurve(Spanned):
    """How first-time customers of the brand come back, as of a turn: when to speak to one who has not.

    ``due_day`` is the day after the first visit by which one in six of those had returned who return within a year (or
    the longest time watched); null with ``why`` where too few have been watched.
    """

    due_day = models.IntegerField(null=True)
    why = models.CharField(max_length=300, blank=True)
    points = models.JSONField(default=list)  # [[day, share back, low, high], …]
    newcomers = models.BigIntegerField(default=0)
    as_of = models.DateField()


class Tag(models.Model):
    """A word about a customer that expires; at most twelve words per store are offered, none is compulsory."""

    customer = models.BigIntegerField()
    tag = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, default="likes")  # allergy, wish, likes
    source = models.CharField(max_length=40)  # staff, interview, answer
    by = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("customer", "tag"), name="tag_once"),)
