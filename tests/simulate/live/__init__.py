"""A made-up brand: the same seed gives the same bytes, and what is planted can be found in the truth."""
