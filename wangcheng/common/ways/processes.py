"""The manual of processes: each app registers its table of steps, and the page shows it as it is run.

processes.register(Process("工单", TABLE, dict(Ticket.State.choices)))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wangcheng.common.people.roles import GRANTS, Role
from wangcheng.common.workflow import Step


@dataclass(frozen=True, slots=True)
class Process:
    """One process table with the words for its states, in the order they are usually passed."""

    name: str
    table: Sequence[Step]
    states: Mapping[str, str]


_processes: list[Process] = []


def register(*processes: Process) -> None:
    """Add processes; called from AppConfig.ready()."""
    _processes.extend(process for process in processes if process not in _processes)


def all_processes() -> list[Process]:
    return list(_processes)


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step as the manual says it."""

    label: str
    sources: str
    target: str
    roles: str
    holder: str
    clock: str
    basis: str


def lines(process: Process) -> list[StepLine]:
    return [_line(step, process.states) for step in process.table]


def _line(step: Step, states: Mapping[str, str]) -> StepLine:
    roles = [role.label for role in Role if step.permission in GRANTS[role]]
    if step.by_clock:
        roles.append("系统自动")
    return StepLine(
        step.label,
        _names(step.sources, states) or "新建",
        _names(step.lands_in(), states) if step.lands_in() != step.sources else "不变",
        "、".join(roles),
        _by_state(step, states, 0),
        _by_state(step, states, 1),
        step.basis,
    )


def _by_state(step: Step, states: Mapping[str, str], which: int) -> str:
    """Holder (0) or clock (1): one word, or one for each state in which the step may end, as “办理中：承办单位”."""
    found: dict[str, list[str]] = {}
    for key in states:
        if key in step.lands_in():
            found.setdefault(step.leaves(key)[which].value, []).append(states[key])
    if len(found) < 2:
        return next(iter(found), (step.holder, step.clock)[which].value)
    return "；".join(f"{'、'.join(labels)}：{word}" for word, labels in found.items())


def _names(keys: frozenset[str], states: Mapping[str, str]) -> str:
    """States in the order of the process; all of them in one word."""
    if keys >= set(states):
        return "任何状态"
    return "、".join(label for key, label in states.items() if key in keys)
