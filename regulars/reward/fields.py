"""What points let a segment ask: how many a customer can spend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from regulars.desk.bulk import chunks
from regulars.identify.actions import living, numbers_of_many
from regulars.know.field import Field, Value
from regulars.reward.models import Account


def _points(numbers: Sequence[int] | None, *, head: int, now: datetime) -> Mapping[int, Value]:
    """Points that can be spent, over all of a customer's numbers; nobody's are below zero."""
    columns = ("customer", "balance", "owed")
    if numbers is None:
        rows = list(Account.objects.values_list(*columns))
    else:
        every = sorted({each for all_of in numbers_of_many(numbers, head=head).values() for each in all_of})
        kept = Account.objects.values_list(*columns)
        rows = [row for chunk in chunks(every) for row in kept.filter(customer__in=chunk)]
    home = living({customer for customer, _balance, _owed in rows}, head=head)
    left: dict[int, int] = defaultdict(int)
    for customer, balance, owed in rows:
        left[home[customer]] += balance - owed
    return {customer: max(0, points) for customer, points in left.items()}


FIELDS = [Field("points", "number", _("points to spend"), _points)]
