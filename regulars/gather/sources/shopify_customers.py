"""Shopify's customers export: one row a person."""

from regulars.gather.source import Source

SOURCE = Source(
    name="Shopify customers",
    headers=(
        "Customer ID",
        "First Name",
        "Last Name",
        "Email",
        "Accepts Email Marketing",
        "Total Spent",
        "Total Orders",
    ),
    text="""\
# Shopify, Customers, Export.
rows = "records"
source = "shopify"

[columns]
record_id = "Customer ID"
name = ["First Name", "Last Name"]
address = ["Address1", "City"]

[identifiers]
email = "Email"
phone = "Phone"
""",
)
