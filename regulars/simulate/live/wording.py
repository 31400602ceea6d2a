"""What guests say, in their own words: most in Chinese, some in English; {dish} is what they ate."""

from __future__ import annotations

DISH = (
    "{dish}太甜了,吃两口就腻,跟以前不一样",
    "{dish}甜得发齁,孩子都没吃完",
    "你们的{dish}能不能少放点糖?盖住本味了",
    "{dish}味道怪,又甜又咸,基本没动",
    "点了{dish},太甜,最后剩了大半",
    "The {dish} was far too sweet for us, we left half of it.",
    "{dish}不如上次,汁太甜太稠",
    "朋友推荐来吃{dish},结果甜得吃不下去",
    "{dish}是不是换厨师了?一股糖味",
)
DISH_REVIEWS = (
    "环境可以,服务也好,就是{dish}太甜,不会再点",
    "{dish}踩雷,甜到发腻,其他菜正常",
    "Nice place, but skip the {dish}: too sweet.",
    "冲着{dish}来的,失望,糖放太多了",
)
DISH_NOTES = ("{dish}太甜了,吃不完", "备注:{dish}少糖!上次甜得没法吃")
FAULTS = {
    "taste": ("{dish}有点咸了", "{dish}端上来是温的", "{dish}的油有点大", "{dish} came cold."),
    "waiting": ("等位等了四十多分钟,没人来说一声", "点完菜半小时才上第一道", "催了两次才上菜"),
    "manner": ("叫了好几次服务员没人理", "结账的时候态度有点冷"),
    "hygiene": ("杯子边上有口红印", "桌子没擦干净,黏的"),
    "price": ("比上次贵了不少,没看到哪里说涨价", "团购券说好能用,到店又不行"),
    "place": ("空调太冷,旁边一直漏风", "隔壁抽烟没人管,带着孩子很难受"),
}
GOOD = (
    "味道不错,上菜也快,下次还来",
    "服务员很热情,记得我们不吃香菜",
    "家里老人都说好吃",
    "Good food, friendly staff. We will be back.",
    "干净,安静,适合带孩子",
    "性价比可以,{dish}值得点",
)
FINE = ("还行,正常水平", "味道可以,就是人多有点吵", "Okay for the price.")
BAD = ("这次有点失望", "菜没问题,等太久了", "不太满意,希望改进")
NOTES = ("喜欢靠窗的位置", "带小朋友来,要了儿童椅", "说上次的菜改得好", "不吃香菜", "赶时间,先上主食")
