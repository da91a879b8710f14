"""Rights in words: "hotline.dispatch_ticket" reads 工单：派单.  For the page of roles and the auditor."""

from __future__ import annotations

from wangcheng.common.people.roles import GRANTS, Role

OBJECTS = {
    "ticket": "工单",
    "whistle": "哨单",
    "hardwhistle": "攻坚哨",
    "training": "培训",
    "knowledge": "知识库",
    "assessment": "网格考核",
    "area": "辖区",
    "place": "地名词典",
    "ledger": "台账",
    "budget": "预算",
    "payment": "支付",
    "receipt": "到账",
    "selfevaluation": "绩效自评",
    "figure": "指标",
    "policy": "政策规则",
    "category": "诉求分类",
    "calendar": "工作日历",
    "user": "用户与任职",
    "organisation": "机构",
    "token": "接口令牌",
    "message": "短信",
    "job": "任务",
    "audit": "审计日志",
    "roles": "角色权限",
}
VERBS = {
    "approve": "审批",
    "request": "申请",
    "view": "查看",
    "export": "导出",
    "manage": "管理",
    "reveal": "查看来电人信息",
    "attach": "上传附件",
    "receive": "受理",
    "import": "导入",
    "dispatch": "派单",
    "sign": "签收",
    "return": "退单",
    "rule_return": "退单裁定",
    "reject": "不予受理",
    "answer": "当场答复",
    "contact": "联系",
    "progress": "阶段反馈",
    "extend": "延期申请",
    "rule_extend": "延期裁定",
    "assist": "会办",
    "finish": "办结申请",
    "review": "审核",
    "callback": "回访",
    "redo": "重办",
    "suspend": "挂起",
    "resume": "恢复",
    "merge": "并单",
    "unmerge": "撤销并单",
    "exclude": "剔除申请",
    "rule_exclude": "剔除裁定",
    "archive": "归档",
    "correct": "更正",
    "report": "上报",
    "self_handle": "自处置",
    "filter": "初核",
    "handle": "街镇处置",
    "blow": "吹哨",
    "file": "立案",
    "decline": "不予立案",
    "resubmit": "重新提交",
    "arrive": "到场",
    "dispose": "处置",
    "verify": "核查",
    "rework": "返工",
    "rate": "评价",
    "appeal": "申诉",
    "rule_appeal": "申诉裁定",
    "draft": "起草",
    "instruct": "批示",
    "assign": "交办",
    "solve": "解决",
    "strike": "销号",
    "carry": "挂账",
    "compute": "测算",
    "adjust": "调整",
    "publish": "公示",
    "finalise": "定稿",
    "pay": "支付",
    "reverse": "冲销",
    "appropriate": "拨付",
    "confirm": "确认",
    "edit": "编辑",
    "freeze": "冻结",
}


def words(permission: str) -> tuple[str, str]:
    """(object, verb) of a right, in Chinese; LookupError for one that has no words yet."""
    verb, _, thing = permission.partition(".")[2].rpartition("_")
    return OBJECTS[thing], VERBS[verb]


def matrix() -> list[tuple[str, list[tuple[str, list[bool]]]]]:
    """Every right by object: (object, [(verb, whether each role of Role has it)])."""
    rights = sorted({right for granted in GRANTS.values() for right in granted}, key=_place)
    found: dict[str, list[tuple[str, list[bool]]]] = {}
    for right in rights:
        thing, verb = words(right)
        found.setdefault(thing, []).append((verb, [right in GRANTS[role] for role in Role]))
    return list(found.items())


def _place(permission: str) -> tuple[int, int]:
    thing, verb = words(permission)
    return list(OBJECTS.values()).index(thing), list(VERBS.values()).index(verb)
