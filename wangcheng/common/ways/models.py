"""What people keep for themselves: the filters of a list they come back to."""

from typing import ClassVar

from django.db import models


class SavedFilter(models.Model):
    """常用筛选: the parameters of a list under a name of one's own."""

    user = models.ForeignKey("common.User", models.CASCADE, related_name="saved_filters", verbose_name="人员")
    page = models.CharField("列表", max_length=40)
    name = models.CharField("名称", max_length=20)
    query = models.CharField("条件", max_length=1000)

    class Meta:
        verbose_name = "常用筛选"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "page", "name"], name="saved_filter_name")]

    def __str__(self) -> str:
        return self.name
