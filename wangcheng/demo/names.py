"""Invented names of people: common surnames with given names put together by chance.  Nobody in particular is meant."""

import random

SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华慧玲红波辉宇鹏飞燕斌莉健颖琴凤岚梅兰竹松柏晨曦阳光远"
    "志诚信义和顺安康宁福禄寿喜文武斌博雅思睿哲浩然子轩梓涵欣怡诗琪雨泽嘉豪俊凯瑞祥建国立新春生湘资沅澧"
)


def person(chance: random.Random) -> str:
    """A full name of two or three characters."""
    given = chance.choice(GIVEN) + (chance.choice(GIVEN) if chance.random() < 0.82 else "")
    return chance.choice(SURNAMES) + given


def phone(chance: random.Random) -> str:
    """An 11-digit number of a block that carriers do not give out (170-000…), so that nobody is called by mistake."""
    return f"1700000{chance.randrange(10000):04}"
