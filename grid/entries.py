"""What the grid app puts into menu and manual.  Imported by GridConfig.ready()."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grid.models import Assessment, ComplaintExclusion
from grid.workflow import TABLE
from wangcheng.common.ways import menu, processes
from wangcheng.common.ways.menu import MenuItem
from wangcheng.common.ways.processes import Process

if TYPE_CHECKING:
    from wangcheng.common.models import User


def _open_exclusions(user: User) -> int | None:
    """Applications that wait for the centre's decision."""
    if not user.has_perm("grid.adjust_assessment"):
        return None
    return ComplaintExclusion.objects.filter(state=ComplaintExclusion.State.OPEN).exclude(applicant=user).count()


menu.register(
    MenuItem("网格树", "area_tree", "grid.view_area", menu.GRID, 10),
    MenuItem("地名词典", "place_list", "grid.view_area", menu.GRID, 40),
    MenuItem("中心人员", "staff_list", "grid.view_ledger", menu.GRID, 50),
    MenuItem("智慧社区", "estate_list", "grid.view_ledger", menu.GRID, 60),
    MenuItem("视频点位", "video_list", "grid.view_ledger", menu.GRID, 70),
    MenuItem("示范社区", "community_list", "grid.view_ledger", menu.GRID, 80),
    MenuItem("季度考核", "assessment_list", "grid.view_assessment", menu.ASSESSMENT, 10),
    MenuItem("零投诉评比", "zero_complaint_list", "grid.view_assessment", menu.ASSESSMENT, 20),
    MenuItem("不计入申请", "exclusion_list", "grid.view_assessment", menu.ASSESSMENT, 30, count=_open_exclusions),
)
processes.register(Process("季度考核", TABLE, dict(Assessment.State.choices)))
