"""Roles and what each may do: the one table of rights, for the program and for the auditor who reads it.

A right is named "app.verb_object"; the verbs are the steps of the workflow tables plus view, export, reveal and manage.
Separation of the three officers (三员分立): the admin keeps accounts and rules and reads no case; the auditor reads the
audit and changes nothing; business posts do neither.
"""

from django.db import models


class Role(models.TextChoices):
    DISPATCHER = "dispatcher", "派单员"
    REVIEWER = "reviewer", "审核员"
    SUPERVISOR = "supervisor", "督查员"
    CALLER = "caller", "回访员"
    ASSESSOR = "assessor", "考核统计员"
    FINANCE = "finance", "财务"
    TOWN = "town", "街镇专干"
    DEPARTMENT = "department", "部门联络员"
    VILLAGE = "village", "村（社区）专干"
    GRID_OFFICER = "gridofficer", "网格员"
    LEADER = "leader", "区领导"
    ADMIN = "admin", "系统管理员"
    AUDITOR = "auditor", "审计员"
    API_CLIENT = "apiclient", "接口"


def _ticket(*verbs: str) -> set[str]:
    return {f"hotline.{verb}_ticket" for verb in verbs}


def _whistle(*verbs: str) -> set[str]:
    return {f"whistle.{verb}_whistle" for verb in verbs}


def _hard(*verbs: str) -> set[str]:
    return {f"whistle.{verb}_hardwhistle" for verb in verbs}


_READ_CASES = _ticket("view", "export") | _whistle("view", "export") | _hard("view")
_READ_FIGURES = {"common.view_figure", "grid.view_area", "grid.view_assessment", "common.view_knowledge"}
_CENTRE = _READ_CASES | _READ_FIGURES | {"grid.view_ledger", "common.view_policy", "common.view_calendar"}
_UNIT_TICKET = _ticket(
    "sign", "return", "contact", "progress", "extend", "assist", "finish", "exclude", "attach", "reveal"
)
_UNIT_WHISTLE = _whistle("sign", "return", "arrive", "dispose", "appeal", "attach")

GRANTS: dict[Role, frozenset[str]] = {
    Role.DISPATCHER: frozenset(
        _CENTRE
        | _ticket(
            "receive",
            "import",
            "dispatch",
            "rule_return",
            "reject",
            "answer",
            "rule_extend",
            "redo",
            "suspend",
            "resume",
        )
        | _ticket("merge", "unmerge", "rule_exclude", "archive", "correct", "reveal", "attach")
        | {"hotline.manage_knowledge"}
        | _whistle("file", "decline", "dispatch", "rule_return", "suspend", "resume", "rework", "rule_appeal", "attach")
        | _hard("draft", "instruct", "assign", "progress", "solve", "strike", "carry")
    ),
    Role.REVIEWER: frozenset(
        _CENTRE | _ticket("review", "reveal", "attach") | _whistle("file", "decline") | {"hotline.review_knowledge"}
    ),
    Role.SUPERVISOR: frozenset(
        _CENTRE
        | _ticket("redo", "rule_extend", "rule_exclude", "suspend", "resume", "reveal")
        | _hard("draft", "instruct", "assign", "progress", "solve", "strike", "carry")
        | {"hotline.manage_training"}
    ),
    Role.CALLER: frozenset(_CENTRE | _ticket("callback", "contact", "redo", "reveal")),
    Role.ASSESSOR: frozenset(
        _CENTRE
        | {
            f"grid.{verb}_assessment"
            for verb in ("compute", "review", "adjust", "publish", "rule_appeal", "finalise", "correct")
        }
        | {"grid.manage_ledger", "grid.manage_place", "budget.view_budget", "common.export_figure"}
    ),
    Role.FINANCE: frozenset(
        _READ_FIGURES
        | {
            "grid.view_ledger",
            "grid.manage_ledger",
            "common.view_policy",
            "common.view_calendar",
            "common.export_figure",
            "common.verify_figure",
        }
        | {f"budget.{verb}_budget" for verb in ("view", "manage")}
        | {f"budget.{verb}_payment" for verb in ("view", "request", "approve", "pay", "reverse", "appropriate")}
        | {f"budget.{verb}_selfevaluation" for verb in ("view", "draft", "edit", "freeze", "export")}
    ),
    Role.TOWN: frozenset(
        _READ_CASES
        | _READ_FIGURES
        | _UNIT_TICKET
        | _UNIT_WHISTLE
        | _whistle("report", "self_handle", "filter", "handle", "blow", "rate", "verify", "resubmit")
        | {"grid.review_assessment", "grid.appeal_assessment", "budget.confirm_receipt"}
        | _hard("progress")
    ),
    Role.DEPARTMENT: frozenset(
        _READ_CASES | {"common.view_figure", "common.view_knowledge"} | _UNIT_TICKET | _UNIT_WHISTLE | _hard("progress")
    ),
    Role.VILLAGE: frozenset(
        _READ_CASES
        | _READ_FIGURES
        | _UNIT_TICKET
        | _whistle("report", "self_handle", "filter", "rate", "verify", "resubmit", "attach", "dispose")
        | {"grid.review_assessment", "grid.appeal_assessment", "budget.confirm_receipt"}
    ),
    Role.GRID_OFFICER: frozenset(
        {
            "hotline.view_ticket",
            "hotline.contact_ticket",
            "hotline.reveal_ticket",
            "whistle.view_whistle",
            "grid.view_area",
            "common.view_knowledge",
        }
        | _whistle("report", "self_handle", "verify", "rate", "resubmit", "attach")
    ),
    Role.LEADER: frozenset(
        _CENTRE
        | _hard("instruct")
        | {"budget.view_budget", "budget.view_payment", "budget.approve_payment"}
        | {"budget.view_selfevaluation", "budget.export_selfevaluation", "common.approve_policy"}
    ),
    Role.ADMIN: frozenset(
        {
            "common.manage_user",
            "common.manage_organisation",
            "common.manage_policy",
            "common.approve_policy",
            "common.view_policy",
            "common.manage_calendar",
            "common.manage_category",
        }
        | {
            "common.view_calendar",
            "common.manage_token",
            "grid.view_area",
            "grid.manage_area",
            "common.view_message",
            "common.manage_message",
            "common.manage_job",
        }
        | {"common.view_roles"}
    ),
    Role.AUDITOR: frozenset({"common.view_audit", "common.view_roles"}),
    Role.API_CLIENT: frozenset(
        _READ_CASES
        | _READ_FIGURES
        | _ticket("receive", "import", "callback")
        | _whistle("report", "attach")
        | {"budget.view_budget"}
    ),
}
