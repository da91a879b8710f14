"""What the grid app puts into menu and manual.  Imported by GridConfig.ready()."""

from grid.models import Assessment
from grid.workflow import TABLE
from wangcheng.common.ways import menu, processes
from wangcheng.common.ways.menu import MenuItem
from wangcheng.common.ways.processes import Process

menu.register(
    MenuItem("网格树", "area_tree", "grid.view_area", menu.GRID, 10),
    MenuItem("中心人员", "staff_list", "grid.view_ledger", menu.GRID, 50),
    MenuItem("智慧社区", "estate_list", "grid.view_ledger", menu.GRID, 60),
    MenuItem("视频点位", "video_list", "grid.view_ledger", menu.GRID, 70),
    MenuItem("示范社区", "community_list", "grid.view_ledger", menu.GRID, 80),
    MenuItem("季度考核", "assessment_list", "grid.view_assessment", menu.ASSESSMENT, 10),
    MenuItem("零投诉评比", "zero_complaint_list", "grid.view_assessment", menu.ASSESSMENT, 20),
)
processes.register(Process("季度考核", TABLE, dict(Assessment.State.choices)))
