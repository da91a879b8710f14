"""What people in the invented year write: our own plain sentences, no caller's and no officer's."""

from __future__ import annotations

import random

REJECTIONS = (
    ("outside_remit", "建议与对方协商，或通过司法途径解决。"),
    ("litigation", "该事项已进入诉讼程序，请通过人民法院解决。"),
    ("petition", "该事项已在信访程序中，请向受理机关查询。"),
    ("emergency_line", "遇紧急情况请直接拨打110、119、120。"),
    ("no_new_fact", "该事项已办结并答复，如有新的事实请补充材料。"),
    ("abusive", "未提出具体诉求，如有具体事项请另行来电。"),
)
RETURN_BASES = (
    "该事项属行业主管部门职责，依据部门职责清单建议改派。",
    "事发地点不在本辖区，依据属地管理原则建议改派。",
    "涉及执法权限不在本单位，依据权责清单建议改派。",
)
PROGRESS = ("已安排人员到现场查看。", "正在与相关方协商处理。", "已责成责任单位整改，正在跟进。")
ASSIST = ("已到场核查并配合主办单位处理。", "已提供相关资料，建议由主办单位统一答复。")
SENT_BACK = ("答复内容过于简单，请补充处理措施。", "未说明政策依据，请补充后再报。", "请补充现场处理情况。")
FAULT = ("来电人表示承办单位未到现场，问题仍然存在。", "来电人表示与答复内容不符，要求重新办理。")
REDO = ("市级回访显示问题未解决，退回重办。", "督查发现整改不到位，退回重办。")
MORE_TIME = (
    "需等待配件到货后施工，申请延期。",
    "涉及多方协商，尚需召开协调会，申请延期。",
    "需委托专业机构检测，结果尚未出具，申请延期。",
)
PAUSES = (
    "等待第三方鉴定结论，暂停计时。",
    "涉及施工许可审批，待批复后继续办理。",
    "来电人在外地，约定返回后现场核实。",
)
NO_NUMBER = "来电人匿名且未留联系方式，反映事项无法核实，申请不计入考核。"
NO_DUTY = "办理涉及上级部门审批，非本单位可控，申请不计入考核。"
THROUGH_CENTRE = "来电人信息不向承办单位提供，由区中心代为联系。"
ANSWERS = (
    "已向来电人说明办理条件、所需材料和办理地点，来电人表示知晓。",
    "已告知相关政策规定和咨询电话，来电人表示知晓。",
    "已根据知识库内容当场解答，来电人无其他疑问。",
)
MEASURES = (
    "已安排工作人员到现场核实并督促整改",
    "已约谈责任方并限期整改",
    "已组织双方协商并达成处理意见",
    "已安排专人处理并纳入日常巡查",
    "已按程序启动办理",
)
BASES = (
    "《湖南省城市综合管理条例》有关规定",
    "《物业管理条例》有关规定",
    "部门职责清单及有关政策规定",
    "《长沙市城市管理条例》有关规定",
)


def rejection(chance: random.Random) -> tuple[str, str]:
    return chance.choice(REJECTIONS)


def return_basis(chance: random.Random) -> str:
    return chance.choice(RETURN_BASES)


def progress(chance: random.Random) -> str:
    return chance.choice(PROGRESS)


def assist(chance: random.Random) -> str:
    return chance.choice(ASSIST)


def sent_back(chance: random.Random) -> str:
    return chance.choice(SENT_BACK)


def fault(chance: random.Random) -> str:
    return chance.choice(FAULT)


def redo(chance: random.Random) -> str:
    return chance.choice(REDO)


def more_time(chance: random.Random) -> str:
    return chance.choice(MORE_TIME)


def pause(chance: random.Random) -> str:
    return chance.choice(PAUSES)


def answer(chance: random.Random) -> str:
    return chance.choice(ANSWERS)


def outcome(matter: str, confirmed: str, chance: random.Random) -> dict[str, str]:
    """The five parts of an answer to the caller."""
    found = {"yes": "属实", "partly": "部分属实", "no": "不属实"}[confirmed]
    measures = chance.choice(MEASURES)
    return {
        "facts": f"经核查，来电反映的“{matter}”情况{found}。",
        "measures": f"{measures}。",
        "legal_basis": chance.choice(BASES),
        "resolved": "yes" if chance.random() < 0.88 else "partly",
        "reply": f"您好，您反映的“{matter}”问题，经核查{found}，{measures}。感谢您对我们工作的支持。",
    }
