"""A quarter of the small district to be assessed: work of the grids, policies, and the walk to the final result."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from grid.actions import assessments
from grid.models import Assessment, GridWork
from grid.rules import SCHEMES
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.models import Area, Policy
from wangcheng.common.policy.registry import rule_set

QUARTER = "2022Q4"
IN_QUARTER = date(2022, 11, 30)
AFTER_PUBLICITY = datetime(2023, 1, 11, 9, 0, tzinfo=clock.CHINA)
ITEMS = ("走访|60|grid_visit_rate", "事件办理|40|grid_event_rate")


def scheme(kind: str, **values: Any) -> Policy:
    """A version of a scheme in force in the quarter, with two indicators only."""
    key = SCHEMES[kind].policy_key
    rules = rule_set(key)
    wanted = rules.dump(rules.parse({**rules.defaults(), "items": ITEMS, "tie_breakers": (), **values}))
    version = Policy.objects.filter(key=key).count() + 1
    return Policy.objects.create(
        key=key, version=version, state="approved", values=wanted, valid_from=date(2022, 10, 1), approved_at=clock.now()
    )


def worked(
    grid: Area, visits: tuple[int, int] = (0, 0), events: tuple[int, int] = (0, 0), day: date = IN_QUARTER
) -> GridWork:
    """A line of the grid's ledger: (done, due) of visits and events."""
    above = [int(part) for part in grid.path.strip("/").split("/")]
    return GridWork.objects.create(
        area=grid, town_id=above[1], village_id=above[2], day=day, entered_at=clock.at(day, 17),
        visit_done=visits[0], visit_due=visits[1], event_done=events[0], event_due=events[1],
    )  # fmt: skip


def all_worked(world: World, share: int = 80) -> None:
    """Every level-3 grid did so many per cent of everything."""
    for grid in world.grids.values():
        if grid.level == Area.Level.ESTATE:
            worked(grid, (share, 100), (share, 100))


def draft(world: World, kind: str = "level3") -> Assessment:
    return assessments.compute(QUARTER, kind, by=world.assessor)


def at_centre(world: World, kind: str = "level3") -> Assessment:
    """Computed and sent through village and town."""
    found = draft(world, kind)
    for _ in range(3):
        found = assessments.review(found.pk, by=world.assessor)
    return found


def published(world: World, kind: str = "level3") -> Assessment:
    return assessments.publish(at_centre(world, kind).pk, by=world.assessor)


def final(world: World, kind: str = "level3") -> Assessment:
    found = published(world, kind)
    with clock.frozen(AFTER_PUBLICITY):
        return assessments.finalise(found.pk, by=world.assessor)


def grades(assessment: Assessment) -> dict[str, str]:
    """Grade by name of the grid."""
    return dict(assessment.scores.values_list("area__name", "grade"))


def score_of(assessment: Assessment, grid: Area) -> Decimal:
    return assessment.scores.get(area=grid).score
