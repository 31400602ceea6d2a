"""The analyst's door: a brand's lake at one moment, read-only, without Django, by the product's own definitions."""

from regulars.analyst.brand import Brand, open_brand
from regulars.analyst.told import Told

__all__ = ["Brand", "Told", "open_brand"]
