"""What follows a town or village when the tree changes: its organisation, and whether it counts as 城市社区.

Called only by territory.loading.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from wangcheng.common.casework import handing
from wangcheng.common.models import Area, Organisation, Post, UrbanStatus
from wangcheng.common.people.actions import transfer_grid_posts
from wangcheng.common.territory.divisions import DISTRICT, TOWN, VILLAGE, BrokenDivisionFile, Division
from wangcheng.common.territory.heirs import heirs_of
from wangcheng.common.territory.names import short_name

KINDS = {DISTRICT: Organisation.Kind.CENTRE, TOWN: Organisation.Kind.TOWN, VILLAGE: Organisation.Kind.VILLAGE}


class Followers:
    """Organisations and urban statuses of the areas of one loading."""

    def __init__(self, day: date, source: str, warnings: list[str]) -> None:
        self.day, self.source, self.warnings = day, source, warnings
        self.ended: list[Organisation] = []
        self.below_others: dict[int, list[int]] = {}  # key of a unit that changed its town → the new one

    def begin(self, area: Area, division: Division) -> None:
        self._open_organisation(area)
        if area.level == VILLAGE:
            self._propose(area, division)

    def carry_on(self, before: Area, after: Area, division: Division) -> None:
        self._follow(before, after)
        if after.level == VILLAGE:
            self._propose(after, division, before)

    def end(self, area: Area) -> None:
        for unit in Organisation.objects.filter(area=area, valid_to=None):
            unit.valid_to = self.day
            unit.save(update_fields=["valid_to"])
            self.ended.append(unit)
        UrbanStatus.objects.filter(area=area, valid_to=None).update(valid_to=self.day)

    def hand_over(self) -> int:
        """Once the whole tree stands: grid officers and what is open go to who takes over.  How many cases went."""
        heirs = heirs_of(self.ended)
        for unit in self.ended:
            self._refuse_orphans(unit, heirs)
            posts = Post.objects.filter(organisation=unit, valid_to=None)
            if unit.pk in heirs:
                transfer_grid_posts(unit, heirs[unit.pk])
            if left := posts.count():
                self.warnings.append(f"机构“{unit.name}”停用，尚有{left}个岗位任职，请办理移交。")
        handing.show(self.below_others)
        return handing.hand_over(heirs)

    def _refuse_orphans(self, unit: Organisation, heirs: Mapping[int, Organisation]) -> None:
        if unit.pk not in heirs and (left := handing.open_with([unit.pk])):
            raise BrokenDivisionFile(
                f"“{unit.name}”撤销后没有承接单位，尚有{left}件未办结的事项，请在对照表中指明它并入哪个单位。"
            )

    # Organisations

    def _open_organisation(self, area: Area) -> None:
        centre = Organisation.objects.filter(kind=Organisation.Kind.CENTRE, valid_to=None).first()
        if area.level == DISTRICT and centre is not None:
            if centre.area_id is None:
                centre.area = area
                centre.save(update_fields=["area"])
            return
        name = f"{area.short_name}社会治理服务中心" if area.level == DISTRICT else area.name
        unit = Organisation.objects.create(
            code=area.code,
            name=name,
            short_name=name if area.level == DISTRICT else area.short_name,
            kind=KINDS[area.level],
            parent=self._above(area),
            area=area,
            valid_from=self.day,
        )
        self._place(unit)

    def _above(self, area: Area) -> Organisation | None:
        """The unit of the area above; above a town the centre, also where it was founded without an area."""
        if area.parent_id is None:
            return None
        in_force = Organisation.objects.filter(valid_to=None).order_by("pk")
        found = in_force.filter(area=area.parent_id).first()
        return found or (in_force.filter(kind=Organisation.Kind.CENTRE).first() if area.level == TOWN else None)

    def _place(self, unit: Organisation) -> None:
        unit.path = f"{unit.parent.path if unit.parent else '/'}{unit.pk}/"
        unit.save(update_fields=["path"])

    def _follow(self, before: Area, after: Area) -> None:
        """The same body under its new name and code: its people, open work and sight stay with it."""
        for unit in Organisation.objects.filter(area=before, valid_to=None):
            unit.area = after
            if unit.kind != Organisation.Kind.CENTRE:
                unit.code, unit.name, unit.short_name = after.code, after.name, short_name(after.name)
                self._move_below(unit, self._above(after))
            unit.save()
            self._place(unit)

    def _move_below(self, unit: Organisation, parent: Organisation | None) -> None:
        if parent is not None and unit.parent_id != parent.pk and parent.kind == Organisation.Kind.TOWN:
            self.below_others[unit.pk] = [parent.pk]
        unit.parent = parent

    # 城市社区

    def _propose(self, area: Area, division: Division, before: Area | None = None) -> None:
        """Propose 社区 and class 111; what a person has confirmed is only questioned, never overruled."""
        held = UrbanStatus.objects.filter(area=before or area, valid_to=None).first()
        wanted = division.proposes_urban
        if wanted is None and held is None:
            self.warnings.append(f"“{area.name}”没有城乡分类代码，是否城市社区请人工认定。")
            return
        if held and held.confirmed_by_id and wanted is not None and wanted != held.is_urban:
            self.warnings.append(f"“{area.name}”的城乡分类与已确认的城市社区认定不一致，请核实。")
        keep = held is not None and (held.confirmed_by_id is not None or wanted is None)
        is_urban = held.is_urban if held is not None and keep else bool(wanted)
        if held is None or held.area_id != area.pk or held.is_urban != is_urban:
            self._write_status(area, held, is_urban, keep)

    def _write_status(self, area: Area, held: UrbanStatus | None, is_urban: bool, keep: bool) -> None:
        if held is not None:
            held.valid_to = self.day
            held.save(update_fields=["valid_to"])
        UrbanStatus.objects.create(
            area=area,
            is_urban=is_urban,
            valid_from=self.day,
            confirmed_by=held.confirmed_by if held and keep else None,
            source=held.source if held and keep else f"默认值：社区且城乡分类代码为111（{self.source}）",
        )
