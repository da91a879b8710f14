"""The process engine: steps as a table, a pure `plan`, and `move`, which takes a step on one case.

An app writes its whole process as a table of `Step`s.  The table draws the buttons, the API's allowed_actions and the
manual.  `carry` is pure: it checks the step against the case in memory, computes the change and folds it into the case.
`move` does that for one locked case and writes; `casework.batch` and `casework.handing` do it for many and write in
bulk.  Nothing else changes a case.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import orjson
from django.db import transaction
from django.dispatch import Signal

from wangcheng.common import clock
from wangcheng.common.people.roles import GRANTS, Role

if TYPE_CHECKING:
    from wangcheng.common.casework.models import Case, Event
    from wangcheng.common.people.models import Post, User
    from wangcheng.common.workdays.calendar import Calendar

moved = Signal()  # sent by `move` inside the transaction with case, step, event, change: the one road for upward news


class Code(StrEnum):
    """Why a step was refused; the API answers 409, 403, 409 and 400 to them."""

    STATE = "state"
    RIGHT = "right"
    VERSION = "version"
    RULE = "rule"


class NotAllowed(Exception):
    """The step is refused.  `message` is one Chinese sentence for the person; nothing has been changed."""

    def __init__(self, message: str, code: Code = Code.STATE, field: str = "") -> None:
        super().__init__(message)
        self.message, self.code, self.field = message, code, field


class Clock(StrEnum):
    """What a step does to the handling clock."""

    KEEP = "不变"
    START = "起算"
    STOP = "停止"
    PAUSE = "暂停"
    RESUME = "恢复"
    RESTART = "重新起算"


class Holder(StrEnum):
    """Who holds the ball after a step."""

    SAME = "不变"
    CENTRE = "区中心"
    UNIT = "承办单位"
    REPORTER = "上报人"
    VILLAGE = "村（社区）"
    TOWN = "街镇"
    CITY = "市级平台"
    NOBODY = "无（已结束）"


class Party(StrEnum):
    """On whose side of the case an actor must stand for a step, beyond having the right."""

    ANYONE = "anyone"
    CENTRE = "centre"
    UNIT = "unit"
    CO_UNIT = "co_unit"
    TOWN = "town"
    VILLAGE = "village"
    GRID = "grid"
    REPORTER = "reporter"
    CONCERNED = "concerned"  # any of the sides that have to do with the case now


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as plain facts: what the event will remember even when the person has left."""

    user_id: int | None
    name: str
    organisation_id: int | None = None
    organisation: str = ""
    role: str = ""
    reach: frozenset[int] = frozenset()  # ids of the own organisation and those below it
    areas: frozenset[int] = frozenset()  # grids held
    is_centre: bool = False

    def may(self, permission: str) -> bool:
        return bool(self.role) and permission in GRANTS[Role(self.role)]


SYSTEM = Actor(None, "系统", is_centre=True)  # the clock and the city platform


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a plan may look at besides the case: gathered by the action, so that the plan stays pure."""

    at: datetime
    actor: Actor
    calendar: Calendar
    rules: Any = None  # the policy values in force for this case, a typed dataclass of the app
    inputs: Mapping[str, Any] = field(default_factory=dict)  # what was entered or looked up, already validated
    note: str = ""

    def __getitem__(self, name: str) -> Any:
        return self.inputs[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self.inputs.get(name, default)


@dataclass(frozen=True, slots=True)
class Row:
    """A row beside the case that a step writes: inserted, inserted `once`, or (with `match`) changed where it matches."""

    model: str  # "hotline.TicketContact"
    values: Mapping[str, Any]
    once: bool = False
    match: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a step does: the case's columns that change (attnames: `unit_id`), the rows beside it, words for the timeline.

    `note` stands where the person wrote nothing; `said` stands before whatever the person wrote, because the columns do not
    keep it.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    note: str = ""
    said: str = ""


def nothing(case: Any, facts: Facts) -> Change:
    """The plan of a step that only records that it happened."""
    return Change()


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a process table."""

    name: str
    label: str
    sources: frozenset[str]
    target: str | None  # None: the state stays, unless the plan names another of `targets`
    permission: str
    plan: Callable[[Any, Facts], Change] = nothing
    party: Party = Party.ANYONE
    targets: frozenset[str] = frozenset()
    guard: Callable[[Any], str] | None = None  # a Chinese reason why it is not open now, or ""
    holder: Holder = Holder.SAME
    clock: Clock = Clock.KEEP
    # where it ends in one of these states, others than `holder` and `clock`
    lands: Mapping[str, tuple[Holder, Clock]] = field(default_factory=dict, hash=False)
    basis: str = ""  # legal basis
    by_clock: bool = False  # the system may take it
    danger: bool = False  # drawn as a red button
    aside: bool = False  # off the main road (挂起, 合并): never the button that offers itself first
    wanted: Callable[[Any, Actor], bool] | None = None  # whether the actor is waited for; None: where the step leads on

    def lands_in(self) -> frozenset[str]:
        """Every state this step can leave the case in."""
        return self.targets or (frozenset({self.target}) if self.target else self.sources)

    def leaves(self, state: str) -> tuple[Holder, Clock]:
        """Who holds the case and what its clock does where the step ends in `state`."""
        return self.lands.get(state, (self.holder, self.clock))

    def is_wanted(self, case: Any, actor: Actor) -> bool:
        """Whether `actor`, to whom the step is open, is waited for to take it.  Pure."""
        if self.danger or self.aside:
            return False
        return self.wanted(case, actor) if self.wanted else bool(self.target or self.targets)


def always(case: Any, actor: Actor) -> bool:
    """`wanted` of a step that is open only while somebody waits for it: a ruling, an answer, the end of a pause."""
    return True


def refusal(step: Step, case: Any, actor: Actor) -> NotAllowed | None:
    """Why `actor` cannot take `step` on `case` now, or None.  Pure; draws the buttons as well."""
    if not (actor.may(step.permission) or (step.by_clock and actor.user_id is None)):
        return NotAllowed(f"您的岗位没有“{step.label}”的权限。", Code.RIGHT)
    if actor.user_id is not None and step.party not in case.parties(actor):
        return NotAllowed(f"该事项当前不由您的单位办理，不能{step.label}。", Code.RIGHT)
    if case.state not in step.sources:
        return NotAllowed(f"当前状态为“{case.state_label}”，不能{step.label}。", Code.STATE)
    reason = step.guard(case) if step.guard else ""
    return NotAllowed(reason, Code.STATE) if reason else None


def open_steps(table: Iterable[Step], case: Any, actor: Actor) -> list[Step]:
    """The steps `actor` may take on `case` now, in the table's order."""
    return [step for step in table if step.sources != frozenset({""}) and refusal(step, case, actor) is None]


def plan(step: Step, case: Any, facts: Facts) -> Change:
    """The change `step` makes to `case`.  Pure.  Raises NotAllowed with a sentence for the person."""
    if problem := refusal(step, case, facts.actor):
        raise problem
    change = step.plan(case, facts)
    target = change.fields.get("state", step.target or case.state)
    if target not in step.lands_in():
        raise AssertionError(f"step {step.name} may not lead to {target!r}")
    return replace(change, fields={**change.fields, "state": target})


@dataclass(frozen=True, slots=True)
class Carried:
    """What `carry` found: the change, the event to write, and whether the as-of row of the case is superseded."""

    change: Change
    event: dict[str, Any]
    before: dict[str, Any]  # old values of the changed columns
    supersedes: bool


def carry(step: Step, case: Any, facts: Facts) -> Carried:
    """Plan `step` and fold the change into `case` in memory.  Touches no database: shared by `move` and the batch form."""
    change = plan(step, case, facts)
    before = {name: getattr(case, name) for name in change.fields}
    supersedes = any(
        old is not None and old != "" and old != change.fields[name] and name in case.TRACKED
        for name, old in before.items()
    )
    for name, value in change.fields.items():
        setattr(case, name, value)
    event = _event(step, case, facts, change, before.get("state", ""))
    case.version, case.digest = event["seq"], event["digest"]
    return Carried(change, event, before, supersedes)


def _event(step: Step, case: Any, facts: Facts, change: Change, before: str) -> dict[str, Any]:
    values = {
        "seq": (case.version or 0) + 1,
        "step": step.name,
        "before": before,
        "after": case.state,
        "at": facts.at,
        "actor_id": facts.actor.user_id,
        "actor_name": facts.actor.name,
        "organisation_id": facts.actor.organisation_id,
        "note": change.said + (facts.note or change.note),
        "data": {name: plain(value) for name, value in change.fields.items() if name not in case.PRIVATE},
    }
    values["digest"] = digest(case.number, case.digest, values)
    return values


def plain(value: Any) -> Any:
    """A column value as JSON keeps it: moments in Beijing ISO form, decimals as text."""
    if value is None or value.__class__ is str or value.__class__ is int:
        return value
    if isinstance(value, datetime):
        return clock.local(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def digest(number: str, previous: str, event: Mapping[str, Any]) -> str:
    """SHA-256 that chains an event to the one before it on the same case."""
    content = [
        number, previous, event["seq"], event["step"], event["before"], event["after"], plain(event["at"]),
        event["actor_id"], event["actor_name"], event["organisation_id"], event["note"], event["data"],
    ]  # fmt: skip
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def move(case: Case, step: Step, facts: Facts) -> Event:
    """Take `step` on a case locked by the caller: check, change, record, tell.

    Raises NotAllowed; then the transaction of the caller holds no change.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("move() needs the caller's transaction and lock")
    carried = carry(step, case, facts)
    case.write(carried)
    event = case.record(carried)
    moved.send(sender=type(case), case=case, step=step, event=event, change=carried.change)
    return event


def actor_of(user: User | None) -> Actor:
    """The acting person as plain facts; None is the system.  Asked for once per request, post and day."""
    if user is None:
        return SYSTEM
    post = user.acting
    if post is None:
        return Actor(user.pk, user.name)
    key = (post.pk, clock.today())
    known: dict[tuple[int, date], Actor] = user.__dict__.setdefault("_actors", {})
    if key not in known:
        known[key] = _actor_in(user, post)
    return known[key]


def _actor_in(user: User, post: Post) -> Actor:
    unit = post.organisation
    is_centre = unit.kind == unit.Kind.CENTRE
    below = () if is_centre else type(unit).objects.under(unit).values_list("pk", flat=True)
    return Actor(
        user.pk,
        user.name,
        unit.pk,
        unit.short_name,
        post.role,
        reach=frozenset(below),
        areas=frozenset() if is_centre else frozenset(user.grid_ids()),
        is_centre=is_centre,
    )


def find(table: Collection[Step], name: str) -> Step | None:
    return next((step for step in table if step.name == name), None)
