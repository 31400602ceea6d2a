"""Shopify's orders export: one row a line, and what is said of the order stands in its first row only."""

from regulars.gather.source import Source

SOURCE = Source(
    name="Shopify orders",
    headers=(
        "Name",
        "Financial Status",
        "Created at",
        "Total",
        "Lineitem quantity",
        "Lineitem name",
        "Lineitem price",
    ),
    text="""\
# Shopify, Orders, Export: plain CSV. A line's price is of one unit; the order's Total counts.
# Orders of a till carry their Location: split them, or put store_id = "Location" under [columns].
rows = "lines"
source = "shopify"
amounts = "unit"

[columns]
order_id = "Name"
ordered_at = "Created at"
product_id = "Lineitem name"
quantity = "Lineitem quantity"
paid_price = "Lineitem price"
net = "Total"
discount = "Discount Amount"
offer = "Discount Code"
status = "Financial Status"
refunded = "Refunded Amount"

[constants]
store_id = "shopify"
sales_channel = "web"

[identifiers]
email = "Email"
phone = "Phone"

[values.status]
paid = "paid"
refunded = "refunded"
partially_paid = "paid"
authorized = "paid"
pending = "paid"
partially_refunded = "paid"
voided = "cancelled"
""",
)
