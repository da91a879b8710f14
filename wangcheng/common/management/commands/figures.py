"""`manage.py figures`: the registered figures of a period, whole or broken down, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from django.core.management import BaseCommand, CommandError

from wangcheng.common.figures.periods import Period
from wangcheng.common.figures.shown import shown_figures

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "计算指标：--period 2022、2022Q4、2022-12、2022-12-31 或 2022-10-01..2022-10-07。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--period", required=True, help="统计期")
        parser.add_argument("--by", default="", help="分组：town、department、village、grid、category 等")
        parser.add_argument("--name", action="append", help="指标名，可重复，默认全部")
        parser.add_argument("--json", action="store_true", help="只输出 JSON")

    def handle(self, *args: Any, period: str, by: str, name: list[str] | None, json: bool, **options: Any) -> None:
        try:
            found = shown_figures(name, Period.parse(period), by)
        except (ValueError, LookupError) as problem:
            raise CommandError(str(problem).strip("'")) from problem
        if json:
            self.stdout.write(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
            return
        for row in found:
            self.stdout.write(self._line(row))

    @staticmethod
    def _line(row: dict[str, Any]) -> str:
        group = f"{row['by_name']}  " if row["by_name"] else ""
        parts = f"（{row['numerator']}÷{row['denominator']}）" if row["denominator"] is not None else ""
        return f"{group}{row['label']}（{row['name']}）：{row['printed']}{row['unit']}{parts}"
