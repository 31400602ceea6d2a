"""Customer days in; rhythm's counts, states, stage periods and the models' statistics out; nothing here is
executed.
"""

from regulars.know.tables.days import brought_back, came, customer_days
from regulars.know.tables.fold import fold
from regulars.know.tables.periods import stage_changes, stage_flows, stage_periods, stages_on
from regulars.know.tables.returns import first_returns, first_returns_of, gap_lengths, gap_sums
from regulars.know.tables.states import customer_states, told
from regulars.know.tables.statistics import (
    held_out,
    histories,
    known_then,
    lifetime_statistics,
    spend_statistics,
)
from regulars.know.tables.trade import trade

__all__ = [
    "brought_back",
    "came",
    "customer_days",
    "customer_states",
    "first_returns",
    "first_returns_of",
    "fold",
    "gap_lengths",
    "gap_sums",
    "held_out",
    "histories",
    "known_then",
    "lifetime_statistics",
    "spend_statistics",
    "stage_changes",
    "stage_flows",
    "stage_periods",
    "stages_on",
    "told",
    "trade",
]
