"""Everything pluggable, by name: to add one, write one file and one line here."""

SOURCES = [
    "regulars.gather.sources.shopify_orders:SOURCE",
    "regulars.gather.sources.shopify_customers:SOURCE",
]

METRICS: list[str] = [
    "regulars.measure.metrics.identified_share:METRIC",
    "regulars.measure.metrics.second_purchase_stock:METRIC",
    "regulars.measure.metrics.stock_corrected:METRIC",
    "regulars.measure.metrics.repeat_order_share:METRIC",
    "regulars.measure.metrics.cohort_second_visit:METRIC",
    "regulars.measure.metrics.repurchase_rate:METRIC",
    "regulars.measure.metrics.cohort_triangle:METRIC",
    "regulars.measure.metrics.guests:METRIC",
    "regulars.measure.metrics.new_returning_revenue:METRIC",
    "regulars.measure.metrics.revenue_factors:METRIC",
    "regulars.measure.metrics.revenue_by_traffic:METRIC",
    "regulars.measure.metrics.bubble_rate:METRIC",
    "regulars.measure.metrics.price_fairness:METRIC",
    "regulars.measure.metrics.lifecycle:METRIC",
    "regulars.measure.metrics.segments:METRIC",
    "regulars.measure.metrics.stage_flows:METRIC",
    "regulars.measure.metrics.stores_alike:METRIC",
    "regulars.measure.metrics.rfm_grid:METRIC",
    "regulars.measure.metrics.interpurchase_interval:METRIC",
    "regulars.measure.metrics.days_to_nth_visit:METRIC",
    "regulars.measure.metrics.regularity:METRIC",
    "regulars.measure.metrics.breadth:METRIC",
    "regulars.measure.metrics.discount_share:METRIC",
    "regulars.measure.metrics.first_triangle:METRIC",
    "regulars.measure.metrics.baskets:METRIC",
    "regulars.measure.metrics.affinity:METRIC",
    "regulars.measure.metrics.first_basket:METRIC",
]

GRADES = [
    "regulars.know.grades.rfm:GRADE",
    "regulars.know.grades.fixed:GRADE",
]

FIELDS: list[str] = [
    "regulars.know.fields:FIELDS",
    "regulars.reward.fields:FIELDS",
    "regulars.listen.fields:FIELDS",
    "regulars.improve.fields:FIELDS",
]

STEPS: list[str] = [
    "regulars.engage.steps.wait:STEP",
    "regulars.engage.steps.message:STEP",
    "regulars.engage.steps.task:STEP",
    "regulars.engage.steps.split:STEP",
    "regulars.engage.steps.leave:STEP",
    "regulars.reward.steps:STEP",
]

# In the order in which a message looks for its way.
CHANNELS: list[str] = [
    "regulars.engage.channels.wecom:CHANNEL",
    "regulars.engage.channels.sms:CHANNEL",
    "regulars.engage.channels.mini_program:CHANNEL",
    "regulars.engage.channels.email:CHANNEL",
]

BENEFITS: list[str] = [
    "regulars.reward.benefits.coupon:BENEFIT",
    "regulars.reward.benefits.points:BENEFIT",
]

QUESTIONS: list[str] = [
    "regulars.listen.questions.again:QUESTION",
    "regulars.listen.questions.better:QUESTION",
    "regulars.listen.questions.dish:QUESTION",
]
