"""The figures of the report by name, each with what it was computed from (figures.json)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wangcheng.common.figures.compute import Value, compute, half_up
from wangcheng.common.figures.periods import Period
from wangcheng.common.figures.registry import Unit

NAMES = (
    "staff_total", "tickets_received", "whistles_collected", "basic_personnel", "tickets_finished", "whistles_filed",
    "basic_public", "satisfaction_rate", "whistles_closed", "basic_subsidies", "timely_contact_rate", "whistle_close_rate",
    "three_public", "resolution_rate", "hard_whistle_batches", "special_budget", "pushed", "hard_whistles",
    "fund_hotline_grid_budget", "push_contacted", "hard_whistles_solved", "fund_hotline_grid_used", "push_response_rate",
    "excellent_level3_per_quarter", "fund_hotline_grid_rate", "reminder_messages", "excellent_level4_per_quarter",
    "fund_daily_budget", "trainees", "reward_urban_per_quarter_yuan", "fund_daily_used", "video_points",
    "reward_other_per_quarter_yuan", "fund_daily_rate", "estate_video", "model_communities", "fund_maintenance_budget",
    "fund_maintenance_used", "fund_maintenance_rate", "contract_paid_share",
)  # fmt: skip
ALSO = (  # that the text may say beside those that other programs read
    "staff_established", "staff_government", "staff_sergeant", "staff_seconded", "staff_hired", "zero_complaint_urban",
    "zero_complaint_other", "estates", "department_share", "whistles_by_department", "closing_rate", "on_time_rate",
    "timely_sign_rate", "first_dispatch_rate", "return_rate", "repeat_rate", "whistle_file_rate",
    "whistle_satisfaction_rate", "hard_whistle_solve_rate", "special_used",
)  # fmt: skip


def figures_of(year: int, names: tuple[str, ...] = NAMES) -> dict[str, dict[str, Any]]:
    """Name → {"printed", "value", "numerator", "denominator", "as_of"} for the whole year, in the order of `names`.

    A rate is per cent with 6 places; counts are integers; amounts decimal text in 万元 (a reward in 元).
    """
    period = Period.parse(str(year))
    return {value.figure.name: _entry(value, period) for value in compute(names, period)}


def _entry(value: Value, period: Period) -> dict[str, Any]:
    found: dict[str, Any] = {"printed": value.printed, **_parts(value)}
    return {**found, "as_of": f"{period.as_of:%Y-%m-%d}"}


def _parts(value: Value) -> dict[str, Any]:
    figure = value.figure
    if figure.is_rate:
        exact = None if value.value is None else str(value.value)
        return {"value": exact, "numerator": _plain(value.numerator), "denominator": _plain(value.denominator)}
    if figure.unit in (Unit.WAN_YUAN, Unit.YUAN):
        amount = half_up(value.value or Decimal(0), 6).normalize()
        return {"value": f"{amount:f}", "numerator": None, "denominator": None}
    return {"value": int(value.value or 0), "numerator": None, "denominator": None}


def _plain(part: Decimal | int | None) -> int | str | None:
    """Counts as integers, money as text."""
    return part if part is None or isinstance(part, int) else f"{half_up(part, 2)}"
