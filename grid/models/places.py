"""The place dictionary: what people call a place, and the area it lies in.  Changed only by grid.actions.places."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Place(models.Model):
    """地名: an estate, road, school … inside one area; its area is read as of the day it is asked for."""

    class Kind(models.TextChoices):
        ESTATE = "estate", "小区楼盘"
        ROAD = "road", "道路"
        SCHOOL = "school", "学校"
        HOSPITAL = "hospital", "医院"
        MARKET = "market", "市场商场"
        STATION = "station", "车站"
        PARK = "park", "公园广场"
        FACTORY = "factory", "企业园区"
        OTHER = "other", "其他"

    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类别", max_length=10, choices=Kind)
    area = models.ForeignKey("common.Area", models.PROTECT, related_name="places", verbose_name="所在辖区")
    address = models.CharField("地址", max_length=120, blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=8, decimal_places=6, null=True, blank=True)
    source = models.CharField("来源", max_length=80, blank=True)
    changed_at = models.DateTimeField("更新时间")  # machine time: tells every process that its names are stale

    class Meta:
        verbose_name = "地名"
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["name", "area"], name="place_once")]
        indexes: ClassVar = [models.Index(fields=["changed_at"], name="place_changed")]

    def __str__(self) -> str:
        return self.name


class PlaceAlias(models.Model):
    """别名: another name of the place: a phase, an old name, how callers say it."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="aliases", verbose_name="地名")
    name = models.CharField("别名", max_length=60)

    class Meta:
        verbose_name = "地名别名"
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["place", "name"], name="place_alias_once")]

    def __str__(self) -> str:
        return self.name
