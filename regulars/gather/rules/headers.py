"""What tills and member systems call their columns, in English and Chinese; each stands for one field of a kind."""

from __future__ import annotations

import re

# Field → names, the likeliest first. Compared without case, spaces and punctuation.
SALE = {
    "order_id": "order_id order_no order_number order basket_id basket_num"
    " basket receipt_no receipt_id receipt transaction_id"
    " trans_id transaction_no transaction bill_no bill invoice_no invoice check_no ticket_no"
    " 订单号 订单编号 单号 小票号 流水号 账单号 交易号 销售单号 结账单号",
    "store_id": "store_id store_code store_no store shop_id shop_code shop"
    " branch outlet location site store_r store_name"
    " 门店 门店编号 门店编码 门店名称 店铺 店号 店名 分店 机构",
    "ordered_at": "ordered_at order_time datetime timestamp"
    " transaction_timestamp order_datetime created_at paid_at closed_at"
    " invoicedate order_date_time 下单时间 订单时间 结账时间 交易时间 支付时间 付款时间 销售时间 消费时间 时间",
    "date": "date order_date business_date purchase_date purchase shop_date"
    " sale_date sales_date transaction_date trans_date"
    " day the_date 日期 营业日期 销售日期 交易日期 订单日期 下单日期 消费日期",
    "hour": "hour shop_hour order_hour 小时",
    "time": "time trans_time transaction_time shop_time 时刻",
    "till_id": "till_id till pos pos_no terminal register 收银机 收银台 机号 款台",
    "staff_id": "staff_id staff employee cashier waiter server sales_person 服务员 收银员 员工 店员 导购",
    "shift": "shift meal_period 班次 餐段 市别",
    "table": "table table_no 桌号 台号 桌台",
    "guests": "guests covers party pax guest_count 人数 就餐人数 客数 用餐人数",
    "sales_channel": "sales_channel channel order_type order_channel 渠道 订单类型"
    " 就餐方式 用餐方式 订单来源 消费类型",
    "offer": "offer promotion promotion_id campaign promo 活动 优惠活动 促销",
    "gross": "gross gross_amount total_before_discount 应收 应收金额 原价合计 订单原价 流水金额 营业额",
    "discount": "discount discount_amount 优惠 优惠金额 折扣 折扣金额",
    "net": "net net_amount total order_total amount_paid paid total_amount amount"
    " 实收 实收金额 实付 实付金额 支付金额 付款金额 订单金额 应付金额 金额",
    "refunded": "refunded refund_amount refund 退款金额 退款",
    "status": "status order_status state 状态 订单状态 支付状态",
    "commission": "commission 佣金 平台佣金 服务费",
    "platform_subsidy": "platform_subsidy 平台补贴 平台优惠",
}
LINE = {
    "line": "line line_no line_number item_no 行号 序号",
    "product_id": "product_id product_code product_num product sku item_id"
    " item_code item upc barcode stockcode prod_code plu"
    " 商品编号 商品编码 菜品编号 菜品编码 条码 货号 商品 菜品 商品名称 菜品名称 菜名 品名",
    "quantity": "quantity qty units unit_sales count 数量 份数 销量 件数",
    "list_price": "list_price unit_price price original_price 单价 原价 售价 标价",
    "paid_price": "paid_price spend sales_value line_total line_amount store_sales sales amount total_price net_price"
    " 小计 实收金额 实付金额 销售金额 金额 成交金额 实收",
    "line_discount": "line_discount item_discount discount 优惠金额 折扣金额 优惠 折扣",
    "coupon_code": "coupon_code coupon voucher 优惠券 券码",
    "returned": "returned is_return return_flag 退菜 是否退货 退货",
    "status": SALE["status"],
}
PEOPLE = {
    "phone": "phone mobile mobile_phone phone_number cell tel telephone 手机号 手机"
    " 手机号码 电话 联系电话 会员手机号",
    "email": "email e_mail mail email_address 邮箱 电子邮箱",
    "wechat_unionid": "unionid wechat_unionid 微信unionid",
    "wechat_openid": "openid wechat_openid 微信openid",
    "member_card": "member_card card_no card_number membership_no loyalty_card"
    " member_no customer_id cust_code cust_id"
    " customer_no hshd_num household_id customer household member_id member"
    " 会员卡号 卡号 会员号 会员编号 会员 客户编号 顾客编号",
    "payment_token": "payment_token card_token wallet_token 支付账号 支付标识",
    "device": "device device_id 设备号",
}
RECORD = {
    "record_id": "record_id member_id customer_id member_no customer_no id hshd_num household_id"
    " 会员编号 会员号 会员id 客户编号 顾客编号 编号",
    "name": "name full_name fullname customer_name member_name 姓名 会员姓名 客户姓名 名字 昵称",
    "birthday": "birthday birthdate date_of_birth dob 生日 出生日期 会员生日",
    "language": "language lang 语言",
    "address": "address street 地址 联系地址",
    "registered_at": "registered_at registered registration_date join_date"
    " joined_at created_at signup_date member_since"
    " date_accnt_opened 注册时间 注册日期 入会时间 入会日期 开卡时间 开卡日期",
    "acquired_by": "acquired_by acquisition_source source referrer 来源 注册来源 渠道来源 入会渠道",
}
NAMES: dict[str, dict[str, str]] = {
    "orders": SALE,
    "lines": {
        **SALE,
        **LINE,
        "net": "order_total 订单金额 整单实收",
        "discount": "order_discount 整单优惠",
    },
    "records": RECORD,
    "visits": {
        "visit_id": "visit_id visit_no visit queue_no booking_no 预订号 排队号 取号 编号",
        "store_id": SALE["store_id"],
        "booked_at": "booked_at booking_time reservation_time reserved_for 预订时间 预约时间",
        "queued_at": "queued_at queue_time 取号时间 排队时间",
        "seated_at": "seated_at seating_time 入座时间 开台时间",
        "left_at": "left_at 离店时间 离座时间",
        "party": "party guests covers pax 人数 用餐人数",
        "table": SALE["table"],
        "occasion": "occasion 用餐目的 场合",
    },
    "products": {
        "product_id": "product_id product_code product_num sku item_code"
        " product 商品编号 商品编码 菜品编号 菜品编码 编码 编号 条码",
        "name": "name product_name item_name description 商品名称 菜品名称 菜名 品名 名称",
        "category": "category department product_category 分类 类别 品类 菜品分类",
        "list_price": "list_price price unit_price srp 单价 售价 原价 价格",
        "unit_cost": "unit_cost cost 成本 成本价 进价",
    },
    "stores": {
        "store_id": "store_id store_code store_no store code 门店编号 门店编码 店号 编号",
        "name": "name store_name shop_name 门店名称 店名 名称",
        "format": "format store_type type 业态 门店类型",
        "place": "place location_type 商圈类型",
        "region": "region area state city 区域 大区 城市",
        "address": "address street_address 地址",
        "opened_on": "opened_on opening_date first_opened_date opened 开业日期 开业时间",
        "closed_on": "closed_on closing_date 闭店日期",
        "time_zone": "time_zone timezone",
    },
    "staff": {
        "staff_id": "staff_id employee_id staff_no staff 员工编号 工号",
        "name": "name staff_name employee_name 姓名 员工姓名",
        "store_id": SALE["store_id"],
    },
    "spend": {
        "date": SALE["date"],
        "medium": "medium media channel platform 媒体 渠道 投放渠道 平台",
        "campaign": "campaign campaign_name 活动 计划 推广计划",
        "store_id": SALE["store_id"],
        "cost": "cost spend amount 花费 消耗 费用 金额",
        "impressions": "impressions views 曝光 展现 曝光量",
        "clicks": "clicks 点击 点击量",
    },
    "consents": {
        "channel": "channel 渠道 触达渠道",
        "purpose": "purpose 目的 用途",
        "state": "state consent status opt_in 状态 是否同意",
        "at": "at consented_at consent_date date 时间 授权时间 同意时间",
        "evidence": "evidence 凭证 证据",
        "expires_at": "expires_at expiry 到期时间",
    },
    "totals": {
        "store_id": SALE["store_id"],
        "date": SALE["date"],
        "total": "total net daily_total sales turnover revenue 合计 总额 日营业额 营业额 实收 实收金额",
    },
}  # fmt: skip
# What a kind has that no other has: a file without any of these is not of that kind.
TELLING: dict[str, tuple[str, ...]] = {
    "orders": ("order_id",),
    "lines": ("product_id", "line", "paid_price"),
    "records": ("birthday", "registered_at", "name", "record_id"),
    "visits": ("booked_at", "queued_at", "seated_at", "visit_id"),
    "products": ("product_id",),
    "stores": ("opened_on", "address", "format", "region", "name"),
    "staff": ("staff_id",),
    "spend": ("impressions", "clicks", "campaign", "medium"),
    "consents": ("purpose", "state"),
    "totals": ("total",),
}


def plain(header: str) -> str:
    """A header without case, spaces and punctuation: ``Store Code `` and ``store_code`` are one."""
    return re.sub(r"[\W_]+", "", header.casefold())


def likeness(header: str, names: str) -> float:
    """How sure a header is one of the names, from 0 to 1: the same 0.95 less a little for a later name; a part 0.6."""
    given, known = plain(header), [plain(each) for each in names.split()]
    if given in known:
        return 0.95 - 0.01 * known.index(given)
    long = [each for each in known if len(each) >= (2 if not each.isascii() else 4)]
    if any(given.endswith(each) for each in long):  # in both languages what a thing is stands last
        return 0.62
    if any(given.startswith(each) for each in long):
        return 0.6
    return 0.0
