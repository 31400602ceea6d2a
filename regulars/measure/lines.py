"""What lay in baskets, for the readings that look into them."""

from __future__ import annotations

import ibis.expr.types as ir

from regulars.know.tables import baskets
from regulars.measure.metric import Inputs
from regulars.measure.tables import month_of


def sold(inputs: Inputs, since: int | None = None) -> ir.Table:
    """`know.tables.baskets.sold` of the inputs, of months from ``since`` on. Inputs without lines are a fault."""
    if inputs.lines is None:
        raise ValueError("a reading that looks into baskets needs the fact order_lines")
    sales = inputs.sales
    if since is not None:  # the orders before their lines are looked for: fewer to be found
        sales = sales.filter(
            (sales.month if "month" in sales.columns else month_of(sales.business_date)) >= since
        )
    return baskets.sold(sales, inputs.lines)
