"""`manage.py assess --quarter 2022Q4 [--json]`: one draft, or on a settled quarter a recomputation that writes nothing."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from itertools import groupby
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError

from grid.actions.assessments import compute, recompute
from grid.assessing import parse_quarter, why_unequal
from grid.models import Assessment
from wangcheng.common.models import Area
from wangcheng.common.workflow import NotAllowed

NAMES = {"level3": "level3", "level4": "level4", "zero": "zero_complaint"}


class Command(BaseCommand):
    help = "季度考核：未定稿的测算一版草稿；已下发、公示或定稿的按当时的规则复算核对，不写入任何数据。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quarter", required=True, help="季度，如2022Q4")
        parser.add_argument("--json", action="store_true", help="只输出JSON，含零投诉村（社区）的代码")

    def handle(self, *args: Any, quarter: str, json: bool, **options: Any) -> None:
        try:
            parse_quarter(quarter)
            results = {name: _assess(quarter, kind) for kind, name in NAMES.items()}
        except (NotAllowed, ValueError, LookupError) as problem:
            raise CommandError(str(problem)) from problem
        if json:
            self.stdout.write(orjson.dumps({"quarter": quarter, **results}).decode())
        else:
            self._say(quarter, results)

    def _say(self, quarter: str, results: dict[str, dict[str, Any]]) -> None:
        for kind, label in Assessment.Kind.choices:
            result = results[NAMES[kind]]
            state = Assessment.State(result["state"]).label
            assessed = date.fromisoformat(result["as_of"])
            self.stdout.write(f"{quarter} {label}（{state}，截至{result['as_of']}）：{_words(kind, result)}")
            if "equal" in result:
                self.stdout.write(f"  复算结果与已保存的结果{_compared(result)}")
            for line in _by_town(result.get("codes", []), assessed):
                self.stdout.write(f"  {line}")
            if result.get("suspicious"):
                self.stdout.write(f"  注意：{result['suspicious']}")


def _assess(quarter: str, kind: str) -> dict[str, Any]:
    held = Assessment.objects.latest_edition(quarter).filter(kind=kind).exclude(state__in=["", "draft"]).first()
    if held is None:
        draft = compute(quarter, kind, by=None)
        return _shown(draft, draft.result, _awarded(draft))
    again = recompute(held)
    equal = again.fingerprint == held.fingerprint
    won = [row["area_id"] for row in again.rows if row.get("awarded")]
    shown = _shown(held, dict(again.totals), won) | {"equal": equal}
    return shown if equal else shown | {"reason": why_unequal(held)}


def _awarded(draft: Assessment) -> list[int]:
    return list(draft.villages.filter(awarded=True).values_list("area", flat=True))


def _shown(assessment: Assessment, totals: dict[str, Any], won: list[int]) -> dict[str, Any]:
    about: dict[str, Any] = {"state": assessment.state, "edition": assessment.edition, "as_of": str(assessment.last)}
    if assessment.is_zero:
        about["codes"] = sorted(Area.objects.filter(pk__in=won).values_list("code", flat=True))
    return {**totals, **about, "figures": assessment.figures}


def _by_town(codes: list[str], day: date) -> list[str]:
    """A line per town with villages without complaints: how many, and which."""
    found = Area.objects.in_force(day).filter(code__in=codes, level=Area.Level.VILLAGE).select_related("parent")
    towns = groupby(found.order_by("parent__code", "code"), lambda village: str(village.parent))
    names = {town: [str(village) for village in villages] for town, villages in towns}
    return [f"{town}{len(held)}个：{'、'.join(held)}" for town, held in names.items()]


def _compared(result: dict[str, Any]) -> str:
    if result["equal"]:
        return "一致。"
    return f"不一致：{result['reason']}。" if result["reason"] else "不一致！"


def _words(kind: str, result: dict[str, Any]) -> str:
    if kind == Assessment.Kind.ZERO:
        return (
            f"村（社区）{result['villages']}个，零投诉城市社区{result['urban']}个、其他{result['other']}个，"
            f"奖励{result['amount_yuan']}元。"
        )
    return f"网格{result['grids']}个，优秀{result['excellent']}个、合格{result['qualified']}个、基本合格{result['basic']}个。"
