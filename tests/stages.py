"""Where each operation of the REST document is tried: on what, by whom, when, and with which input it is taken.

Steps stand where the walks of their process say that they are open (the test_steps_by_role_and_state modules).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile

from budget.models import Fund
from tests.budget import money, test_enter_money_api, test_money_api
from tests.budget import test_steps_by_role_and_state as payments
from tests.common.api import bearer, post
from tests.grid import quarter, test_exclusions
from tests.grid import test_steps_by_role_and_state as assessments
from tests.hotline import desk, test_api_tickets, test_ledger_api
from tests.hotline import test_steps_by_role_and_state as tickets
from tests.whistle import test_hard_steps_by_role_and_state as hard_whistles
from tests.whistle import test_hard_whistle_api, test_whistle_pages
from tests.whistle import test_steps_by_role_and_state as whistles
from tests.whistle.steps import photo
from tests.world import PASSWORD, World
from wangcheng.common import clock
from wangcheng.common.models import Job

PREFIX = "/api/v1/"


@dataclass(frozen=True)
class Stage:
    """What the address of an operation names, who asks, and what a POST sends to be taken."""

    who: str
    names: Mapping[str, str] = field(default_factory=dict)  # by parameter of the path
    body: Any = None  # none: the operation takes files, or is a GET
    moment: datetime | None = None  # when, where not at once


def stage_of(world: World, path: str) -> Stage:
    """The stage of a path of the document, as it stands there: `/api/v1/tickets/{number}/sign/`."""
    name, *rest = path.removeprefix(PREFIX).strip("/").split("/")
    step = next((part for part in reversed(rest) if not part.startswith("{")), "")
    if name in PROCESSES and step in PROCESSES[name].ALLOWED:
        return _of_process(world, name, step)
    return STAGES[name](world, step) if name in STAGES else Stage("dispatcher")


# Processes: a case in the first situation in which somebody may take the step

PROCESSES: dict[str, Any] = {
    "tickets": tickets, "whistles": whistles, "hard-whistles": hard_whistles, "payments": payments,
    "assessments": assessments,
}  # fmt: skip


def _of_process(world: World, name: str, step: str) -> Stage:
    process = PROCESSES[name]
    people, situations = process.ALLOWED[step][0]
    situation = next(each for each in process.SITUATIONS if each in situations)
    if name == "assessments":
        _worked(world)
    case = process.SITUATIONS[situation](world)
    if name == "assessments":
        body, number = process.bodies(world, case)[step], case.pk
    elif step == "merge":
        body, number = {"parent": desk.received(world, title="另一件事", caller_phone="").number}, case.number
    else:
        body, number = process.BODIES[step], case.number
    moment = getattr(process, "AT", {}).get(situation)
    return Stage(min(people), {"number": str(number), "id": str(case.pk)}, body, moment)


def _worked(world: World) -> None:
    quarter.scheme("level3", quota=3)
    quarter.all_worked(world)


# The rest of each address: lists, single rows, entries


def _ticket(world: World, step: str) -> Stage:
    case = desk.received(world)
    file = _attached(world, "dispatcher", f"tickets/{case.number}")
    body = {"reveal": {"reason": "回访核实"}, "": test_api_tickets.BODY}.get(step)  # the others take files
    return Stage("dispatcher", {"number": case.number, "id": file}, body)


def _whistle(world: World, step: str) -> Stage:
    case = whistles.reported(world)
    file = _attached(world, "gridofficer", f"whistles/{case.number}", purpose="other")
    return Stage("gridofficer", {"number": case.number, "id": file}, None if step else test_whistle_pages.REPORT)


def _attached(world: World, who: str, where: str, **more: str) -> str:
    answer = bearer(world, who).post(f"{PREFIX}{where}/attachments/", {"file": photo(), **more})
    assert answer.status_code == 201, answer.content
    made = answer.json()
    return str(made.get("results", [made])[0]["id"])


def _hard_whistle(world: World, step: str) -> Stage:
    case = next(iter(hard_whistles.SITUATIONS.values()))(world)
    return Stage("dispatcher", {"number": case.number}, test_hard_whistle_api.BODY)


def _assessment(world: World, step: str) -> Stage:
    _worked(world)
    return Stage("assessor", {"id": str(quarter.draft(world).pk)}, {"quarter": quarter.QUARTER})


def _exclusion(world: World, step: str) -> Stage:
    test_exclusions.complained(world)
    form = test_exclusions.FORM
    if not step:
        other = test_exclusions.complained(world, title="路灯不亮")
        made = _entered(world, "village", "complaint-exclusions", form)
        return Stage("village", {"id": made}, {**form, "ticket": other.number})
    made = _entered(world, "village", "complaint-exclusions", form)
    return Stage("assessor", {"id": made}, {"approve": True, "decision": "属实"})


def _payment(world: World, step: str) -> Stage:
    asked = payments.requested(world)
    return Stage("finance", {"number": asked.number}, test_money_api.BODY)


def _fund(world: World, step: str) -> Stage:
    return Stage("finance", body={"code": "daily", "name": "日常事务", "kind": "special"})


def _budget(world: World, step: str) -> Stage:
    row = money.fund("daily", "10000").budgets.get()
    entry = test_enter_money_api.BUDGET | {"year": money.YEAR + 1}
    return Stage("finance", {"id": str(row.pk)}, test_enter_money_api.PAPER | {"amount": "5"} if step else entry)


def _contract(world: World, step: str) -> Stage:
    known = test_enter_money_api
    if not step:
        row = known.bare(world)
        return Stage("finance", {"number": row.number}, known.CONTRACT)
    situation = next(each for each in known.CONTRACTS if each in known.OF_CONTRACT[step][0][1])
    row = known.CONTRACTS[situation](world)
    return Stage("finance", {"number": row.number}, known.CONTRACT_BODIES[step])


def _self_evaluation(world: World, step: str) -> Stage:
    fund = Fund.objects.create(code="daily", name="日常事务", kind="special")
    for year in (2021, 2022):
        money.budgeted(fund, 1_000_000, year, date(year, 1, 10))
    where = "self-evaluations"
    made = _entered(world, "finance", where, {"year": 2022})
    bodies = {
        "": {"year": 2021},
        "edit": {"section": 0, "text": "另有说明。"},
        "freeze": {"acknowledgement": "次年支付"},
        "correct": {"reason": "漏记"},
    }
    if step == "correct":
        frozen = post(bearer(world, "finance"), f"{where}/{made}/freeze/", bodies["freeze"])
        assert frozen.status_code == 200, frozen.content
    return Stage("finance", {"id": made}, bodies.get(step))


def _knowledge(world: World, step: str) -> Stage:
    entry = {**test_ledger_api.KNOWLEDGE, "unit": world.units["城管局"].code}
    made = _entered(world, "dispatcher", "knowledge", entry)
    if step == "review":
        return Stage("reviewer", {"id": made}, {"passed": True})
    return Stage("dispatcher", {"id": made}, {} if step else entry)


def _training(world: World, step: str) -> Stage:
    made = _entered(world, "supervisor", "trainings", test_ledger_api.TRAINING)
    return Stage("supervisor", {"id": made}, {"reason": "人数登记有误"} if step else test_ledger_api.TRAINING)


def _entered(world: World, who: str, where: str, body: dict[str, Any]) -> str:
    answer = post(bearer(world, who), f"{where}/", body)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def _job(world: World, step: str) -> Stage:
    row = Job.objects.create(kind="test", label="工单导入", requested_by=world.dispatcher, created_at=clock.now())
    row.rejects.save("rejected.csv", ContentFile(b"number,reason"))
    return Stage("dispatcher", {"id": str(row.pk), "which": "rejects"}, {})


STAGES: dict[str, Callable[[World, str], Stage]] = {
    "tickets": _ticket, "whistles": _whistle, "hard-whistles": _hard_whistle, "assessments": _assessment,
    "complaint-exclusions": _exclusion, "payments": _payment, "funds": _fund, "budgets": _budget, "contracts": _contract,
    "self-evaluations": _self_evaluation, "knowledge": _knowledge, "trainings": _training, "jobs": _job,
    "auth": lambda world, step: Stage("town", body={"username": world.town.username, "password": PASSWORD}),
    "rewards": lambda world, step: Stage("finance"), "audit": lambda world, step: Stage("auditor"),
}  # fmt: skip
