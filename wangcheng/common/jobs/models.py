"""Long work a person waits for: imports, assessments, exports, reports.

Changed only here in jobs: started and cancelled by actions, taken up and ended by running, counted by progress, and
emptied of what was made by keeping.
"""

from typing import ClassVar

from django.db import models

from wangcheng.common.jobs.querysets import JobQuerySet


class Job(models.Model):
    """任务进度: one piece of long work; the row is the truth, the broker only wakes a worker to look at it."""

    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "失败"
        CANCELLED = "cancelled", "已取消"

    OPEN = frozenset({State.QUEUED, State.RUNNING})

    kind = models.CharField("类别", max_length=40)  # the registered function that does it
    label = models.CharField("名称", max_length=120)
    state = models.CharField("状态", max_length=10, choices=State, default=State.QUEUED)
    arguments = models.JSONField("参数", default=dict)
    input = models.FileField("输入文件", upload_to="jobs/%Y/%m/", blank=True)
    output = models.FileField("结果文件", upload_to="jobs/%Y/%m/", blank=True)
    rejects = models.FileField("错误行文件", upload_to="jobs/%Y/%m/", blank=True)
    done = models.PositiveIntegerField("已完成", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    result = models.JSONField("结果", default=dict)
    error = models.TextField("失败原因", blank=True)
    cancel_requested = models.BooleanField("请求取消", default=False)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    requested_by = models.ForeignKey("common.User", models.PROTECT, null=True, related_name="+", verbose_name="发起人")
    created_at = models.DateTimeField("创建时间")
    heartbeat_at = models.DateTimeField("心跳", null=True, blank=True)  # machine time; stale means the worker died
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "任务"
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            # the few that are not finished: the clock looks for them every half minute
            models.Index(fields=["id"], name="job_open", condition=models.Q(state__in=("queued", "running"))),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def percent(self) -> int:
        """How far it is, 0–100; 0 while the total is not known."""
        return min(100, self.done * 100 // self.total) if self.total else 0
