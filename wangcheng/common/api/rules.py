"""How long tokens live, as a dated policy."""

from __future__ import annotations

from dataclasses import dataclass

from wangcheng.common.policy.registry import rule, rules


@rules("common.tokens", "接口令牌")
@dataclass(frozen=True)
class TokenRules:
    """令牌期限: tokens got by user name and password, and the longest a back-office token may live."""

    login_hours: int = rule(12, "口令换取的令牌有效期", unit="小时", least=1, most=720)
    days: int = rule(365, "后台签发的令牌最长有效期", unit="天", least=1, most=1095)
