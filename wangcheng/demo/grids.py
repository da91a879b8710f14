"""The invented third- and fourth-level grids under the real villages."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from functools import cache

from wangcheng.common.models import Area
from wangcheng.common.territory.actions import NewGrid, add_grids
from wangcheng.demo.chance import apportion, dice
from wangcheng.demo.targets import LEVEL3_GRIDS, LEVEL4_GRIDS

# Read in pairs of characters: every name below is two characters long.
FRONT = (
    "银杉滨江金桥桂花书香湘水星城旺旺紫荆翠竹芙蓉橘洲白沙麓谷望府长丰时代阳光锦绣和润春江映月听雨凤凰江南"
    "丽景东方普瑞明发润泽"
)
BACK = "花园小镇公馆家园雅居华庭名邸新村佳园国际广场"
GROUPS = "枫树大塘石桥老屋新屋竹山茶园柏树黄泥花园楠竹冲里坝上油铺桥头庙湾樟树井湾堰塘学堂月形狮子朝阳金盆麻石"
NUMERALS = "一二三四五六七八九十"
SOURCE = "演示数据"


def lay_grids(villages: list[Area], seed: int, day: date) -> None:
    """Make the level-3 and level-4 grids, more of them where a village is a community of a town."""
    chance = dice(seed, "grids")
    weights = [(1.5 if village.urban_rural_code == "111" else 1.0) * chance.uniform(0.7, 1.4) for village in villages]
    counts3 = apportion(LEVEL3_GRIDS, weights, least=3)
    counts4 = iter(apportion(LEVEL4_GRIDS, [chance.uniform(0.6, 1.6) for _ in range(LEVEL3_GRIDS)], least=2))
    under = {
        village: [_third(village, number, next(counts4), chance) for number in range(1, count + 1)]
        for village, count in zip(villages, counts3, strict=True)
    }
    add_grids(under, day=day, source=SOURCE)


def _third(village: Area, number: int, children: int, chance: random.Random) -> NewGrid:
    community = village.kind == Area.Kind.COMMUNITY
    if community:
        name = f"{chance.choice(pairs(FRONT))}{chance.choice(pairs(BACK))}{NUMERALS[(number - 1) % 10]}期"
        children_made = _buildings(children, chance)
    else:
        name = f"第{number}片区"
        children_made = _groups(children, chance)
    kind = Area.Kind.ESTATE if community else Area.Kind.PATCH
    households = chance.randint(300, 500) if community else chance.randint(120, 320)
    return NewGrid(name, kind, households, children=tuple(children_made))


def _buildings(count: int, chance: random.Random) -> Iterator[NewGrid]:
    return (NewGrid(f"{number}栋", Area.Kind.BUILDING, chance.randint(40, 120)) for number in range(1, count + 1))


def _groups(count: int, chance: random.Random) -> Iterator[NewGrid]:
    names = chance.sample(pairs(GROUPS), min(count, len(pairs(GROUPS))))
    return (NewGrid(f"{name}组", Area.Kind.GROUP, chance.randint(20, 60)) for name in names)


@cache
def pairs(text: str) -> list[str]:
    return [text[place : place + 2] for place in range(0, len(text), 2)]
