"""What people change in the territory: grids set up, renamed and closed, and which villages are 城市社区.

Called by the pages of the grid tree and by the sheet of grids.  Every change has its day: what was counted for a quarter
that is published or final stays as it was, because nothing that holds on its cut-off day can be changed any more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from grid.models import Assessment
from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.casework.querysets import open_in_grids
from wangcheng.common.models import Area, AreaSuccession, AuditEntry, UrbanStatus
from wangcheng.common.people.actions import end_posts_of
from wangcheng.common.seen import digest_of
from wangcheng.common.territory import grids
from wangcheng.common.territory.grids import NewGrid
from wangcheng.common.territory.querysets import branch
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.models import User

RIGHT = "grid.manage_area"
KINDS = {  # what a grid of a level may be; the first is the one of a community, the second of a village
    Area.Level.ESTATE: (Area.Kind.ESTATE, Area.Kind.PATCH),
    Area.Level.BUILDING: (Area.Kind.BUILDING, Area.Kind.GROUP),
}
OF_GRIDS = (Assessment.Kind.LEVEL3, Assessment.Kind.LEVEL4)
SOURCE = "人工维护"


def usual_kind(level: int, village: Area) -> Area.Kind:
    """小区 and 楼栋 in a community, 片 and 村居民组 in a village."""
    return KINDS[Area.Level(level)][village.kind != Area.Kind.COMMUNITY]


def seen_of(area: Area) -> str:
    """What a form of the grid was drawn from."""
    return digest_of(getattr(area, name) for name in ("name", "kind", "households", "valid_from", "valid_to"))


def check_day(day: date, kinds: Collection[str], field: str) -> None:
    """NotAllowed for a day to come, and for one that a published or final quarter still looks at."""
    if day > clock.today():
        raise NotAllowed("日期不能晚于今天。", Code.RULE, field)
    settled = Assessment.objects.filter(state__in=("published", "final"), corrected_by=None, kind__in=kinds)
    found = settled.filter(last__gte=day).order_by("-last").first()
    if found is not None:
        words = f"{found}（统计截止{found.last:%Y年%-m月%-d日}）已经公示或定稿，日期须在其后。"
        raise NotAllowed(words, Code.RULE, field)


# Grids


@transaction.atomic
def add_grid(
    parent_id: int, name: str, kind: str, *, valid_from: date, by: User, households: int | None = None
) -> Area:
    """增设网格: below a village or a level-3 grid, under the next code."""
    _require(by)
    parent = Area.objects.select_for_update(of=("self",)).get(pk=parent_id)
    if parent.valid_to is not None or parent.level + 1 not in KINDS:
        raise NotAllowed("只能在现行的村（社区）之下设三级网格，在现行的三级网格之下设四级网格。", Code.RULE)
    new = NewGrid(name, Area.Kind(kind), households)
    (made,) = set_up({parent: [new]}, day=valid_from)
    _tell(f"增设网格“{name}”", made, by)
    return made


def set_up(under: Mapping[Area, Sequence[NewGrid]], *, day: date) -> list[Area]:
    """Grids below areas that the caller has locked; in nobody's name, the caller has asked for the right and tells."""
    check_day(day, OF_GRIDS, "valid_from")
    for parent in under:
        if day < parent.valid_from:
            raise NotAllowed(
                f"上级“{parent}”自{parent.valid_from:%Y年%-m月%-d日}启用，不能更早。", Code.RULE, "valid_from"
            )
    return grids.add_grids(under, day=day, source=SOURCE)


@transaction.atomic
def edit_grid(
    area_id: int, name: str, kind: str, households: int | None, *, day: date, by: User, seen: str = ""
) -> Area:
    """修改网格: a new name holds from `day` on and the old one stays in the history; kind and households are described
    as they are now.  Returns the row in force."""
    _require(by)
    area = _locked(area_id, seen)
    old = area.name
    if name != old:
        area = rename({area: name}, day=day, by=by)[area.pk]
    if (area.kind, area.households) != (kind, households):
        area.kind, area.households = kind, households
        area.save(update_fields=["kind", "households"])
    _tell(f"网格“{old}”更名为“{name}”" if name != old else f"修改网格“{name}”", area, by)
    return area


def rename(names: Mapping[Area, str], *, day: date, by: User) -> dict[int, Area]:
    """Grids of one level that the caller has locked, with their parents; the row in force by the key of the one before."""
    check_day(day, OF_GRIDS, "day")
    _check_below([area for area in names if area.valid_from < day], day)
    return grids.rename(names, day=day, source=SOURCE, by=by)


@transaction.atomic
def close_grid(
    area_id: int, *, day: date, by: User, into_id: int | None = None, reason: str = "", seen: str = ""
) -> Area:
    """撤销或并入: the grid and those below end on `day`; one that takes it over gets the smaller ones and what is open."""
    _require(by)
    area = _locked(area_id, seen)
    check_day(day, OF_GRIDS, "day")
    if day <= area.valid_from:
        raise NotAllowed(f"撤销日期应晚于启用日期（{area.valid_from:%Y年%-m月%-d日}）。", Code.RULE, "day")
    _check_below([area], day)
    into = _taker(area, into_id, day)
    kind = AreaSuccession.Kind.MERGE if into else AreaSuccession.Kind.END
    if into is not None:
        grids.carry_over([(area, into)], kind, day=day, source=reason or SOURCE, by=by)
    below = Area.objects.under(area).filter(valid_to=None)
    end_posts_of(below.values_list("pk", flat=True), day, by=by, why=f"网格“{area.name}”撤销")
    below.update(valid_to=day)
    AreaSuccession.objects.create(kind=kind, before=area, after=into, day=day, source=reason or SOURCE)
    _tell(f"撤销网格“{area.name}”" + (f"，并入“{into.name}”" if into else ""), area, by)
    area.refresh_from_db()
    return area


def _taker(area: Area, into_id: int | None, day: date) -> Area | None:
    """The grid that takes over; needed where something is still open."""
    if into_id is not None:
        there = Area.objects.filter(level=area.level, valid_to=None, valid_from__lte=day).exclude(pk=area.pk)
        into = there.filter(pk=into_id).first()
        if into is None:
            raise NotAllowed("并入的网格须是另一个当日已启用的同级网格。", Code.RULE, "into")
        return into
    if left := open_in_grids(Area.objects.filter(branch(area)).values("pk")):
        raise NotAllowed(f"该网格还有{left}件未办结的工单、哨单，请指明由哪个网格接办。", Code.RULE, "into")
    return None


def late_below(areas: Collection[Area], day: date) -> dict[int, date]:
    """Key of an area → when a grid below it began after `day`: on that day they cannot end together."""
    below = Area.objects.filter(parent__in=areas, valid_to=None, valid_from__gt=day)
    return {key: first for key, first in below.values_list("parent_id", "valid_from") if key is not None}


def _check_below(areas: Collection[Area], day: date) -> None:
    for first in late_below(areas, day).values():
        raise NotAllowed(f"其下有网格自{first:%Y年%-m月%-d日}启用，日期不能更早。", Code.RULE, "day")


def _locked(area_id: int, seen: str) -> Area:
    area = Area.objects.select_for_update(of=("self",)).select_related("parent").get(pk=area_id)
    if area.level <= Area.Level.VILLAGE or area.valid_to is not None:
        raise NotAllowed("只能修改、撤销现行的三级、四级网格。", Code.RULE)
    if seen and seen != seen_of(area):
        raise NotAllowed("该网格已被其他人员修改，请刷新后重试。", Code.VERSION)
    return area


# 城市社区


def urban_seen_of(statuses: Collection[UrbanStatus]) -> str:
    """What a form of confirmation was drawn from."""
    held = sorted(statuses, key=lambda status: status.area_id)
    return digest_of(
        part for status in held for part in (status.area_id, status.pk, status.is_urban, status.confirmed_by_id)
    )


@transaction.atomic
def confirm_urban(
    area_ids: Collection[int], is_urban: bool | None, *, day: date, document: str, by: User, seen: str = ""
) -> list[UrbanStatus]:
    """城市社区认定: a person says, on a document, from which day on villages count as 城市社区 or not.

    `is_urban` None: each as class and kind propose.  What was said before stays for the days before; a proposal that is
    confirmed from its own first day becomes the confirmation.
    """
    _require(by)
    check_day(day, [Assessment.Kind.ZERO], "day")
    villages = Area.objects.select_for_update().filter(pk__in=area_ids, level=Area.Level.VILLAGE, valid_to=None)
    areas = list(villages.order_by("code"))
    held = {status.area_id: status for status in UrbanStatus.objects.filter(area__in=areas, valid_to=None)}
    if seen and seen != urban_seen_of(held.values()):
        raise NotAllowed("所选村（社区）的认定刚被其他人员修改，请刷新后重试。", Code.VERSION)
    wanted = {area: _verdict(area, is_urban) for area in areas}
    rows = [_status(area, value, held.get(area.pk), day) for area, value in wanted.items()]
    return _write_statuses(rows, day, document, by)


def _verdict(area: Area, is_urban: bool | None) -> bool:
    verdict = area.proposes_urban if is_urban is None else is_urban
    if verdict is None:
        raise NotAllowed(f"“{area}”没有城乡分类代码，无法提出建议，请单独认定。", Code.RULE, "is_urban")
    return verdict


def _status(area: Area, is_urban: bool, held: UrbanStatus | None, day: date) -> UrbanStatus:
    """The row that will say so: the proposal itself, or a new one."""
    first = held.valid_from if held else area.valid_from
    if day < first:
        words = f"“{area}”的现行认定自{first:%Y年%-m月%-d日}起，新的认定不能早于这一天。"
        raise NotAllowed(words, Code.RULE, "day")
    same = held is not None and held.confirmed_by_id is None and (held.is_urban, held.valid_from) == (is_urban, day)
    return held if held is not None and same else UrbanStatus(area=area, is_urban=is_urban, valid_from=day)


def _write_statuses(rows: list[UrbanStatus], day: date, document: str, by: User) -> list[UrbanStatus]:
    new = [row for row in rows if row.pk is None]
    UrbanStatus.objects.filter(area__in=[row.area_id for row in new], valid_to=None).update(valid_to=day)
    for row in rows:
        row.confirmed_by, row.source = by, document
    UrbanStatus.objects.bulk_update([row for row in rows if row.pk], ["confirmed_by", "source"], batch_size=200)
    UrbanStatus.objects.bulk_create(new, batch_size=500)
    said: dict[str, Any] = {"urban": [], "other": [], "day": str(day), "document": document}
    for row in rows:
        said["urban" if row.is_urban else "other"].append(row.area.code)
    names = "、".join(row.area.short_name for row in rows[:5]) + ("等" if len(rows) > 5 else "")
    words = f"城市社区认定：{names}{len(rows)}个村（社区），依据{document}。"
    thing = f"area {rows[0].area_id}" if len(rows) == 1 else "urban status"
    record(AuditEntry.Kind.DATA, words, by=by, object=thing, data=said)
    return rows


def _require(by: User) -> None:
    if not by.has_perm(RIGHT):
        raise NotAllowed("您的岗位没有维护网格的权限。", Code.RIGHT)


def _tell(words: str, area: Area, by: User) -> None:
    """The code goes beside the words: in them it would be masked as the number of an identity card."""
    record(AuditEntry.Kind.DATA, f"{words}。", by=by, object=f"area {area.pk}", data={"code": area.code})
