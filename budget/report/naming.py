"""What people call the figures of the report when they type a number by hand, for the cross-check of our own report.

A figure's label is always one of its names.  `keys` are its subject and measure as `budget.crosscheck.agreement` reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from budget.crosscheck import Known
from wangcheng.common.figures.registry import Figure, Unit, get
from wangcheng.common.ways import words

WAN = Decimal(10000)
UNITS = {
    Unit.PER_CENT: "%",
    Unit.YUAN: "元",
    Unit.WAN_YUAN: "元",
    Unit.PEOPLE: "人",
    Unit.COUNT: "件",
    Unit.MESSAGES: "件",
}
PLANNED, USED = "预算(?:金额|数|安排|资金)?", "(?:实际)?(?:使用|支出|执行)(?:资金|金额|数)?"
USAGE = "(?:专项)?(?:资金|预算)?(?:使用|执行|支出)率"
TOPICS = {  # funds, as sentences name them
    "hotline_grid": r"热线\+网格、?吹哨\+报到(?:专项)?",
    "daily": "(?:社会治理)?日常事务(?:经费|专项|项目)?",
    "maintenance": "(?:社会治理)?(?:系统)?(?:运行维护|运维)(?!合同)(?:经费|专项|项目)?",
}


@dataclass(frozen=True, slots=True)
class Named:
    """Names as a pattern, keys, and the counting word where it is not the figure's unit."""

    names: str = ""
    keys: tuple[str, ...] = ()
    unit: str = ""
    topic: str = ""


def _of_fund(code: str) -> dict[str, Named]:
    topic = TOPICS[code]
    return {
        f"fund_{code}_budget": Named(PLANNED, topic=topic),
        f"fund_{code}_used": Named(USED, topic=topic),
        f"fund_{code}_rate": Named(USAGE, topic=topic),
    }


NAMED = {
    "staff_total": Named("(?:.{0,10}中心(?:实有|现有|共有)?|实有|现有)(?:工作)?(?:人员|人数)?(?:总数)?"),
    "staff_established": Named("(?:实有|现有)?(?:在职)?在编(?:在职|在岗)?(?:人员|人数|干部)?|编制内人员"),
    "staff_government": Named("政府雇员(?:人数)?"),
    "staff_sergeant": Named("合同制士官(?:人数)?"),
    "staff_seconded": Named("区?国资(?:公司)?派驻(?:士官|人员|人数)?"),
    "staff_hired": Named("(?:编外)?聘用(?:人员|人数)?"),
    "trainees": Named("(?:累计|共|集中)?(?:业务)?培训(?:全区|各|街镇|区直|部门|单位|相关|热线|工作|人员|人数|和|及|、)*"),
    "tickets_received": Named("工单受理(?:量|数|总数)?|受理(?:量|总量)", ("工单受理",)),
    "tickets_finished": Named("工单办结(?:量|数|总数)?", ("工单办结",)),
    "closing_rate": Named("(?:工单|热线)办结率", ("工单办结率",)),
    "on_time_rate": Named("(?:工单)?按[时期]办结率", ("工单按时办结率", "工单按期办结率")),
    "satisfaction_rate": Named("(?<!评价)(?:群众|诉求人|来电人)?满意[度率]", ("工单满意度",)),
    "resolution_rate": Named("(?:问题|诉求|工单)解决率", ("工单解决率",)),
    "timely_contact_rate": Named("及时联系率", ("工单及时联系率",)),
    "timely_sign_rate": Named("及时签收率", ("工单及时签收率",)),
    "push_response_rate": Named("(?:工单)?响应率", ("工单响应率",)),
    "pushed": Named("(?:热线)?工单(?:同步)?推送(?:至|到)?(?:三级网格)?", ("工单推送",)),
    "push_contacted": Named("(?:网格)?与(?:来电人|投诉人|诉求人)(?:对接)?联系|网格已?联系工单", ("工单联系",)),
    "reminder_messages": Named("(?:[临到]期|工单|发送)*提醒短信", ("短信发送",)),
    "whistles_collected": Named("哨单采集(?:上报)?(?:数|量)?", ("哨单采集",)),
    "whistles_filed": Named("哨单立案(?:数|量)?", ("哨单立案",)),
    "whistles_closed": Named("哨单办结(?:数|量)?", ("哨单办结",)),
    "whistle_file_rate": Named("(?:哨单)?立案率", ("哨单立案率",)),
    "whistle_close_rate": Named("哨单办结率", ("哨单办结率",)),
    "department_share": Named("部门处置(?:数量|哨单)?占比|占采集(?:总)?数"),
    "whistles_by_department": Named("由?(?:区直)?部门处置(?:哨单)?(?:数|量)?"),
    "hard_whistle_batches": Named("攻坚哨(?:批次)?", ("攻坚哨交办",), "批"),
    "hard_whistles": Named("攻坚哨(?:共)?问题", ("攻坚哨交办",)),
    "hard_whistles_solved": Named(keys=("攻坚哨解决",)),
    "hard_whistle_solve_rate": Named("攻坚哨(?:问题)?解决率", ("攻坚哨解决率",)),
    "excellent_level3_per_quarter": Named("每季度评?[选出]*优秀三级网格|优秀三级网格", ("三级网格评选",)),
    "excellent_level4_per_quarter": Named("每季度评?[选出]*优秀四级网格|优秀四级网格", ("四级网格评选",)),
    "zero_complaint_urban": Named("(?:获奖|零投诉)城市社区"),
    "zero_complaint_other": Named("(?:获奖|零投诉)?其他(?:获奖|零投诉)?村（社区）"),
    "reward_urban_per_quarter_yuan": Named("(?:零投诉)?城市社区(?:每季度)?奖励"),
    "reward_other_per_quarter_yuan": Named("其他(?:零投诉)?村（社区）(?:每季度)?奖励"),
    "video_points": Named("(?:登记)?(?:在册)?的?视频(?:监控)?点位"),
    "estate_video": Named("(?:小区|楼盘)视频", unit="路"),
    "model_communities": Named("示范社区", ("示范社区创建",)),
    "estates": Named("智慧社区(?:建设)?(?:试点)?楼盘"),
    "basic_personnel": Named("人员经费(?:支出)?"),
    "basic_public": Named("公用经费(?:支出)?"),
    "basic_subsidies": Named("对个人和家庭的?补助(?:支出)?"),
    "three_public": Named("三公经费(?:总)?(?:支出)?"),
    "special_budget": Named(f"(?:预算|安排)*专项资金总?(?:{PLANNED})?(?:合计|总额)?"),
    "special_used": Named(f"专项资金{USED}(?:合计)?"),
    "contract_paid_share": Named("(?:本年度?)?实付(?:运维)?合同(?:金额|比例)?的?|合同实付比例"),
    **_of_fund("hotline_grid"), **_of_fund("daily"), **_of_fund("maintenance"),
}  # fmt: skip


def known_figures(figures: Mapping[str, Mapping[str, Any]]) -> Iterator[Known]:
    """The report's figures for the cross-check; what has no value yet says nothing."""
    for name, entry in figures.items():
        if entry["value"] is not None:
            yield _known(get(name), entry, NAMED.get(name, Named()))


def _known(figure: Figure, entry: Mapping[str, Any], named: Named) -> Known:
    unit = named.unit or UNITS.get(figure.unit, str(figure.unit))
    label = re.escape(figure.label.replace("“", "").replace("”", ""))
    return Known(
        label=figure.label,
        value=Decimal(entry["value"]) * (WAN if figure.unit == Unit.WAN_YUAN else 1),
        printed=f"{entry['printed']}{named.unit or figure.unit}",
        units=frozenset({unit, "路"} if named.unit == "路" else {unit}),
        source=f"截至{words.day(date.fromisoformat(entry['as_of']))}的数据",
        names=f"{named.names}|{label}" if named.names else label,
        keys=named.keys,
        topic=named.topic,
        places=2 if figure.is_rate or figure.unit == Unit.WAN_YUAN else 0,
    )
