"""What lay in baskets, for the readings that look into them."""

from __future__ import annotations

import ibis.expr.types as ir

from regulars.know.tables import baskets
from regulars.measure.metric import Inputs


def sold(inputs: Inputs, since: int | None = None) -> ir.Table:
    """`know.tables.baskets.sold` of the inputs, of months from ``since`` on. Inputs without lines are a fault."""
    if inputs.lines is None:
        raise ValueError("a reading that looks into baskets needs the fact order_lines")
    found = baskets.sold(inputs.sales, inputs.lines)
    return found if since is None else found.filter(found.month >= since)
