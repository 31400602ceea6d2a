"""What gather does: bring files, and keep the desk's recent orders in step with the lake."""

from regulars.gather.actions.bring import bring, recover
from regulars.gather.actions.land import end_orders

__all__ = ["bring", "end_orders", "recover"]
