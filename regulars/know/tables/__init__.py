"""Customer days in; rhythm's counts, states, stage periods and the models' statistics out; nothing here is
executed.
"""

from regulars.know.tables.days import came, customer_days, histories_told, stores_seen
from regulars.know.tables.fold import fold
from regulars.know.tables.periods import stage_periods
from regulars.know.tables.returns import first_returns, first_returns_of, gap_lengths, gap_sums
from regulars.know.tables.states import customer_states, told
from regulars.know.tables.statistics import histories, lifetime_statistics, spend_statistics

__all__ = [
    "came",
    "customer_days",
    "customer_states",
    "first_returns",
    "first_returns_of",
    "fold",
    "gap_lengths",
    "gap_sums",
    "histories",
    "histories_told",
    "lifetime_statistics",
    "spend_statistics",
    "stage_periods",
    "stores_seen",
    "told",
]
