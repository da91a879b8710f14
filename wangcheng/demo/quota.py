"""Shares that come out exactly: running quotas, so that a year made month by month ends on its totals."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


class Share:
    """A rate to be met: asked chunk by chunk how many of those counted must fail, so that the whole prints as `per_cent`."""

    def __init__(self, per_cent: Decimal) -> None:
        self.per_cent = per_cent
        self.counted = self.failed = 0

    def failing(self, more: int) -> int:
        """How many of the next `more` must fail."""
        self.counted += more
        passing = (self.counted * self.per_cent / 100).to_integral_value(ROUND_HALF_UP)
        wanted = self.counted - int(passing) - self.failed
        self.failed += wanted
        return wanted


class Total:
    """A count to be met over the year: each chunk gets its part, the last one what is left."""

    def __init__(self, total: int, of: int) -> None:
        self.total, self.of = total, of
        self.seen = self.given = 0

    def next(self, more: int) -> int:
        """The part of a chunk of `more` rows."""
        self.seen += more
        part = self.total * self.seen // self.of - self.given
        self.given += part
        return part
