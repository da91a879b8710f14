"""Founding the office the demonstration plays in: as `found_office` does it, with the divisions of 2022, invented grids
and people, and every village confirmed as 城市社区 or not."""

from __future__ import annotations

from datetime import date

from grid.actions.areas import confirm_urban
from wangcheng.common.founding import DIVISIONS, Papers, found_office
from wangcheng.common.models import Area, User
from wangcheng.demo.crew import hire
from wangcheng.demo.grids import lay_grids

PAPERS = Papers(divisions=DIVISIONS.with_name("divisions_2022.csv"), divisions_year=2022)
FIRST_DAY = date(2022, 1, 1)
CONFIRMED = "演示数据：逐个按建议确认"


def found(seed: int) -> None:
    """An empty database becomes an office on 1 January 2022, with grids and people."""
    found_office(PAPERS, FIRST_DAY)
    villages = list(Area.objects.filter(level=Area.Level.VILLAGE, valid_to=None).order_by("code"))
    lay_grids(villages, seed, FIRST_DAY)
    hire(seed)
    keeper = User.objects.get(username="admin")
    confirm_urban([village.pk for village in villages], None, day=FIRST_DAY, document=CONFIRMED, by=keeper)
