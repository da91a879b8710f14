"""The thin ledgers of the invented year: staff, trainings, estates, cameras, model communities, the grids' own work."""

from __future__ import annotations

import random
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from grid.models import Estate, GridWork, ModelCommunity, StaffMember, VideoPoint
from hotline.models import Training
from wangcheng.common import clock
from wangcheng.common.casework.bulk import insert, reserve_keys
from wangcheng.common.models import Area, Organisation
from wangcheng.demo import targets
from wangcheng.demo.chance import apportion, dice
from wangcheng.demo.names import person

FIRST_DAY = date(2022, 1, 1)
KINDS = {
    "established": StaffMember.Kind.ESTABLISHED,
    "government": StaffMember.Kind.GOVERNMENT,
    "contract_sergeant": StaffMember.Kind.SERGEANT,
    "seconded": StaffMember.Kind.SECONDED,
    "hired": StaffMember.Kind.HIRED,
}
ESTATES = (  # name, town it stands in, works
    ("亿达小镇", "", Estate.Works.ONLINE),
    ("嘉新时代广场", "", Estate.Works.CONNECTING),
    ("紫鑫御湖湾", "高塘岭街道", Estate.Works.CABLING),
    ("润和又一城（一期）", "月亮岛街道", Estate.Works.TESTING),
)
COMMUNITIES = (("高塘岭街道", "斑马湖"), ("高塘岭街道", "东湖路"), ("月亮岛街道", "金瑞"), ("月亮岛街道", "天鹅塘"))
COMMUNITY_DOCUMENT = "《关于党建引领“热线+网格、吹哨+报到”工作示范社区创建的实施方案》"
CUTOFFS = (date(2022, 3, 31), date(2022, 6, 30), date(2022, 9, 30), date(2022, 12, 15))
WORK_KINDS = {  # due in a quarter, least and most share done
    "collection": (12, 40, 0.72, 1.0),
    "event": (2, 9, 0.75, 1.0),
    "visit": (20, 60, 0.7, 1.0),
    "base_info": (30, 90, 0.85, 1.0),
    "request": (0, 4, 0.5, 1.0),
    "task": (1, 5, 0.7, 1.0),
    "training": (3, 3, 0.5, 1.0),
}
TRAININGS = (
    (date(2022, 3, 10), "visit", "工单办理规范"),
    (date(2022, 5, 19), "invited", "办结与回访要求"),
    (date(2022, 7, 14), "visit", "疑难工单办理研讨"),
    (date(2022, 9, 22), "shadowing", "街镇热线人员跟班轮训"),
    (date(2022, 11, 17), "shadowing", "部门联络员跟班轮训"),
)


def load_ledgers(seed: int) -> None:
    chance = dice(seed, "ledgers")
    insert(StaffMember, _staff(chance))
    _trainings(chance)
    _estates(chance)
    _communities()
    insert(GridWork, _work(dice(seed, "work")))


def _staff(chance: random.Random) -> list[dict[str, Any]]:
    return [
        {"name": person(chance), "kind": KINDS[kind].value, "position": "工作人员", "valid_from": FIRST_DAY}
        for kind, count in targets.STAFF.items()
        for _ in range(count)
    ]


def _trainings(chance: random.Random) -> None:
    units = list(Organisation.objects.filter(kind__in=("town", "department"), valid_to=None).order_by("path"))
    people = apportion(targets.TRAINEES, [chance.uniform(0.8, 1.2) for _ in TRAININGS])
    for (day, kind, topic), count in zip(TRAININGS, people, strict=True):
        recorded: datetime = clock.at(day, 17)
        session = Training.objects.create(
            day=day, kind=kind, topic=topic, place="中心会议室", people=count, recorded_at=recorded, note="演示数据"
        )
        session.units.set(chance.sample(units, min(count, len(units), 24)))


def _estates(chance: random.Random) -> None:
    towns = {area.name: area for area in Area.objects.filter(level=Area.Level.TOWN, valid_to=None)}
    made = [
        Estate.objects.create(
            name=name, area=towns.get(town) or chance.choice(list(towns.values())), works=works, valid_from=FIRST_DAY
        )
        for name, town, works in ESTATES
    ]
    insert(VideoPoint, _cameras(made[0], list(towns.values()), chance))


def _cameras(estate: Estate, towns: list[Area], chance: random.Random) -> list[dict[str, Any]]:
    """Cameras of the video cloud; 132 in the device id marks a camera (GB/T 28181)."""
    keys = reserve_keys(VideoPoint, targets.VIDEO_POINTS)
    rows = []
    for serial, key in enumerate(keys, start=1):
        inside = serial <= targets.ESTATE_VIDEO
        town = estate.area if inside else chance.choice(towns)
        rows.append(
            {
                "id": key,
                "device_id": f"4301120000132{serial:07}",
                "name": f"{estate.name if inside else town.short_name}{serial:05}号点位",
                "estate_id": estate.pk if inside else None,
                "area_id": town.pk,
                "longitude": Decimal("112.82") + Decimal(chance.randrange(-90000, 90000)) / 1000000,
                "latitude": Decimal("28.35") + Decimal(chance.randrange(-90000, 90000)) / 1000000,
                "valid_from": FIRST_DAY,
            }
        )
    return rows


def _communities() -> None:
    for town, name in COMMUNITIES:
        village = Area.objects.filter(valid_to=None, name__startswith=name, parent__name=town).first()
        if village is None:
            raise AssertionError(f"{town}没有以“{name}”开头的社区")
        ModelCommunity.objects.create(
            village=village,
            document=COMMUNITY_DOCUMENT,
            goals="解决急难愁盼问题，减少社区投诉量，建立专职网格队伍",
            valid_from=date(2022, 10, 31),
        )


def _work(chance: random.Random) -> list[dict[str, Any]]:
    """One row a grid and quarter: what was due and what was done."""
    grids = Area.objects.filter(level__in=(3, 4), valid_to=None).order_by("code").values_list("pk", "path")
    rows = []
    for pk, path in grids:
        parts = [int(part) for part in path.strip("/").split("/")]
        diligence = chance.uniform(0.0, 1.0)
        for day in CUTOFFS:
            row: dict[str, Any] = {"area_id": pk, "town_id": parts[1], "village_id": parts[2], "day": day}
            row["entered_at"] = clock.at(day, 17)
            for kind, (least, most, worst, best) in WORK_KINDS.items():
                due = chance.randint(least, most)
                share = worst + (best - worst) * (0.6 * diligence + 0.4 * chance.random())
                row |= {f"{kind}_due": due, f"{kind}_done": round(due * share)}
            rows.append(row)
    return rows
