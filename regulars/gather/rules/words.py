"""Words that tills write for the few things Regulars has names for, in English and Chinese, all in lower case."""

from __future__ import annotations

# "-" and "\\n" (MySQL's export) stand for nothing; a shop's own words are added by the map.
NOTHING = ("", "null", "none", "nan", "nat", "n/a", "#n/a", "na", "nil", "-", "--", "\\n", "<na>", "(null)")
TRUE = ("true", "t", "1", "yes", "y", "x", "是", "有", "1.0")
FALSE = ("false", "f", "0", "no", "n", "否", "无", "没有", "0.0")

STATUS: dict[str, tuple[str, ...]] = {
    "paid": ("paid", "completed", "complete", "closed", "done", "success", "ok", "sale",
        "已支付", "已付款", "已完成", "已结账", "交易成功", "完成"),
    "refunded": ("refunded", "refund", "returned", "return", "已退款", "退款", "全额退款", "退货", "已退货"),
    "cancelled": ("cancelled", "canceled", "cancel", "void", "voided", "deleted",
        "已取消", "取消", "作废", "已作废", "交易关闭", "撤单"),
}  # fmt: skip
SALES_CHANNEL: dict[str, tuple[str, ...]] = {
    "dine_in": ("dine_in", "dine in", "dine-in", "eat in", "table", "堂食", "店内", "堂吃"),
    "pick_up": (
        "pick_up",
        "pick up",
        "pick-up",
        "pickup",
        "takeaway",
        "take away",
        "to go",
        "自提",
        "打包",
        "外带",
    ),
    "delivery": ("delivery", "delivered", "外卖", "外送", "配送"),
    "web": ("web", "online", "website", "网店", "线上"),
    "mini_program": ("mini_program", "mini program", "miniprogram", "小程序"),
    "store": ("store", "in store", "in-store", "门店", "线下"),
}
CONSENT: dict[str, tuple[str, ...]] = {
    "given": (
        "given",
        "granted",
        "yes",
        "true",
        "1",
        "y",
        "subscribed",
        "opt-in",
        "同意",
        "已授权",
        "订阅",
        "是",
    ),
    "withdrawn": (
        "withdrawn",
        "revoked",
        "no",
        "false",
        "0",
        "n",
        "unsubscribed",
        "opt-out",
        "退订",
        "撤回",
        "拒绝",
        "否",
    ),
}
WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "status": STATUS,
    "sales_channel": SALES_CHANNEL,
    "state": CONSENT,
}
CLOSED = (
    "status",
    "state",
)  # a word outside these is rejected; another sales channel is a channel of its own


def meanings(field: str) -> dict[str, str]:
    """Lower-case word → what Regulars calls it, for a field that has names of its own; empty for any other."""
    return {word: name for name, many in WORDS.get(field, {}).items() for word in many}
