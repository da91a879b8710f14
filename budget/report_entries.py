"""The report's entry of the menu.  Imported by BudgetConfig.ready()."""

from wangcheng.common.ways import menu
from wangcheng.common.ways.menu import MenuItem

menu.register(
    MenuItem("绩效自评表", "performance_list", "budget.view_selfevaluation", menu.MONEY, 80),
    MenuItem("绩效自评报告", "report_list", "budget.view_selfevaluation", menu.MONEY, 90),
)
