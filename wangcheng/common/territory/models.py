"""Territory: the one dated tree of district, towns, villages and grids.  Changed only by territory.actions."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from wangcheng.common.territory.divisions import proposed_urban
from wangcheng.common.territory.names import full_name
from wangcheng.common.territory.querysets import AreaQuerySet


class Area(models.Model):
    """辖区: a node of the four-level grid tree below the district.

    `code` is the 12-digit division code (towns, villages), plus 3 digits for level 3 and 3 more for level 4 grids; it may
    be given anew when a unit is re-coded, so the key of history is the row, and AreaSuccession says what became of it.
    """

    class Level(models.IntegerChoices):
        DISTRICT = 0, "区"
        TOWN = 1, "街镇（一级网格）"
        VILLAGE = 2, "村（社区）（二级网格）"
        ESTATE = 3, "小区/片（三级网格）"
        BUILDING = 4, "楼栋/村居民组（四级网格）"
        HOUSEHOLD = 5, "户（五级）"

    class Kind(models.TextChoices):
        DISTRICT = "district", "区"
        SUBDISTRICT = "subdistrict", "街道"
        TOWN = "town", "镇"
        COMMUNITY = "community", "社区"
        VILLAGE = "village", "村"
        ESTATE = "estate", "小区"
        PATCH = "patch", "片"
        BUILDING = "building", "楼栋"
        GROUP = "group", "村居民组"

    level = models.PositiveSmallIntegerField("层级", choices=Level)
    kind = models.CharField("类型", max_length=12, choices=Kind)
    code = models.CharField("代码", max_length=24)
    name = models.CharField("名称", max_length=60)
    short_name = models.CharField("简称", max_length=30)  # without 居委会/村委会, as people say it
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    path = models.CharField("路径", max_length=80, editable=False)  # "/1/5/23/": ids from the root
    urban_rural_code = models.CharField("城乡分类代码", max_length=3, blank=True)
    party_organisation = models.CharField("党组织", max_length=60, blank=True)
    households = models.PositiveIntegerField("户数", null=True, blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=8, decimal_places=6, null=True, blank=True)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)
    source = models.CharField("来源", max_length=80, blank=True)

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = "辖区"
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], condition=Q(valid_to=None), name="area_code_in_force"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["path"], name="area_path", opclasses=["text_pattern_ops"]),
            models.Index(fields=["level", "code"], name="area_level"),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    @property
    def full_name(self) -> str:
        """For detail pages and documents; a village goes by its committee."""
        return full_name(self.name) if self.level == self.Level.VILLAGE else self.name

    @property
    def proposes_urban(self) -> bool | None:
        """What class and kind propose for 城市社区; None where there is no class."""
        return proposed_urban(self.kind == self.Kind.COMMUNITY, self.urban_rural_code)


class AreaSuccession(models.Model):
    """沿革: what became of an area on a day: renamed, re-coded, merged, split, newly set up or dissolved."""

    class Kind(models.TextChoices):
        RENAME = "rename", "更名"
        RECODE = "recode", "代码变更"
        MERGE = "merge", "合并"
        SPLIT = "split", "拆分"
        NEW = "new", "新设"
        END = "end", "撤销"

    kind = models.CharField("类型", max_length=8, choices=Kind)
    before = models.ForeignKey(Area, models.PROTECT, null=True, related_name="successions", verbose_name="原辖区")
    after = models.ForeignKey(Area, models.PROTECT, null=True, related_name="origins", verbose_name="现辖区")
    day = models.DateField("日期")
    source = models.CharField("依据", max_length=120, blank=True)

    class Meta:
        verbose_name = "辖区沿革"
        ordering: ClassVar = ["day", "pk"]


class UrbanStatus(models.Model):
    """城市社区认定: dated master data that a person confirms; it decides the amount of the zero-complaint reward."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="urban_statuses", verbose_name="村（社区）")
    is_urban = models.BooleanField("城市社区")
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)
    confirmed_by = models.ForeignKey("common.User", models.PROTECT, null=True, blank=True, verbose_name="确认人")
    source = models.CharField("依据", max_length=120)

    class Meta:
        verbose_name = "城市社区认定"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area"], condition=Q(valid_to=None), name="urban_status_in_force"),
        ]
