"""Menus by format: name, category, list price in fen, popularity, unit cost as a share of the price, part played.

Exactly one product of a menu plays `disliked` (its buyers return less) and one plays `alone` (eaten by who is alone
at the station, a decoy); neither is drawn by popularity.
"""

from __future__ import annotations

Product = tuple[str, str, int, float, float, str]


def _menu(text: str, prices: float = 1.0) -> tuple[Product, ...]:
    """Lines of `category share-of-cost: name price popularity [part], …`, prices in yuan, scaled by `prices`."""
    products: list[Product] = []
    for line in text.strip().splitlines():
        head, _, dishes = line.partition(":")
        category, cost = head.split()
        for dish in dishes.split(","):
            name, price, popularity, *part = dish.split()
            fen = round(float(price) * prices) * 100
            products.append((name, category, fen, float(popularity), float(cost), part[0] if part else ""))
    return tuple(products)


CASUAL = _menu(
    """
    热菜 .34: 宫保鸡丁 48 5, 鱼香肉丝 46 5, 回锅肉 58 4, 水煮牛肉 88 3, 酸菜鱼 98 5, 麻婆豆腐 32 5
    热菜 .34: 小炒黄牛肉 78 4, 糖醋里脊 56 3
    热菜 .36: 红烧肉 72 4, 蒜蓉粉丝虾 98 2, 清蒸鲈鱼 108 2, 干锅花菜 42 4, 地三鲜 36 3, 口水鸡 52 3
    热菜 .36: 剁椒鱼头 128 2, 毛血旺 86 2
    热菜 .38: 藤椒烤鱼 118 0 disliked, 番茄炒蛋 32 4, 啤酒鸭 82 2, 梅菜扣肉 68 2, 葱烧海参 168 .3, 白灼虾 98 1
    凉菜 .28: 拍黄瓜 22 4, 夫妻肺片 46 3, 凉拌木耳 26 2, 皮蛋豆腐 26 2, 蒜泥白肉 46 2, 川北凉粉 24 2
    时蔬 .25: 清炒时蔬 32 5, 手撕包菜 32 4, 蒜蓉西兰花 34 3, 上汤娃娃菜 38 3, 干煸四季豆 38 3
    汤羹 .30: 番茄蛋花汤 32 3, 酸辣汤 32 2, 老鸭汤 78 1, 菌菇汤 58 2
    主食 .22: 扬州炒饭 32 4, 担担面 26 3, 红烧牛肉面 36 0 alone, 钟水饺 26 3, 米饭 3 6, 葱油饼 22 2
    饮品 .30: 酸梅汤 26 4, 青岛啤酒 15 4, 鲜榨橙汁 38 2, 椰汁 18 3, 王老吉 10 3, 普洱茶 38 1
    甜品 .27: 红糖糍粑 28 3, 冰粉 16 4, 杨枝甘露 28 2
    """
)
HOT_POT = _menu(
    """
    锅底 .25: 牛油麻辣锅 68 5, 番茄锅 58 4, 菌汤锅 68 3, 鸳鸯锅 78 6, 藤椒鱼锅 88 0 disliked
    荤菜 .40: 肥牛 68 6, 毛肚 68 6, 羊肉卷 58 4, 虾滑 56 5, 鸭肠 42 3, 黄喉 46 3, 午餐肉 26 4, 嫩牛肉 58 4
    荤菜 .40: 巴沙鱼片 42 3, 牛百叶 46 2
    荤菜 .42: 鲜切吊龙 78 2, 脑花 26 1, 小酥肉 38 5, 鹌鹑蛋 22 3
    素菜 .25: 土豆片 18 4, 藕片 18 4, 金针菇 20 4, 冻豆腐 18 3, 宽粉 18 4, 娃娃菜 20 3, 豆皮 18 3, 茼蒿 22 2
    素菜 .25: 海带结 16 2, 贡菜 24 2, 菌菇拼盘 46 2
    主食 .22: 手工面 12 3, 自热小火锅面 32 0 alone, 蛋炒饭 20 3, 红糖糍粑 26 4, 米饭 3 4
    蘸料 .30: 自选调料 10 8
    饮品 .30: 酸梅汤 22 4, 青岛啤酒 14 4, 椰汁 18 3, 王老吉 10 3, 豆奶 8 3
    """
)
TEA = _menu(
    """
    奶茶 .28: 珍珠奶茶 14 6, 黑糖波波奶茶 17 5, 芋泥奶茶 18 4, 烤奶 15 4, 布丁奶茶 15 3, 红豆奶茶 14 3
    奶茶 .28: 桂花酒酿奶茶 17 0 disliked
    果茶 .34: 多肉葡萄 19 5, 杨枝甘露 19 5, 满杯红柚 18 3, 柠檬茶 12 6, 百香果茶 14 3, 西瓜椰椰 17 2
    果茶 .34: 芒果冰 18 3, 霸气橙子 17 2, 鲜桃乌龙 16 3
    纯茶 .18: 茉莉绿茶 9 3, 四季春 9 3, 冻顶乌龙 11 2, 热红茶 10 0 alone, 桂花乌龙 11 2
    奶盖 .30: 芝士绿茶 16 3, 芝士草莓 20 2, 海盐乌龙 16 2
    咖啡 .30: 美式 11 3, 拿铁 15 3, 生椰拿铁 16 4
    小食 .40: 蛋挞 7 2, 鸡蛋仔 14 1, 烤肠 6 1, 提拉米苏 18 .7
    """
)
FAST_FOOD = _menu(
    """
    套餐 .36: 牛肉饭套餐 32 5, 鸡腿饭套餐 29 6, 咖喱鸡套餐 30 3, 卤肉饭套餐 28 4, 鱼排饭套餐 33 0 disliked
    套餐 .36: 双拼饭套餐 36 3
    主食 .32: 招牌牛肉饭 25 5, 照烧鸡饭 23 5, 番茄肥牛面 26 4, 馄饨面 19 3, 兰州拉面 20 0 alone, 炒河粉 20 3
    主食 .32: 扬州炒饭 19 3, 酸辣粉 16 4, 小笼包 14 4, 煎饺 14 3, 皮蛋粥 10 2
    小食 .35: 炸鸡翅 14 4, 鸡米花 13 3, 茶叶蛋 3 5, 卤豆干 5 3, 烤肠 6 3, 春卷 8 2, 炸鸡排 15 3
    蔬菜 .25: 白灼菜心 9 3, 凉拌黄瓜 8 3, 海带丝 7 2
    汤品 .25: 紫菜蛋汤 6 4, 排骨汤 15 2, 豆浆 5 5
    饮品 .25: 可乐 7 5, 冰红茶 6 4, 酸梅汤 8 3, 酸奶 9 2
    """
)
RETAIL = _menu(
    """
    服饰 .38: 纯棉T恤 79 5, 牛仔裤 199 3, 连衣裙 259 2, 卫衣 169 3, 轻薄羽绒服 399 1, 衬衫 149 3
    服饰 .38: 针织衫 179 2, 袜子三双装 39 5, 速干衣 129 0 disliked
    家居 .40: 香薰蜡烛 69 3, 陶瓷杯 39 4, 抱枕 59 3, 四件套 299 1, 毛巾 29 5, 收纳盒 35 4, 保温杯 99 3
    家居 .40: 台灯 159 1, 雨伞 49 0 alone
    护肤 .30: 洁面乳 68 4, 面膜五片装 59 4, 护手霜 39 4, 身体乳 79 2, 防晒霜 109 2, 精华液 199 1, 洗发水 69 3
    文具 .35: 笔记本 19 4, 中性笔套装 25 4, 帆布袋 45 2, 手账贴纸 15 2
    食品 .45: 坚果礼盒 129 2, 果干 29 3, 挂耳咖啡 59 3, 茶叶礼盒 168 1, 巧克力 39 3
    数码 .55: 充电线 39 3, 蓝牙耳机 199 1, 移动电源 129 1
    """
)
MENUS = {"casual": CASUAL, "hot_pot": HOT_POT, "tea": TEA, "fast_food": FAST_FOOD, "retail": RETAIL}
