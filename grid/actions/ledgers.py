"""Changing the dated ledgers: staff, estates, video points, model communities.  Called by their pages and imports.

What figures count or a report prints is never overwritten: such a change closes the row on a day and opens another.  Any
day may be given, also one long past: the day of recording stands beside it and figures count from the later of the two,
so that what was counted for a past period stays as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from grid.models import Estate, ModelCommunity, StaffMember, VideoPoint
from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.models import AuditEntry
from wangcheng.common.seen import digest_of
from wangcheng.common.twins import refused_twice
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.models import User

RIGHT = "grid.manage_ledger"


@dataclass(frozen=True)
class Ledger:
    """One ledger: its columns, those that figures count or reports print, and what there can be only one of."""

    name: str  # in addresses
    title: str
    model: type[Any]
    columns: tuple[str, ...]
    dated: frozenset[str]
    once: str = ""


STAFF = Ledger("staff", "中心人员", StaffMember, ("name", "kind", "position"), frozenset({"kind"}))
ESTATES = Ledger(
    "estates", "智慧社区楼盘", Estate, ("name", "area", "works", "note"), frozenset({"works", "area"}), "name"
)
VIDEO = Ledger(
    "video", "视频点位", VideoPoint, ("device_id", "name", "estate", "area", "longitude", "latitude"),
    frozenset({"estate", "area"}), "device_id",
)  # fmt: skip
COMMUNITIES = Ledger(
    "communities", "示范社区", ModelCommunity, ("village", "document", "goals", "accepted_on"), frozenset({"village"}),
    "village",
)  # fmt: skip
LEDGERS = {ledger.name: ledger for ledger in (STAFF, ESTATES, VIDEO, COMMUNITIES)}


def settled(row: Any) -> bool:
    """Whether the row was counted in a quarter that is over."""
    today = clock.today()
    quarter = date(today.year, today.month - (today.month - 1) % 3, 1)
    return bool(max(row.valid_from, row.recorded_on or row.valid_from) < quarter)


def fingerprint(row: Any, ledger: Ledger) -> str:
    """What a form was drawn from; told apart when somebody else has changed the row since."""
    return digest_of(getattr(row, name) for name in (*ledger.columns, "valid_from", "valid_to"))


@transaction.atomic
def add_row(ledger: Ledger, values: Mapping[str, Any], *, valid_from: date, by: User) -> Any:
    """新建: a row that holds from `valid_from` on."""
    _require(by)
    with _once(ledger, values):
        row = ledger.model.objects.create(**values, valid_from=valid_from, recorded_on=clock.today())
    _tell("新增", ledger, row, by)
    return row


@transaction.atomic
def edit_row(ledger: Ledger, pk: int, values: Mapping[str, Any], *, since: date, seen: str, by: User) -> Any:
    """编辑: what figures count changes from `since` on; the rest, a slip of the pen, in place.  Returns the row in force."""
    _require(by)
    row = _locked(ledger, pk)
    if seen != fingerprint(row, ledger):
        raise NotAllowed("该记录已被其他人员修改，请刷新后重试。", Code.VERSION)
    changed = {name for name in ledger.columns if getattr(row, name) != values[name]}
    if not changed:
        return row
    if changed & ledger.dated and row.valid_from < since:
        row = _succeed(ledger, row, since)
    elif changed & ledger.dated and settled(row):
        raise NotAllowed(f"变更生效日期应晚于启用日期（{row.valid_from:%Y年%-m月%-d日}）。", Code.RULE, "since")
    for name in changed:
        setattr(row, name, values[name])
    with _once(ledger, values):
        row.save()
    labels = "、".join(ledger.model._meta.get_field(name).verbose_name for name in ledger.columns if name in changed)
    _tell(f"修改{labels}", ledger, row, by)
    return row


def _succeed(ledger: Ledger, row: Any, since: date) -> Any:
    """The row ends on `since`, and a like one begins."""
    old = row.pk
    ledger.model.objects.filter(pk=old).update(valid_to=since, end_recorded_on=clock.today())
    row.pk, row.valid_from, row.recorded_on = None, since, clock.today()
    row._state.adding = True
    row.save()
    if ledger is ESTATES:  # its cameras go with it
        VideoPoint.objects.filter(estate_id=old, valid_to=None).update(estate=row)
    return row


@transaction.atomic
def end_row(ledger: Ledger, pk: int, *, day: date, by: User) -> Any:
    """停用: the row no longer counts from `day` on."""
    _require(by)
    row = _locked(ledger, pk)
    if day <= row.valid_from:
        raise NotAllowed(f"停用日期应晚于启用日期（{row.valid_from:%Y年%-m月%-d日}）。", Code.RULE, "day")
    if ledger is ESTATES and (left := VideoPoint.objects.filter(estate=row, valid_to=None).count()):
        raise NotAllowed(f"该楼盘还有{left}个在用的视频点位，请先停用或改到其他楼盘。", Code.RULE)
    row.valid_to, row.end_recorded_on = day, clock.today()
    row.save(update_fields=["valid_to", "end_recorded_on"])
    _tell("停用", ledger, row, by)
    return row


def _locked(ledger: Ledger, pk: int) -> Any:
    row = ledger.model.objects.select_for_update(of=("self",)).get(pk=pk)
    if row.valid_to is not None:
        raise NotAllowed("该记录已经停用，不能再修改。", Code.STATE)
    return row


def _once(ledger: Ledger, values: Mapping[str, Any]) -> AbstractContextManager[None]:
    if not ledger.once:
        return nullcontext()
    label = ledger.model._meta.get_field(ledger.once).verbose_name
    return refused_twice(f"{label}“{values[ledger.once]}”已在册。", Code.RULE, ledger.once)


def _require(by: User) -> None:
    if not by.has_perm(RIGHT):
        raise NotAllowed("您的岗位没有维护台账的权限。", Code.RIGHT)


def _tell(verb: str, ledger: Ledger, row: Any, by: User) -> None:
    record(AuditEntry.Kind.DATA, f"{ledger.title}：{verb} {row}", by=by, object=f"{ledger.name} {row.pk}")
