"""What the grid app puts into menu and manual.  Imported by GridConfig.ready()."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from grid.assessing import basis_for
from grid.assessing.basis import quarter_on
from grid.models import Assessment, ComplaintExclusion
from grid.urban import unconfirmed
from grid.vacancies import VACANT, vacancies_in_sight
from grid.workflow import TABLE
from wangcheng.common import clock
from wangcheng.common.audit import things
from wangcheng.common.figures.compute import rows
from wangcheng.common.figures.registry import get
from wangcheng.common.territory.heirs import heirs_within, with_forerunners
from wangcheng.common.territory.querysets import branch
from wangcheng.common.ways import desk, menu, processes
from wangcheng.common.ways.desk import DeskCard, Tile
from wangcheng.common.ways.menu import MenuItem
from wangcheng.common.ways.processes import Process
from wangcheng.common.ways.views.figures import rows_url

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from wangcheng.common.figures.periods import Period
    from wangcheng.common.models import Area, User


def _open_exclusions(user: User) -> QuerySet[ComplaintExclusion] | None:
    """Applications that wait for the centre's decision."""
    if not user.has_perm("grid.adjust_assessment"):
        return None
    return ComplaintExclusion.objects.filter(state=ComplaintExclusion.State.OPEN).exclude(applicant=user)


def _unconfirmed_villages(user: User) -> QuerySet[Area]:
    """Villages whose reward hangs on a proposal."""
    return unconfirmed(clock.today())


def _own_count(user: User) -> list[Tile]:
    """What counts against the own village or town in the running quarter, and what may still."""
    unit, day = user.organisation, clock.today()
    if unit is None or unit.area is None:
        return []
    basis = basis_for(quarter_on(day), Assessment.Kind.ZERO)
    taken_off = ComplaintExclusion.objects.filter(
        branch(unit.area, "village__path"), quarter=basis.quarter, state=ComplaintExclusion.State.APPROVED
    )
    asked = urlencode({"tab": "decided", "quarter": basis.quarter, "state": ComplaintExclusion.State.APPROVED})
    listed = f"{reverse('exclusion_list')}?{asked}"
    own = with_forerunners(unit.area.pk, heirs_within(basis.first, basis.last))
    return [
        _counted("计入的诉求", basis.rules.figure, basis.period, unit.kind, own),
        _counted("待查实", "village_complaints_pending", basis.period, unit.kind, own),
        Tile("已批准不计入", str(taken_off.count()), listed, unit="件"),
    ]


def _vacancies(user: User) -> list[Tile]:
    """What those who fill posts, or ask for it, must know every morning."""
    count = vacancies_in_sight(user).filter(VACANT).count()
    return [Tile("空岗网格", str(count), f"{reverse('area_tree')}?vacant=1", tone="late" if count else "", unit="个")]


def _counted(label: str, name: str, period: Period, by: str, own: tuple[int, ...]) -> Tile:
    figure = get(name)
    count = rows(figure, period, by=by, by_ids=own).count()
    return Tile(label, str(count), rows_url(figure, period, "numerator", by, *own), unit="件")


desk.register(DeskCard("零投诉评比（本季度）", 60, "grid.appeal_assessment", tiles=_own_count))
for _permission in ("grid.appeal_assessment", "grid.manage_area"):  # towns and villages; the administrator
    desk.register(DeskCard("网格人员", 70, _permission, tiles=_vacancies))
menu.register(
    MenuItem("网格树", "area_tree", "grid.view_area", menu.GRID, 10),
    MenuItem("城市社区认定", "urban_list", "grid.manage_area", menu.GRID, 15, count=_unconfirmed_villages),
    MenuItem("地名词典", "place_list", "grid.view_area", menu.GRID, 40),
    MenuItem("中心人员", "staff_list", "grid.view_ledger", menu.GRID, 50),
    MenuItem("智慧社区", "estate_list", "grid.view_ledger", menu.GRID, 60),
    MenuItem("视频点位", "video_list", "grid.view_ledger", menu.GRID, 70),
    MenuItem("示范社区", "community_list", "grid.view_ledger", menu.GRID, 80),
    MenuItem("季度考核", "assessment_list", "grid.view_assessment", menu.ASSESSMENT, 10),
    MenuItem("零投诉评比", "zero_complaint_list", "grid.view_assessment", menu.ASSESSMENT, 20),
    MenuItem("不计入申请", "exclusion_list", "grid.view_assessment", menu.ASSESSMENT, 30, count=_open_exclusions),
)
things.name({
    "staff": "中心人员", "estates": "楼盘", "video": "视频点位", "communities": "示范社区", "place": "地名",
    "complaint exclusion": "不计入申请", "grid work": "网格工作", "manual indicators": "手工指标",
})  # fmt: skip
processes.register(Process("季度考核", TABLE, dict(Assessment.State.choices)))
