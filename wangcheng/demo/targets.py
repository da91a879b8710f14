"""The published totals of 2022: the one file of targets of the demonstration year.

Everything else in the generator is invented row by row so that counting the rows gives these.  Source: 长沙市望城区社会治理
服务中心《2022年度部门整体支出预算绩效自评报告》, 2023年2月24日, unless a line says otherwise.  The product never reads this.
"""

from decimal import Decimal

# 热线
TICKETS = 68249
TICKETS_FINISHED = 66564
SATISFACTION = Decimal("98.39")
TIMELY_CONTACT = Decimal("99.67")
RESOLUTION = Decimal("82.78")
PUSHED = 3612
PUSH_CONTACTED = 3597
REMINDERS = 8463
TRAINEES = 230  # "230余人"

# 雷锋哨
WHISTLES = 12868
WHISTLES_FILED = 12699
WHISTLES_CLOSED = 12432
HARD_BATCHES = 5
HARD_WHISTLES = 43
HARD_SOLVED = 38

# 网格考核: 每季度
EXCELLENT_LEVEL3 = 355
EXCELLENT_LEVEL4 = 757

# 机构人员
STAFF = {"established": 13, "government": 1, "contract_sergeant": 1, "seconded": 2, "hired": 27}

# 平台
VIDEO_POINTS = 14000  # "14000余个"
ESTATE_VIDEO = 420  # "420余路"
MODEL_COMMUNITIES = 4

# 资金, 万元
BASIC_PERSONNEL = Decimal("373.58")
BASIC_PUBLIC = Decimal("18.89")
THREE_PUBLIC = Decimal("2.40")
FUNDS = {  # budget, used
    "hotline_grid": (Decimal("400.00"), Decimal("371.76")),
    "daily": (Decimal("416.00"), Decimal("392.94")),
    "maintenance": (Decimal("282.00"), Decimal("32.75")),
}
CONTRACT_PAID_SHARE = Decimal("59.00")

# Sizes the report does not give: defaults of the demonstration
LEVEL3_GRIDS = 1420
LEVEL4_GRIDS = 7570
ZERO_COMPLAINT_URBAN = (20, 20, 20, 20)  # 城市社区 winning in each quarter: 80
ZERO_COMPLAINT_OTHER = (48, 49, 48, 49)  # other villages: 194
