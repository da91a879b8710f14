"""The audit log: log-ins, reading of sensitive data, exports, changes of rights.

Entries are written only by audit.actions, seals by audit.seals.

Entries are inserted plain; once a minute one sealer hashes those not yet sealed into a Merkle root chained to the seal
before.  The database refuses UPDATE and DELETE on both tables; `verify_audit` finds what was changed all the same.
"""

from typing import ClassVar

from django.db import models


class AuditEntry(models.Model):
    """审计记录: who did what to which object, from where."""

    class Kind(models.TextChoices):
        LOGIN = "login", "登录"
        LOGIN_FAILED = "login_failed", "登录失败"
        LOGOUT = "logout", "退出"
        REVEAL = "reveal", "查看敏感信息"
        EXPORT = "export", "导出"
        RIGHTS = "rights", "权限变更"
        POLICY = "policy", "规则变更"
        DATA = "data", "数据变更"
        TOKEN = "token", "令牌"

    kind = models.CharField("类别", max_length=14, choices=Kind)
    at = models.DateTimeField("时间", db_index=True)
    actor = models.ForeignKey("common.User", models.PROTECT, null=True, related_name="+", verbose_name="人员")
    actor_name = models.CharField("姓名", max_length=40, blank=True)
    organisation = models.CharField("单位", max_length=60, blank=True)
    address = models.GenericIPAddressField("地址", null=True)
    object = models.CharField("对象", max_length=120, blank=True)  # "ticket WC20220105-00012"
    summary = models.CharField("摘要", max_length=300)
    data = models.JSONField("详情", default=dict)

    class Meta:
        verbose_name = "审计记录"
        ordering: ClassVar = ["-pk"]
        # what was done with one thing, newest first: the history on its page
        indexes: ClassVar = [models.Index(fields=["object", "-id"], name="audit_object")]


class AuditSeal(models.Model):
    """封存: entries first…last and their Merkle root, chained."""

    first = models.BigIntegerField("起")
    last = models.BigIntegerField("止")
    count = models.PositiveIntegerField("条数")
    root = models.CharField("根", max_length=64)
    previous = models.CharField("前一封存", max_length=64)
    digest = models.CharField("校验值", max_length=64)
    at = models.DateTimeField("封存时间")

    class Meta:
        verbose_name = "审计封存"
        ordering: ClassVar = ["pk"]
