"""What the REST API keeps: bearer tokens, and the replies given to POSTs that carried an Idempotency-Key."""

from typing import ClassVar

from django.db import models


class ApiToken(models.Model):
    """接口令牌: stored as a hash, bound to a post, with scope and expiry.

    One granted by the admin has no secret, and opens nothing, until its holder has collected it.
    """

    GOT_BY_PASSWORD = "口令换取"  # the name of a token for user name and password; it dies with the password

    name = models.CharField("用途", max_length=80)
    post = models.ForeignKey("common.Post", models.CASCADE, related_name="tokens", verbose_name="岗位")
    digest = models.CharField(max_length=64, unique=True, null=True)  # SHA-256 of the token; null: not collected yet
    hint = models.CharField("尾号", max_length=6, blank=True)
    scope = models.CharField("范围", max_length=10, choices=[("read", "只读"), ("write", "读写")], default="write")
    created_at = models.DateTimeField("签发时间")  # machine time, like the two below
    expires_at = models.DateTimeField("到期时间")
    last_used_at = models.DateTimeField("最近使用", null=True, blank=True)
    revoked_at = models.DateTimeField("吊销时间", null=True, blank=True)

    class Meta:
        verbose_name = "接口令牌"
        ordering: ClassVar = ["-pk"]


class IdempotentReply(models.Model):
    """The reply to a POST with an Idempotency-Key: given again to the same key, user, post, address and body."""

    user = models.ForeignKey("common.User", models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    path = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of post and body
    status = models.PositiveSmallIntegerField(null=True)  # null while the first one is still at work
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "幂等应答"
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]
