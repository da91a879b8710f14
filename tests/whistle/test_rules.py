"""The numbers of the whistles: pure arithmetic, and what a clerk may enter."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from tests.world import World
from wangcheng.common.models import Policy
from wangcheng.common.policy.registry import rule_set
from wangcheng.common.workdays.calendar import Limit
from whistle.rules import Collection, Limits, Share, metres_between


@given(st.integers(0, 20_000), st.integers(0, 20_000), st.decimals(0, 100, places=1))
def test_what_is_short_is_just_enough(collected: int, by_departments: int, least: Decimal) -> None:
    by_departments = min(by_departments, collected)
    short = Share(least).short(collected, by_departments)
    assert (by_departments + short) * 100 >= least * collected
    assert short == 0 or (by_departments + short - 1) * 100 < least * collected


@pytest.mark.parametrize(
    ("urgency", "kind", "limit"),
    [
        ("normal", "城市管理", Limit(8, "hours")),
        ("normal", "应急安全", Limit(1, "hours")),
        ("normal", "综合治理", Limit(4, "hours")),
        ("urgent", "城市管理", Limit(2, "hours", "natural")),
        ("urgent", "应急安全", Limit(1, "hours", "natural")),
        ("urgent", "综合治理", Limit(2, "hours", "natural")),
        ("critical", "应急安全", Limit(30, "minutes", "natural")),
    ],
)
def test_the_limit_to_arrive_follows_urgency_and_kind(urgency: str, kind: str, limit: Limit) -> None:
    assert Limits().arrive(urgency, kind) == limit


def test_a_kind_never_lengthens_the_limit() -> None:
    assert Limits(arrive_by_kind=("其他=9999",)).arrive("normal", "其他") == Limits().arrive("normal", "")


@pytest.mark.parametrize("line", ["应急安全", "应急安全=", "=30", "应急安全=很快", "应急安全=0", "应急安全=-5"])
def test_a_line_of_another_shape_is_refused_at_its_field(line: str) -> None:
    for key, field in (("whistle.limits", "arrive_by_kind"), ("whistle.collection", "by_town")):
        kind = rule_set(key)
        with pytest.raises(ValidationError) as problem:
            kind.parse(kind.defaults() | {field: [line]})
        assert [*problem.value.message_dict] == [field]


@pytest.mark.parametrize("change", [{"returns_most": -1}, {"dispose_days": 0}, {"sign_minutes": "一"}])
def test_a_limit_out_of_bounds_is_refused(change: dict[str, Any]) -> None:
    kind = rule_set("whistle.limits")
    with pytest.raises(ValidationError):
        kind.parse(kind.defaults() | change)


def test_a_town_may_have_a_target_of_its_own() -> None:
    rules = Collection(per_year=600, by_town=("茶亭镇＝450",))
    assert (rules.target("茶亭镇"), rules.target("高塘岭街道")) == (450, 600)


def test_the_share_names_its_document_and_the_limits_are_ours(world: World) -> None:
    sources = dict(Policy.objects.filter(key__startswith="whistle.").values_list("key", "source"))
    assert sources["whistle.share"] == "《关于做好“雷锋哨”信息采集工作的通知》"
    assert sources["whistle.limits"] == sources["whistle.collection"] == "默认值"


def test_distance_is_that_of_the_globe() -> None:
    here = (Decimal("112.82"), Decimal("28.35"))
    assert metres_between(*here, *here) == 0
    assert 11_100 < metres_between(*here, here[0], here[1] + Decimal("0.1")) < 11_140
