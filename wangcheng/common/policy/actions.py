"""Changing policies: draft a new version, approve it, withdraw a draft; and the defaults of a new installation."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.models import AuditEntry, Policy
from wangcheng.common.policy.registry import RuleSet, forget, rule_set, rule_sets
from wangcheng.common.twins import refused_twice
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.people.models import User

FIRST_DAY = date(2020, 1, 1)


@transaction.atomic
def install_defaults() -> int:
    """Give every registered rule set its first version, with the document it comes from or 默认值.  Existing ones stay."""
    present = set(Policy.objects.values_list("key", flat=True))
    missing = [kind for kind in rule_sets() if kind.key not in present]
    for kind in missing:
        for day, values in _first_versions(kind):
            _add_approved(kind, day, values)
    return len(missing)


def _first_versions(kind: RuleSet) -> list[tuple[date, dict[str, Any]]]:
    """A rule set may bring dated first versions of its own (`HISTORY`); otherwise one from FIRST_DAY on."""
    history = getattr(kind.type, "HISTORY", None)
    return history() if history else [(FIRST_DAY, kind.defaults())]


def _add_approved(kind: RuleSet, day: date, values: dict[str, Any]) -> None:
    Policy.objects.create(
        key=kind.key,
        version=_next_version(kind.key),
        source=kind.source,
        state=Policy.State.APPROVED,
        values=values,
        valid_from=day,
        approved_at=clock.now(),
    )


def _next_version(key: str) -> int:
    last = Policy.objects.filter(key=key).order_by("-version").values_list("version", flat=True).first()
    return (last or 0) + 1


@transaction.atomic
def draft(
    key: str, values: dict[str, Any], *, valid_from: date, document_number: str, source: str, note: str, by: User
) -> Policy:
    """起草新版本.  ValidationError names each wrong field; NotAllowed while another draft of the key is open."""
    kind = rule_set(key)
    with refused_twice("该政策已有待批准的草稿，请先批准或作废。"):
        made = Policy.objects.create(
            key=key,
            version=_next_version(key),
            values=kind.dump(kind.parse(values)),
            valid_from=valid_from,
            document_number=document_number,
            source=source or document_number,
            note=note,
            drafted_by=by,
        )
    _tell("起草", made, by)
    return made


@transaction.atomic
def approve(policy_id: int, *, by: User) -> Policy:
    """批准: the draft takes effect on its first day.  The drafter cannot approve the own draft."""
    policy = Policy.objects.select_for_update().get(pk=policy_id)
    if policy.state != Policy.State.DRAFT:
        raise NotAllowed("只有草稿可以批准。", Code.STATE)
    if policy.drafted_by_id == by.pk:
        raise NotAllowed("起草人不能批准自己起草的政策，请由区领导或另一名管理员批准。", Code.RIGHT)
    policy.state, policy.approved_by, policy.approved_at = Policy.State.APPROVED, by, clock.now()
    policy.save(update_fields=["state", "approved_by", "approved_at"])
    forget()
    _tell("批准", policy, by)
    return policy


@transaction.atomic
def withdraw(policy_id: int, *, by: User) -> Policy:
    """作废草稿."""
    policy = Policy.objects.select_for_update().get(pk=policy_id)
    if policy.state != Policy.State.DRAFT:
        raise NotAllowed("只有草稿可以作废；已生效的政策请另拟新版本。", Code.STATE)
    policy.state = Policy.State.WITHDRAWN
    policy.save(update_fields=["state"])
    _tell("作废", policy, by)
    return policy


def _tell(verb: str, policy: Policy, by: User) -> None:
    label = rule_set(policy.key).label
    record(AuditEntry.Kind.POLICY, f"{verb}政策“{label}”第{policy.version}版。", by=by, object=f"policy {policy.pk}")
