"""Money is an integer in minor units everywhere; here is how many of them make one of a currency (ISO 4217)."""

from __future__ import annotations

# Only currencies whose minor unit is not a hundredth (ISO 4217:2015, table A.1).
DIGITS = {
    **dict.fromkeys(
        (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "VND",
            "XAF",
            "XOF",
            "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def digits(currency: str) -> int:
    """Decimal places of a currency by its ISO 4217 code: 2 for CNY, 0 for JPY, 3 for KWD."""
    return DIGITS.get(currency, 2)


def minor_units(currency: str) -> int:
    """How many minor units make one of the currency: 100 for CNY."""
    return int(10 ** digits(currency))
