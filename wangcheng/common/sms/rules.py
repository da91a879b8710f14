"""The numbers that rule text messages, dated, and the pure arithmetic on them: segments and quiet hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wangcheng.common import clock
from wangcheng.common.policy.registry import rule, rules

LEAST_QUOTED = 8  # characters of a title that are left, even if the text then needs a second segment


@rules("common.sms", "短信")
@dataclass(frozen=True)
class MessageRules:
    """短信规则: signature, counting of segments, quiet hours, and what happens when the carrier refuses."""

    signature: str = rule("【望城社治】", "签名")
    single: int = rule(70, "单条字数（含签名）", unit="字", least=1)
    part: int = rule(67, "长短信每条字数", unit="字", least=1)
    quiet_from: int = rule(21, "静默开始", unit="时", least=0, most=23)
    quiet_until: int = rule(8, "静默结束", unit="时", least=0, most=23)
    batch: int = rule(100, "同文短信每批号码数", unit="个", least=1, most=5000)
    attempts: int = rule(5, "最多提交次数", unit="次", least=1, most=20)
    pause: int = rule(60, "首次重试间隔（此后加倍）", unit="秒", least=1)
    lease: int = rule(10, "提交后多久无结果转待核实", unit="分钟", least=1)

    def segments(self, text: str) -> int:
        """How many messages the carrier charges for `text`, the signature counted in."""
        length = len(self.signature) + len(text)
        return 1 if length <= self.single else -(-length // self.part)

    def fitted(self, text: str, quoted: str) -> str:
        """`text` as one segment where this can be had by cutting the title that it quotes: “铜官街道中山村…”."""
        over = len(self.signature) + len(text) - self.single
        kept = max(len(quoted) - over - 1, LEAST_QUOTED)
        if over <= 0 or kept + 1 >= len(quoted):
            return text
        return text.replace(f"“{quoted}”", f"“{quoted[:kept].rstrip()}…”", 1)

    def earliest(self, moment: datetime) -> datetime:
        """The first moment not before `moment` that lies outside the quiet hours."""
        moment = clock.local(moment)
        if not self.is_quiet(moment):
            return moment
        day = moment.date()
        if moment.hour >= self.quiet_until:  # the quiet began this evening
            day += timedelta(days=1)
        return clock.at(day, self.quiet_until)

    def is_quiet(self, moment: datetime) -> bool:
        hour = moment.hour
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until

    def retry_at(self, moment: datetime, attempts: int) -> datetime:
        """When to try again after the `attempts`-th refusal."""
        return moment + timedelta(seconds=self.pause * 2 ** (attempts - 1))
