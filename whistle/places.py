"""Where a whistle is and who answers for it there: looked up once, when it is reported."""

from __future__ import annotations

from datetime import date

from wangcheng.common.models import Area, Organisation
from wangcheng.common.workflow import Code, NotAllowed

_COLUMNS = ("", "town_id", "village_id", "grid_id", "building_id")  # by level, which is the place in the path


def where(area: Area, day: date) -> dict[str, int | None]:
    """The whistle's columns for a grid or village: its branch of the tree and the units of village and town.

    RULE for an area above the village: somebody has to filter the whistle.
    """
    if area.level < Area.Level.VILLAGE:
        raise NotAllowed("请选择到村（社区）或网格。", Code.RULE, "area")
    branch = [int(pk) for pk in area.path.strip("/").split("/")]
    columns: dict[str, int | None] = dict.fromkeys(_COLUMNS[1:])
    columns |= dict(zip(_COLUMNS[1:], branch[1:], strict=False))
    units = _units(columns, day)
    return columns | {"village_unit_id": units.get("village"), "town_unit_id": units.get("town")}


def _units(columns: dict[str, int | None], day: date) -> dict[str, int]:
    answering = Organisation.objects.in_force(day).filter(
        area_id__in=[columns["village_id"], columns["town_id"]], kind__in=("village", "town")
    )
    units = dict(answering.values_list("kind", "pk"))
    if units.keys() != {"village", "town"}:
        raise NotAllowed("该村（社区）没有对应的机构，无法初核，请联系系统管理员。", Code.RULE, "area")
    return units


def sight_ids(unit: Organisation) -> list[int]:
    """Who may see a whistle sent to the unit: it and those above it, below the centre, which is the root and sees all."""
    return [int(pk) for pk in unit.path.strip("/").split("/")[1:]]
