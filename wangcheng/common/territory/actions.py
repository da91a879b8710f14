"""Every change of the territory: loading an edition of the divisions, setting up and closing grids, 城市社区认定.

Called by commands, the territory pages and the demonstration year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from wangcheng.common.models import Area, AreaSuccession, Post, UrbanStatus
from wangcheng.common.territory import grids
from wangcheng.common.territory.divisions import BrokenDivisionFile, Edition, Known, match
from wangcheng.common.territory.grids import NewGrid
from wangcheng.common.territory.loading import Loading, Outcome
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.people.models import User

__all__ = ["NewGrid", "add_grids", "close_grid", "confirm_urban", "load_edition"]


@transaction.atomic
def load_edition(edition: Edition, given: Mapping[str, Sequence[str]] | None = None) -> Outcome:
    """载入区划代码: the tree as `edition` has it from 1 January of its year on.  Again: nothing changes.

    Ambiguous when a unit cannot be matched, BrokenDivisionFile for an edition older than the tree.
    """
    present = list(Area.objects.select_for_update().filter(level__lte=Area.Level.VILLAGE, valid_to=None))
    newest = max((area.valid_from.year for area in present), default=edition.year)
    if newest > edition.year:
        raise BrokenDivisionFile(f"已载入{newest}年的区划代码，不能再载入较早的{edition.year}年。")
    known = [Known(area.pk, area.code, area.name, area.level, area.parent_id) for area in present]
    return Loading(edition, present).run(match(known, edition, given))


@transaction.atomic
def add_grids(under: Mapping[Area, Sequence[NewGrid]], *, day: date, source: str = "") -> list[Area]:
    """增设网格: below villages (level 3, with their level 4 as children) or below level-3 grids; parents come first."""
    return grids.add_grids(under, day=day, source=source)


@transaction.atomic
def close_grid(area_id: int, *, day: date, into_id: int | None = None, source: str = "") -> Area:
    """撤销或并入: the grid and those below end on `day`; a grid joined by another takes over the smaller ones."""
    area = Area.objects.select_for_update().get(pk=area_id)
    if area.level <= Area.Level.VILLAGE or area.valid_to is not None:
        raise NotAllowed("只能撤销现行的三级、四级网格。", Code.RULE)
    into = Area.objects.get(pk=into_id, level=area.level, valid_to=None) if into_id else None
    kind = AreaSuccession.Kind.MERGE if into else AreaSuccession.Kind.END
    if into is not None:
        grids.carry_over([(area, into)], kind, day=day, source=source)
    below = Area.objects.under(area).filter(valid_to=None)
    Post.objects.filter(area__in=below, valid_to=None).update(valid_to=day)
    below.update(valid_to=day)
    AreaSuccession.objects.create(kind=kind, before=area, after=into, day=day, source=source)
    area.refresh_from_db()
    return area


@transaction.atomic
def confirm_urban(area_id: int, is_urban: bool, *, day: date, source: str, by: User) -> UrbanStatus:
    """城市社区认定: a person says from which day on a village counts as 城市社区 or not."""
    area = Area.objects.select_for_update().get(pk=area_id, level=Area.Level.VILLAGE)
    held = UrbanStatus.objects.filter(area=area, valid_to=None).first()
    if held and held.valid_from > day:
        raise NotAllowed(f"现行认定自{held.valid_from:%Y年%-m月%-d日}起，新的认定不能早于这一天。", Code.RULE, "day")
    if held:
        held.valid_to = day
        held.save(update_fields=["valid_to"])
    return UrbanStatus.objects.create(area=area, is_urban=is_urban, valid_from=day, confirmed_by=by, source=source)
