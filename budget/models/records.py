"""制度文件 and 荣誉: what the report names beside figures; thin ledgers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class IssuedDocument(models.Model):
    """制度文件: a document issued in the year."""

    title = models.CharField("标题", max_length=200)
    number = models.CharField("文号", max_length=60, blank=True)
    issued_on = models.DateField("印发日期")
    issuer = models.CharField("发文单位", max_length=80, blank=True)

    class Meta:
        verbose_name = "制度文件"
        ordering: ClassVar = ["issued_on", "pk"]

    def __str__(self) -> str:
        return self.title


class Honour(models.Model):
    """荣誉与推介: an award, or a report in the media."""

    class Kind(models.TextChoices):
        AWARD = "award", "获评荣誉"
        MEDIA = "media", "媒体推介"

    kind = models.CharField("类别", max_length=6, choices=Kind)
    title = models.CharField("名称", max_length=200)
    giver = models.CharField("授予或刊发单位", max_length=120)
    day = models.DateField("日期")

    class Meta:
        verbose_name = "荣誉与推介"
        ordering: ClassVar = ["day", "pk"]

    def __str__(self) -> str:
        return self.title
