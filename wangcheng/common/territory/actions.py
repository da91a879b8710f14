"""What files bring into the territory: an edition of the divisions, and the demonstration's grids.

Called by commands and the demonstration year.  What people change on pages stands in grid.actions.areas.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction

from wangcheng.common.models import Area
from wangcheng.common.territory import grids
from wangcheng.common.territory.divisions import BrokenDivisionFile, Edition, Known, match
from wangcheng.common.territory.grids import NewGrid
from wangcheng.common.territory.loading import Loading, Outcome

__all__ = ["NewGrid", "add_grids", "load_edition"]


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
