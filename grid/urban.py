"""城市社区 in words: what is proposed and why, what holds, and which villages nobody has confirmed.  Reads only."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from wangcheng.common.models import Area, UrbanStatus
from wangcheng.common.people.querysets import in_force
from wangcheng.common.ways.words import Toned

if TYPE_CHECKING:
    from wangcheng.common.territory.querysets import AreaQuerySet

NAMED = 5
_WORDS = {True: "城市社区", False: "其他村（社区）"}


def proposal(area: Area) -> str:
    """城市社区（社区，城乡分类111）."""
    wanted = area.proposes_urban
    if wanted is None:
        return "无城乡分类，须人工认定"
    return f"{_WORDS[wanted]}（{area.get_kind_display()}，城乡分类{area.urban_rural_code}）"


def verdict(status: UrbanStatus | None) -> Toned:
    """What holds, and whether a person said so."""
    if status is None:
        return Toned("未认定", "near")
    if status.confirmed_by_id is None:
        return Toned(f"{_WORDS[status.is_urban]}（待确认）", "near")
    return Toned(_WORDS[status.is_urban], "good")


def unconfirmed(day: date) -> AreaQuerySet:
    """Villages of `day` whose status of that day nobody has confirmed."""
    confirmed = UrbanStatus.objects.filter(in_force(day), confirmed_by__isnull=False)
    return Area.objects.in_force(day).filter(level=Area.Level.VILLAGE).exclude(pk__in=confirmed.values("area"))


def unconfirmed_words(day: date) -> str:
    """For who calculates the zero complaints of a quarter that ends on `day`: which villages, and what is used."""
    villages = unconfirmed(day)
    count = villages.count()
    if not count:
        return ""
    names = "、".join(villages.order_by("code").values_list("short_name", flat=True)[:NAMED])
    more = "等" if count > NAMED else ""
    return (
        f"{names}{more}{count}个村（社区）是否城市社区尚未经人确认，奖励暂按建议（社区且城乡分类111为城市社区）计算；"
        "没有建议的不参评。请由系统管理员在“城市社区认定”中确认后再测算。"
    )
