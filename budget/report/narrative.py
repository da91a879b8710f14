"""The report's text: default sections in the official outline, with `{{ figure }}` places that the data fill.

Finance edits the sections of a draft; a place whose name is unknown is refused, so that no number is typed by hand unseen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple, TypedDict

from budget.figures import WAN
from budget.models import Honour, IssuedDocument, ScopeReduction
from grid.models import Assessment, Estate, ModelCommunity
from wangcheng.common.figures.periods import Period
from wangcheng.common.figures.registry import all_figures, group_of

PLACE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
LISTS = {  # places that no figure fills
    "as_of": "截止日期",
    "quarters_assessed": "已考核季度数",
    "document_list": "制度文件清单",
    "honour_list": "荣誉推介清单",
    "community_list": "示范社区清单",
    "estate_list": "楼盘清单",
    "reduction_list": "合同核减清单",
}


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
        "望城区社会治理服务中心为区政府直属正科级公益类事业单位。截至{{ as_of }}，中心实有{{ staff_total }}人，其中在职在编"
        "{{ staff_established }}人，政府雇员{{ staff_government }}人，合同制士官{{ staff_sergeant }}人，区国资公司派驻"
        "{{ staff_seconded }}人，聘用人员{{ staff_hired }}人。",
    ),
    _section(
        2,
        "主要职责",
        "1.承担全区社会治理网格化体系的建设、运行和管理。\n"
        "2.收集、跟踪、反馈和调度市场、农业、交通、文化、生态环境、城市管理等执法领域及应急、综治维稳方面社会治理信息。\n"
        "3.受理、分派、反馈全区社会治理问题和政务热线诉求。\n"
        "4.建设、维护和应用区、街镇、村（社区）三级信息处置平台，与应急、城管等执法机构共享信息。\n"
        "5.完成区委、区政府交办的其他任务。",
    ),
    _section(1, "部门整体预算支出情况"),
    _section(
        2,
        "基本支出情况",
        "1.人员经费支出{{ basic_personnel }}万元，用于工资福利、社会保障缴费等。\n"
        "2.公用经费支出{{ basic_public }}万元，用于办公、工会和交通费用。\n"
        "3.对个人和家庭的补助支出{{ basic_subsidies }}万元。\n"
        "4.“三公经费”支出{{ three_public }}万元，已列入上述支出，不重复计算。",
    ),
    _section(
        2,
        "项目支出情况",
        "1.全年安排专项资金预算{{ special_budget }}万元。其中“热线+网格、吹哨+报到”专项为公共专项，预算"
        "{{ fund_hotline_grid_budget }}万元，实际使用{{ fund_hotline_grid_used }}万元，资金使用率"
        "{{ fund_hotline_grid_rate }}%。资金用于季度评比奖励：“零投诉”城市社区每季度奖励"
        "{{ reward_urban_per_quarter_yuan }}元，其他“零投诉”村（社区）每季度奖励{{ reward_other_per_quarter_yuan }}元，"
        "全年获奖城市社区{{ zero_complaint_urban }}个次、其他村（社区）{{ zero_complaint_other }}个次；"
        "三级、四级网格每季度评定优秀、合格、基本合格三个等次，每季度评出优秀三级网格{{ excellent_level3_per_quarter }}个、"
        "优秀四级网格{{ excellent_level4_per_quarter }}个。\n"
        "2.社会治理日常事务预算{{ fund_daily_budget }}万元，实际使用{{ fund_daily_used }}万元，资金使用率"
        "{{ fund_daily_rate }}%。\n"
        "3.社会治理系统运行维护预算{{ fund_maintenance_budget }}万元，实际使用{{ fund_maintenance_used }}万元，资金使用率"
        "{{ fund_maintenance_rate }}%。",
    ),
    _section(1, "部门整体支出绩效情况"),
    _section(
        2,
        "热线办理质效稳步提升",
        "截至{{ as_of }}，全区受理工单{{ tickets_received }}件，办结{{ tickets_finished }}件，其余工单仍在办理或等待"
        "审核、回访。群众满意度{{ satisfaction_rate }}%，及时联系率{{ timely_contact_rate }}%，问题解决率"
        "{{ resolution_rate }}%。\n"
        "一是规范办理流程。工单按受理、派单、签收、联系、处置、办结、审核、回访逐环节办理，各环节的经办人、时间和时限全程留痕。\n"
        "二是加强业务培训。全年培训街镇和区直部门热线工作人员{{ trainees }}人；简单咨询可依据热线知识库由前台当场答复。\n"
        "三是快速响应诉求。热线工单同步推送三级网格{{ pushed }}条，网格与来电人对接联系{{ push_contacted }}条，响应率"
        "{{ push_response_rate }}%；对临期、到期工单发送提醒短信{{ reminder_messages }}条。\n"
        "四是严格审核回访。承办单位申请办结的工单由区中心审核，审核通过后回访群众，分别核实是否解决、是否满意。",
    ),
    _section(
        2,
        "网格治理工作日益显成效",
        "一是规范哨单采集处置。截至{{ as_of }}，各街镇采集上报“雷锋哨”哨单{{ whistles_collected }}件，立案"
        "{{ whistles_filed }}件，办结{{ whistles_closed }}件，办结率{{ whistle_close_rate }}%。由区直部门处置"
        "{{ whistles_by_department }}件，占采集数的{{ department_share }}%。全年完成{{ quarters_assessed }}个季度的三级、"
        "四级网格考核，奖励依据定稿结果核定，拨付街镇后由村（社区）签收。\n"
        "二是推进“攻坚哨”问题解决。全年交办“攻坚哨”{{ hard_whistle_batches }}批{{ hard_whistles }}个问题，已基本解决"
        "{{ hard_whistles_solved }}个。\n"
        "三是开展示范社区创建。创建示范社区{{ model_communities }}个：{{ community_list }}。",
    ),
    _section(
        2,
        "智慧平台逐步升级优化",
        "一是推进智慧社区建设。在{{ estates }}个楼盘开展建设和改造：{{ estate_list }}。已接入小区视频{{ estate_video }}路。\n"
        "二是完善“雷锋哨”平台。平台具备哨单上报、派发、核查、评价和统计，以及热线工单“双推送”等功能；"
        "登记在册的视频点位{{ video_points }}个。",
    ),
    _section(
        2,
        "深化改革任务圆满完成",
        "年内出台{{ document_list }}等文件。\n年内获得的荣誉和媒体推介：{{ honour_list }}。",
    ),
    _section(
        1,
        "存在的问题及原因分析",
        "社会治理系统运行维护资金使用率{{ fund_maintenance_rate }}%。\n"
        "一是运维合同按服务考核得分分期付款，本年度实付合同金额的{{ contract_paid_share }}%。\n"
        "二是停用的设备和不再需要的服务不予付款，本年度核减：{{ reduction_list }}。",
    ),
    _section(
        1,
        "下一步改进措施",
        "按设备运行情况调整下年度专项预算，按季跟踪执行进度。",
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
    communities = ModelCommunity.objects.as_recorded(day).select_related("village__parent")
    estates = Estate.objects.as_recorded(day)
    reductions = ScopeReduction.objects.filter(decided_on__range=span)
    return {
        **{name: _said(entry) for name, entry in figures.items()},
        "as_of": f"{day:%Y年%-m月%-d日}",
        "quarters_assessed": str(_quarters(period)),
        "document_list": "".join(f"《{title.strip('《》')}》" for title in documents) or "无",
        "honour_list": "、".join(f"{giver}{title}" for giver, title in honours) or "无",
        "community_list": "、".join(f"{row.village.parent}{row.village.short_name}" for row in communities) or "无",
        "estate_list": "、".join(f"{row.name}（{row.get_works_display()}）" for row in estates) or "无",
        "reduction_list": "；".join(f"{row.reason}（{row.amount / WAN:.2f}万元）" for row in reductions) or "无",
    }


def _said(entry: Mapping[str, Any]) -> str:
    """A figure in running text: an amount of nothing is “0万元” and not “0.00万元”."""
    return "0" if entry["value"] == "0" else str(entry["printed"])


def _quarters(period: Period) -> int:
    """How many quarters of the year had a final result at its cut-off."""
    final = Assessment.objects.final(period.as_of).filter(quarter__startswith=f"{period.name}Q")
    return final.order_by().values("quarter").distinct().count()


def in_chinese(text: str) -> str:
    """The text as finance edits it: places by their label, `{{ 实有人数 }}`."""
    labels = _labels()
    return PLACE.sub(lambda found: f"{{{{ {labels.get(found[1], found[1])} }}}}", text)


def in_names(text: str) -> str:
    """And as it is kept: places by the figure's name."""
    names = {label: name for name, label in _labels().items()}
    return PLACE.sub(lambda found: f"{{{{ {names.get(found[1], found[1])} }}}}", text)


def _labels() -> dict[str, str]:
    return {figure.name: figure.label for figure in all_figures()} | LISTS


class Run(NamedTuple):
    """Words of a line, or one filled place with the name of what fills it."""

    words: str
    name: str = ""


def runs_of(text: str, values: Mapping[str, str]) -> list[list[Run]]:
    """The text by lines, each a row of runs, so that a page can lead from a figure to what stands behind it."""
    return [_runs(line.strip(), values) for line in text.split("\n") if line.strip()]


def _runs(line: str, values: Mapping[str, str]) -> list[Run]:
    """Splitting at places gives words and names by turns."""
    pieces = PLACE.split(line)
    return [
        Run(values[piece], piece) if place % 2 else Run(piece)
        for place, piece in enumerate(pieces)
        if piece or place % 2
    ]


class Place(TypedDict):
    """A place as finance picks it: what to write, and what stands there now."""

    label: str
    written: str
    value: str
    unit: str
    topic: str


def places_of(values: Mapping[str, str]) -> list[Place]:
    """Every place that the data fill, topic by topic as the report comes to speak of them."""
    labels, units = _labels(), {figure.name: str(figure.unit) for figure in all_figures()}
    said = list(dict.fromkeys(PLACE.findall("".join(section["text"] for section in DEFAULT))))
    order = {name: place for place, name in enumerate([*said, *(name for name in labels if name not in said)])}
    names = sorted(values, key=lambda name: order[name])
    topics = list(dict.fromkeys(_topic(name) for name in names))
    return [
        {
            "label": labels[name],
            "written": f"{{{{ {labels[name]} }}}}",
            "value": values[name],
            "unit": units.get(name, ""),
            "topic": _topic(name),
        }
        for name in sorted(names, key=lambda name: topics.index(_topic(name)))
    ]


def _topic(name: str) -> str:
    return "日期和清单" if name in LISTS else str(group_of(name))


def unknown_places(text: str, values: Mapping[str, str]) -> list[str]:
    return sorted({name for name in PLACE.findall(text) if name not in values})


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with every place filled.  LookupError in Chinese for a place that no figure fills."""
    if unknown := unknown_places(text, values):
        raise LookupError(f"正文中的“{{{{ {unknown[0]} }}}}”没有对应的数据。")
    return PLACE.sub(lambda found: values[found[1]], text)
