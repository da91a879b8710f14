"""Thin ledgers that feed the report: staff, estates, video points, model communities; dated, so a past year stays."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from grid.querysets import DatedQuerySet

GB28181 = RegexValidator(r"^\d{20}$", "设备编码应为20位数字（GB/T 28181）。")


class Dated(models.Model):
    """A row that holds from `valid_from` until the day before `valid_to`.

    When each of the two was written down stands beside it, so that what is entered backdated counts from then on only;
    empty where it was not kept: then it counts from the day itself.
    """

    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)
    recorded_on = models.DateField("登记日期", null=True, blank=True, editable=False)
    end_recorded_on = models.DateField("停用登记日期", null=True, blank=True, editable=False)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True


class StaffMember(Dated):
    """中心人员: one person on the centre's establishment, by kind of employment."""

    class Kind(models.TextChoices):
        ESTABLISHED = "established", "在编"
        GOVERNMENT = "government", "政府雇员"
        SERGEANT = "sergeant", "合同制士官"
        SECONDED = "seconded", "国资派驻"
        HIRED = "hired", "聘用"

    name = models.CharField("姓名", max_length=40)
    kind = models.CharField("类别", max_length=12, choices=Kind)
    position = models.CharField("岗位", max_length=40, blank=True)

    class Meta:
        verbose_name = "中心人员"
        ordering: ClassVar = ["kind", "pk"]

    def __str__(self) -> str:
        return self.name


class Estate(Dated):
    """智慧社区: a housing estate being fitted out, and how far the works are."""

    class Works(models.TextChoices):
        PLANNED = "planned", "计划"
        CABLING = "cabling", "布线"
        INSTALLING = "installing", "安装"
        TESTING = "testing", "调试"
        CONNECTING = "connecting", "接入"
        ONLINE = "online", "在线"

    name = models.CharField("楼盘", max_length=60)
    area = models.ForeignKey("common.Area", models.PROTECT, related_name="+", verbose_name="所在辖区")
    works = models.CharField("建设状态", max_length=12, choices=Works, default=Works.PLANNED)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "智慧社区楼盘"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name"], condition=Q(valid_to=None), name="estate_in_force"),
        ]

    def __str__(self) -> str:
        return self.name


class VideoPoint(Dated):
    """视频点位: a camera known to the video cloud; inside an estate or on public ground."""

    device_id = models.CharField("设备编码", max_length=20, validators=[GB28181])
    name = models.CharField("名称", max_length=80)
    estate = models.ForeignKey(
        Estate, models.PROTECT, null=True, blank=True, related_name="video_points", verbose_name="楼盘"
    )
    area = models.ForeignKey(
        "common.Area", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="街镇"
    )
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=8, decimal_places=6, null=True, blank=True)

    class Meta:
        verbose_name = "视频点位"
        ordering: ClassVar = ["device_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["device_id"], condition=Q(valid_to=None), name="video_point_in_force"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["estate", "device_id"], name="video_point_estate"),
            models.Index(fields=["area", "device_id"], name="video_point_area"),
            models.Index(fields=["device_id"], name="video_point_device"),
        ]

    def __str__(self) -> str:
        return self.name


class ModelCommunity(Dated):
    """示范社区: a community where the model is being built up, with plan and acceptance."""

    village = models.ForeignKey("common.Area", models.PROTECT, related_name="+", verbose_name="社区")
    document = models.CharField("依据", max_length=120, blank=True)
    goals = models.TextField("创建任务", blank=True)
    accepted_on = models.DateField("验收日期", null=True, blank=True)

    class Meta:
        verbose_name = "示范社区"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["village"], condition=Q(valid_to=None), name="model_community_in_force"),
        ]

    def __str__(self) -> str:
        return str(self.village)
