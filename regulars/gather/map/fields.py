"""What each kind of row may say: the fields a map can fill, the type each is read as, and those no row does without."""

from __future__ import annotations

from regulars.core.refused import Refused

TEXT, CODE, MONEY, COST, NUMBER, COUNT = "text", "code", "money", "cost", "number", "count"
DATE, TIME, HOUR, INSTANT, FLAG, BIRTHDAY = "date", "time", "hour", "instant", "flag", "birthday"

SALE = {
    "order_id": CODE,
    "version": COUNT,
    "store_id": CODE,
    "till_id": CODE,
    "staff_id": CODE,
    "shift": TEXT,
    "table": TEXT,
    "guests": COUNT,
    "sales_channel": TEXT,
    "traffic": TEXT,
    "offer": TEXT,
    "ordered_at": INSTANT,
    "date": DATE,
    "time": TIME,
    "hour": HOUR,
    "gross": MONEY,
    "discount": MONEY,
    "platform_subsidy": MONEY,
    "commission": MONEY,
    "comp": MONEY,
    "comp_reason": TEXT,
    "net": MONEY,
    "status": TEXT,
    "refunded": MONEY,
    "refund_of": CODE,
    "member_asked": FLAG,
    "visit_id": CODE,
    "returned": FLAG,
}
LINE = {
    "line": COUNT,
    "product_id": CODE,
    "product_version": TEXT,
    "quantity": NUMBER,
    "list_price": MONEY,
    "paid_price": MONEY,
    "line_discount": MONEY,
    "unit_cost": COST,
    "line_cost": COST,
    "coupon_code": CODE,
    "chased": FLAG,
}
FIELDS: dict[str, dict[str, str]] = {
    "orders": SALE,
    "lines": SALE | LINE,
    "visits": {
        "visit_id": CODE,
        "store_id": CODE,
        "booked_at": INSTANT,
        "queued_at": INSTANT,
        "seated_at": INSTANT,
        "left_at": INSTANT,
        "party": COUNT,
        "table": TEXT,
        "staff_id": CODE,
        "occasion": TEXT,
        "first_time_said": FLAG,
    },
    "records": {
        "record_id": CODE,
        "name": TEXT,
        "birthday": BIRTHDAY,
        "language": TEXT,
        "address": TEXT,
        "registered_at": INSTANT,
        "acquired_by": TEXT,
    },
    "products": {
        "product_id": CODE,
        "name": TEXT,
        "category": TEXT,
        "list_price": MONEY,
        "unit_cost": COST,
    },
    "stores": {
        "store_id": CODE,
        "name": TEXT,
        "format": TEXT,
        "place": TEXT,
        "region": TEXT,
        "address": TEXT,
        "time_zone": TEXT,
        "opened_on": DATE,
        "closed_on": DATE,
    },
    "staff": {"staff_id": CODE, "name": TEXT, "store_id": CODE, "level": TEXT},
    "spend": {
        "date": DATE,
        "medium": TEXT,
        "campaign": TEXT,
        "store_id": CODE,
        "cost": MONEY,
        "impressions": COUNT,
        "clicks": COUNT,
    },
    "consents": {
        "channel": TEXT,
        "purpose": TEXT,
        "state": TEXT,
        "evidence": TEXT,
        "at": INSTANT,
        "expires_at": INSTANT,
    },
    "totals": {"store_id": CODE, "date": DATE, "total": MONEY},
}
# Each entry is a choice: one of its fields must be filled by a column or a constant.
REQUIRED: dict[str, tuple[tuple[str, ...], ...]] = {
    "orders": (("store_id",), ("ordered_at", "date"), ("net",)),
    "lines": (("store_id",), ("ordered_at", "date"), ("paid_price", "list_price", "net")),
    "visits": (("visit_id",), ("store_id",)),
    "records": (("record_id",),),
    "products": (("product_id",), ("name",)),
    "stores": (("store_id",),),
    "staff": (("staff_id",), ("name",)),
    "spend": (("date",), ("medium",), ("cost",)),
    "consents": (("channel",), ("purpose",), ("state",), ("at",)),
    "totals": (("store_id",), ("date",), ("total",)),
}
IDENTIFIED = ("orders", "lines", "visits", "records", "consents")


def fields(rows: str) -> dict[str, str]:
    """The fields of a kind of row with their types; refuses a kind that is not known."""
    if rows not in FIELDS:
        raise Refused(
            'rows = "%(rows)s" is not a kind of row; write one of %(kinds)s',
            rows=rows,
            kinds=", ".join(FIELDS),
        )
    return FIELDS[rows]
