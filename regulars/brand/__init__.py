"""What the brand has: stores, products, staff, a currency, hours."""
