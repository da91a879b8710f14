"""The year's hard whistles (攻坚哨): five batches, forty-three problems, through the same process as live ones."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

from wangcheng.common import clock
from wangcheng.common.casework.batch import Batch
from wangcheng.common.casework.bulk import reserve_keys
from wangcheng.common.people.roles import Role
from wangcheng.common.workdays.calendar import Calendar
from wangcheng.common.workflow import Facts, Step
from wangcheng.demo.cast import Cast, Spot, leaves
from wangcheng.demo.chance import apportion, dice
from wangcheng.demo.targets import HARD_BATCHES, HARD_SOLVED, HARD_WHISTLES
from whistle import hard_workflow as process
from whistle.models import HardBatch, HardWhistle

YEAR = 2022
BATCH_DAYS = (date(2022, 3, 14), date(2022, 5, 16), date(2022, 7, 18), date(2022, 9, 13), date(2022, 11, 14))
ORDINALS = "一二三四五"
ANYWHERE = (
    "农贸市场周边占道经营反复", "在建道路迟迟未通车", "企业噪声扰民多次反复", "积水点整治", "河渠水质反复超标",
)  # fmt: skip
IN_ESTATES = ("化粪池长期外溢", "逾期交房", "电梯更换资金未落实", "安置房办证难", "消防通道长期被占用")
LEADERS = ("分管城建区领导", "分管农业区领导", "分管政法区领导", "分管工业区领导")


def load_hard_whistles(cast: Cast, calendar: Calendar, seed: int) -> None:
    """Drafted, instructed, assigned, in progress; most of them solved by the year's end."""
    chance = dice(seed, "hard")
    sizes = apportion(HARD_WHISTLES, [1.0] * HARD_BATCHES)
    unsolved = set(chance.sample(range(HARD_WHISTLES - 2 * sizes[-1], HARD_WHISTLES), HARD_WHISTLES - HARD_SOLVED))
    batch, urn = Batch(HardWhistle), leaves("whistle")
    keys = iter(reserve_keys(HardWhistle, HARD_WHISTLES))
    spots = iter(chance.sample(cast.spots, HARD_WHISTLES))  # no place twice
    serial = 0
    for number, size in enumerate(sizes, start=1):
        row = HardBatch.objects.create(year=YEAR, sequence=number, name=f"{YEAR}年第{ORDINALS[number - 1]}批攻坚哨")
        for place in range(1, size + 1):
            leaf, spot = urn.draw(chance), next(spots)
            whistle = HardWhistle(id=next(keys), number=f"GJ{YEAR}{number:02}{place:02}", batch=row)
            title = _title(spot, chance)
            columns: dict[str, Any] = {
                "title": title,
                "content": f"{title}，多次反映未彻底解决，提请领办攻坚。（演示数据）",
                "category_id": leaf.pk,
                "category_top_id": leaf.top_id,
                "place": spot.words,
                "town_id": spot.town_id,
                "village_id": spot.village_id,
                "batch_id": row.pk,
                "place_in_batch": place,
            }
            town = cast.unit_of_area[spot.town_id]
            steps = _steps(cast, calendar, town, leaf.unit_id, BATCH_DAYS[number - 1], serial not in unsolved, chance)
            _carry(batch, whistle, columns, steps, cast, calendar, chance)
            serial += 1
    batch.write()


def _title(spot: Spot, chance: random.Random) -> str:
    """Where, and what will not go away.  An estate ("…一期") has troubles of its own."""
    estate = spot.words.endswith("期")
    return f"{spot.words}{chance.choice((*ANYWHERE, *IN_ESTATES) if estate else ANYWHERE)}"


Taken = tuple[Step, datetime, dict[str, Any], str]


def _carry(
    batch: Batch,
    whistle: HardWhistle,
    columns: dict[str, Any],
    steps: list[Taken],
    cast: Cast,
    calendar: Calendar,
    chance: random.Random,
) -> None:
    actor = cast.at_centre(Role.SUPERVISOR, chance)
    (first, at, _, _), *others = steps
    batch.begin(whistle, first, Facts(at, actor, calendar, None, columns))
    for step, moment, inputs, note in others:
        batch.step(whistle, step, Facts(moment, actor, calendar, None, inputs, note))


def _steps(
    cast: Cast,
    calendar: Calendar,
    town: int,
    department: int | None,
    day: date,
    solved: bool,
    chance: random.Random,
) -> list[Taken]:
    start = calendar.next_working_moment(clock.at(day, 9, chance.randrange(50))).at
    instructed = calendar.add(start, chance.randrange(8, 20) * 3600).at
    assigned = calendar.add(instructed, chance.randrange(4, 12) * 3600).at
    partners = [department] if department and department != town else []
    told: list[Taken] = [
        (process.DRAFT, start, {}, ""),
        (process.INSTRUCT, instructed, {
            "instructed_by": "区委区政府主要领导", "instructed_on": instructed.date(),
            "instruction": "请分管领导牵头领办，限期解决。",
        }, ""),
        (process.ASSIGN, assigned, {
            "leader": chance.choice(LEADERS), "unit_id": town, "partner_ids": partners,
            "goal": "问题得到实质性解决，不再反复。",
            "deadline": assigned.date() + timedelta(days=60 if solved else 120),
            "sight_ids": sorted({pk for unit in (town, *partners) for pk in cast.above(unit)}),
        }, ""),
    ]  # fmt: skip
    at = assigned
    for words in ("已召开调度会，明确责任分工和时间节点。", "整改工作正在推进，完成过半。"):
        at = calendar.add(at, chance.randrange(20, 50) * 3600).at
        told.append((process.PROGRESS, at, {}, words))
    if solved:
        at = calendar.add(at, chance.randrange(10, 60) * 3600).at
        told.append((process.SOLVE, at, {}, "已完成整改并经现场验收，问题基本解决。"))
        if chance.random() < 0.5:
            told.append((process.STRIKE, calendar.add(at, chance.randrange(5, 20) * 3600).at, {}, "同意销号。"))
    return told
