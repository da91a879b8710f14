"""What the invented callers want: when, where, about what, from whom, and whose job it is.

One `Matter` is a ticket before anything happened to it.  Its words are put together from places and phrases of our own.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from hotline.models.choices import Mark, Source, Type
from wangcheng.demo.cast import Cast, Leaf, Spot, leaves
from wangcheng.demo.chance import Urn, dice
from wangcheng.demo.names import person, phone

TYPES = Urn([Type.HELP, Type.COMPLAINT, Type.CONSULT, Type.REPORT, Type.SUGGESTION, Type.PRAISE], [43, 33, 16, 4, 3, 1])
SOURCES = Urn(
    [
        Source.PHONE, Source.ONLINE, Source.XIANGYIBAN, Source.SECRETARY, Source.PROVINCE, Source.STATE, Source.GOVERNOR,
        Source.DISTRICT, Source.SITE, Source.MEDIA, Source.DEPUTIES, Source.LEADER,
    ],
    [700, 130, 40, 30, 25, 6, 8, 40, 10, 4, 4, 3],
)  # fmt: skip
FROM_CITY = frozenset({Source.PHONE, Source.ONLINE, Source.XIANGYIBAN, Source.PROVINCE, Source.STATE, Source.GOVERNOR})
SETTLED_TYPES = {"综合咨询": Type.CONSULT, "意见建议": Type.SUGGESTION, "表扬感谢": Type.PRAISE}
ANONYMOUS, CONFIDENTIAL, UNPLACED, WITHOUT_GRID, TO_DEPARTMENT = 0.05, 0.01, 0.03, 0.07, 0.18
CRITICAL = 0.04  # of the urgent ones
MARKED = {Mark.HOT: 0.01, Mark.SENSITIVE: 0.004, Mark.ENTERPRISE: 0.02, Mark.INSTRUCTION: 0.002}
DETAILS = (
    "已持续较长时间，影响周边居民正常生活",
    "此前曾向有关方面反映，尚未得到处理",
    "希望相关部门到现场核实",
    "涉及住户较多，意见比较集中",
    "近期情况有所加重",
)
WISHES = (
    "请求尽快处理并回复",
    "请求核实处理",
    "希望协调解决",
    "请予以答复",
    "希望加强日常管理",
)


@dataclass(slots=True)
class Matter:
    """A ticket as it comes in."""

    received_at: datetime
    leaf: Leaf
    type: str
    source: str
    urgency: str
    town_id: int | None
    village_id: int | None
    grid_id: int | None
    unit_id: int
    title: str
    content: str
    place: str
    caller_name: str
    caller_phone: str
    anonymous: bool
    confidential: bool
    confirmed: str = "yes"
    marks: list[str] = field(default_factory=list)
    repeats: Matter | None = None  # the same caller's earlier call about the same

    @property
    def from_city(self) -> bool:
        return self.source in FROM_CITY

    @property
    def is_secret(self) -> bool:
        """举报 and 保密, as the ticket will say."""
        return self.confidential or self.type == Type.REPORT

    @property
    def counts_for_village(self) -> bool:
        """Whether it may spoil a zero-complaint quarter: duty of the village, facts confirmed, not a mere question."""
        plain = self.type not in (Type.CONSULT, Type.SUGGESTION, Type.PRAISE)
        return self.leaf.village_duty and plain and self.confirmed != "no"


class Callers:
    """A pool of invented people; a few call again and again."""

    def __init__(self, seed: int, size: int) -> None:
        chance = dice(seed, "callers")
        self.people = [(person(chance), phone(chance)) for _ in range(size)]

    def draw(self, chance: random.Random) -> tuple[str, str]:
        rank = int(len(self.people) * chance.random() ** 1.6)  # the front of the pool calls more often
        return self.people[min(rank, len(self.people) - 1)]


class Mint:
    """Makes matters: places by the size of their grids, categories by weight."""

    def __init__(self, cast: Cast, seed: int, count: int) -> None:
        self.cast = cast
        self.leaves = leaves("ticket")
        self.duties = Urn([leaf for leaf in self.leaves.items if leaf.village_duty], [
            leaf.weight for leaf in self.leaves.items if leaf.village_duty
        ])  # fmt: skip
        chance = dice(seed, "popularity")
        self.spots = Urn(cast.spots, [chance.uniform(0.3, 1.9) for _ in cast.spots])
        self.callers = Callers(seed, max(100, count * 6 // 10))

    def matter(self, received_at: datetime, chance: random.Random) -> Matter:
        return self.about(self.leaves.draw(chance), self.spots.draw(chance), received_at, chance)

    def again(self, earlier: Matter, received_at: datetime, chance: random.Random) -> Matter:
        """重复诉求: the same person calls about the same matter once more."""
        source, marks = SOURCES.draw(chance).value, [*earlier.marks, str(Mark.REPEAT)]
        return replace(earlier, received_at=received_at, source=source, marks=marks, repeats=earlier)

    def duty(self, village_id: int, received_at: datetime, chance: random.Random) -> Matter:
        """A confirmed complaint that is the village's own duty."""
        spot = chance.choice(self.cast.spots_by_village[village_id])
        matter = self.about(self.duties.draw(chance), spot, received_at, chance)
        matter.type, matter.confirmed = Type.COMPLAINT.value, "yes"
        matter.town_id, matter.village_id = spot.town_id, spot.village_id
        return matter

    def about(self, leaf: Leaf, spot: Spot, received_at: datetime, chance: random.Random) -> Matter:
        type_ = SETTLED_TYPES.get(leaf.name) or TYPES.draw(chance)
        unplaced = chance.random() < UNPLACED
        name, number = self.callers.draw(chance)
        anonymous = chance.random() < ANONYMOUS
        phrase = chance.choice(leaf.phrases)
        place = "" if unplaced else spot.words
        return Matter(
            received_at=received_at,
            leaf=leaf,
            type=type_.value,
            source=SOURCES.draw(chance).value,
            urgency="critical" if leaf.urgency == "urgent" and chance.random() < CRITICAL else leaf.urgency,
            town_id=None if unplaced else spot.town_id,
            village_id=None if unplaced else spot.village_id,
            grid_id=None if unplaced or chance.random() < WITHOUT_GRID else spot.grid_id,
            unit_id=self._unit(leaf, spot, unplaced, chance),
            title=f"{place}{phrase}",
            content=_content(place, phrase, received_at.date(), chance),
            place=place,
            caller_name="" if anonymous else name,
            caller_phone="" if anonymous else number,
            anonymous=anonymous,
            confidential=chance.random() < CONFIDENTIAL,
            marks=[str(mark) for mark, share in MARKED.items() if chance.random() < share],
            confirmed=chance.choices(("yes", "partly", "no"), (78, 12, 10))[0],
        )

    def _unit(self, leaf: Leaf, spot: Spot, unplaced: bool, chance: random.Random) -> int:
        if leaf.unit_id is not None and (unplaced or chance.random() < TO_DEPARTMENT):
            return leaf.unit_id
        return self.cast.unit_of_area[spot.town_id]


def _content(place: str, phrase: str, day: date, chance: random.Random) -> str:
    where = f"{place}" if place else "望城区某处"
    return (
        f"来电人反映：{where}{phrase}，{chance.choice(DETAILS)}，{chance.choice(WISHES)}。"
        f"（演示数据，{day.month}月{day.day}日，{chance.randrange(1, 99)}号附近）"
    )
