"""Which versions of its figures an assessment counted by, and whether a figure has been defined anew since."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grid.assessing.basis import frozen_rules
from grid.models import Assessment
from grid.rules import figures_of
from wangcheng.common.figures.registry import get, known

NOT_RECORDED = "当时没有记录指标口径的版本，无法判断是否因口径改版所致"


@dataclass(frozen=True, slots=True)
class FigureUsed:
    """A figure of an assessment with the version it was counted by (None: not recorded) and today's (None: gone)."""

    name: str
    label: str
    then: int | None
    now: int | None

    @property
    def changed(self) -> bool:
        return self.then is not None and self.then != self.now

    @property
    def change(self) -> str:
        now = "停用" if self.now is None else f"改为第{self.now}版"
        return f"“{self.label}”指标口径已由第{self.then}版{now}"


def figures_used(assessment: Assessment) -> list[FigureUsed]:
    """In the order of the scheme."""
    return list(_used(assessment)) if assessment.rules else []


def _used(assessment: Assessment) -> Iterator[FigureUsed]:
    held = assessment.figures or {}
    for name in figures_of(frozen_rules(assessment)):
        figure = get(name) if known(name) else None
        yield FigureUsed(name, figure.label if figure else name, held.get(name), figure.version if figure else None)


def why_unequal(assessment: Assessment) -> str:
    """What explains that a recomputation comes to something else; empty where the versions are the same."""
    if assessment.figures is None:
        return NOT_RECORDED
    changes = [used.change for used in figures_used(assessment) if used.changed]
    return f"{'；'.join(changes)}。已保存的结果仍以当时的口径为准" if changes else ""
