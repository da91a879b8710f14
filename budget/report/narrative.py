"""The report's text: default sections in the official outline, with `{{ figure }}` places that the data fill.

Finance edits the sections of a draft; a place whose name is unknown is refused, so that no number is typed by hand unseen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypedDict

from budget.models import Honour, IssuedDocument
from grid.models import Estate, ModelCommunity
from wangcheng.common.figures.periods import Period

PLACE = re.compile(r"\{\{\s*([a-z0-9_]+)\s*\}\}")


class Section(TypedDict):
    """A heading of level 1 or 2 and the paragraphs below it, one a line."""

    heading: str
    level: int
    text: str


def _section(level: int, heading: str, text: str = "") -> Section:
    return {"heading": heading, "level": level, "text": text}


DEFAULT: tuple[Section, ...] = (
    _section(1, "部门基本情况"),
    _section(
        2,
        "机构、人员情况",
        "本单位为区政府直属正科级公益类事业单位。截至{{ as_of }}，实有在职在编人员{{ staff_established }}人，政府雇员"
        "{{ staff_government }}人，合同制士官{{ staff_sergeant }}人，区国资公司派驻{{ staff_seconded }}人，聘用人员"
        "{{ staff_hired }}人，共{{ staff_total }}人。",
    ),
    _section(
        2,
        "主要职责",
        "承担全区社会治理网格化体系的建设与管理，政务热线工单和社会治理信息的受理、分派、跟踪、反馈与调度，"
        "区、街镇、村（社区）三级平台的建设、维护和应用，并与应急、城管等执法机构共享信息；"
        "完成区委、区政府交办的其他任务。",
    ),
    _section(1, "部门整体预算支出情况"),
    _section(
        2,
        "基本支出情况",
        "人员经费支出{{ basic_personnel }}万元，公用经费支出{{ basic_public }}万元，"
        "对个人和家庭的补助支出{{ basic_subsidies }}万元。\n"
        "“三公经费”支出{{ three_public }}万元，全部为公务用车运行维护费，已包含在上述支出内。",
    ),
    _section(
        2,
        "项目支出情况",
        "年度专项资金预算合计{{ special_budget }}万元。\n"
        "“热线+网格、吹哨+报到”专项为公共专项，预算{{ fund_hotline_grid_budget }}万元，"
        "实际使用{{ fund_hotline_grid_used }}万元，"
        "资金使用率{{ fund_hotline_grid_rate }}%。资金用于季度评比奖励："
        "“零投诉”城市社区每季度奖励{{ reward_urban_per_quarter_yuan }}元，"
        "其他村（社区）每季度奖励{{ reward_other_per_quarter_yuan }}元，"
        "全年获奖城市社区{{ zero_complaint_urban }}个次、"
        "其他村（社区）{{ zero_complaint_other }}个次；每季度评定优秀三级网格{{ excellent_level3_per_quarter }}个、"
        "优秀四级网格{{ excellent_level4_per_quarter }}个。\n"
        "社会治理日常事务预算{{ fund_daily_budget }}万元，实际使用{{ fund_daily_used }}万元，"
        "资金使用率{{ fund_daily_rate }}%。\n"
        "社会治理系统运行维护预算{{ fund_maintenance_budget }}万元，实际使用{{ fund_maintenance_used }}万元，"
        "资金使用率{{ fund_maintenance_rate }}%。",
    ),
    _section(1, "部门整体支出绩效情况"),
    _section(
        2,
        "热线办理质效",
        "截至{{ as_of }}，受理工单{{ tickets_received }}件，办结{{ tickets_finished }}件，"
        "其余工单在办理时限内或等待审核、回访。"
        "群众满意度{{ satisfaction_rate }}%，及时联系率{{ timely_contact_rate }}%，"
        "问题解决率{{ resolution_rate }}%。\n"
        "全年业务培训和跟班轮训{{ trainees }}人。工单同步推送三级网格{{ pushed }}条，"
        "网格与来电人联系{{ push_contacted }}条，"
        "响应率{{ push_response_rate }}%。发送提醒短信{{ reminder_messages }}条。",
    ),
    _section(
        2,
        "网格治理工作",
        "各街镇采集上报“雷锋哨”{{ whistles_collected }}件，立案{{ whistles_filed }}件，"
        "办结{{ whistles_closed }}件，"
        "办结率{{ whistle_close_rate }}%。其中由区直部门处置{{ whistles_by_department }}件，"
        "占采集数的{{ department_share }}%。"
        "四个季度的三级、四级网格考核均已完成，奖励资金已拨付街镇并下发村（社区）。\n"
        "交办“攻坚哨”{{ hard_whistle_batches }}批{{ hard_whistles }}个问题，"
        "已基本解决{{ hard_whistles_solved }}个，其余正在推进。\n"
        "示范创建社区{{ model_communities }}个：{{ community_list }}。",
    ),
    _section(
        2,
        "智慧平台建设",
        "智慧社区建设和改造覆盖{{ estates }}个楼盘：{{ estate_list }}。接入小区视频{{ estate_video }}路；"
        "平台共接入视频点位{{ video_points }}个。",
    ),
    _section(
        2,
        "改革任务完成情况",
        "年内出台的主要文件：{{ document_list }}。\n年内获得的荣誉和推介：{{ honour_list }}。",
    ),
    _section(
        1,
        "存在的问题及原因分析",
        "社会治理系统运行维护专项资金使用率为{{ fund_maintenance_rate }}%，使用率较低。"
        "一是信息化硬件运维合同按服务考核得分付款，"
        "本年实付合同金额的{{ contract_paid_share }}%；二是网络整体迁移至政务外网后，"
        "部分网络安全设备和硬件停止使用，相应核减了运维支出；"
        "三是业务平台已部署在云平台，原有服务器仅用于版本测试和历史数据存储。",
    ),
    _section(
        1, "下一步改进措施", "根据设备实际运行情况和本年预算执行情况，调整下一年度专项预算金额，加强执行进度跟踪。"
    ),
    _section(1, "其他需要说明的情况", "无。"),
)


def default_sections() -> list[Section]:
    return [_section(section["level"], section["heading"], section["text"]) for section in DEFAULT]


def values_of(year: int, figures: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """What fills the places: printed figures, and lists counted from their ledgers."""
    period = Period.parse(str(year))
    day = min(period.last, period.as_of.date())
    span = (period.first, day)
    documents = IssuedDocument.objects.filter(issued_on__range=span).values_list("title", flat=True)
    honours = Honour.objects.filter(day__range=span).values_list("giver", "title")
    communities = ModelCommunity.objects.in_force(day).select_related("village__parent")
    estates = Estate.objects.in_force(day)
    return {
        **{name: str(entry["printed"]) for name, entry in figures.items()},
        "as_of": f"{day:%Y年%-m月%-d日}",
        "document_list": "、".join(f"《{title.strip('《》')}》" for title in documents) or "无",
        "honour_list": "、".join(f"{giver}{title}" for giver, title in honours) or "无",
        "community_list": "、".join(f"{row.village.parent}{row.village.short_name}" for row in communities) or "无",
        "estate_list": "、".join(f"{row.name}（{row.get_works_display()}）" for row in estates) or "无",
    }


def unknown_places(text: str, values: Mapping[str, str]) -> list[str]:
    return sorted({name for name in PLACE.findall(text) if name not in values})


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with every place filled.  LookupError in Chinese for a place that no figure fills."""
    if unknown := unknown_places(text, values):
        raise LookupError(f"正文中的“{{{{ {unknown[0]} }}}}”没有对应的数据。")
    return PLACE.sub(lambda found: values[found[1]], text)
