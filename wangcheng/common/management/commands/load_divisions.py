"""`manage.py load_divisions FILE.csv [--year YYYY] [--map FILE]`: towns and villages from the division codes."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from wangcheng.common.models import AreaSuccession
from wangcheng.common.territory.actions import load_edition
from wangcheng.common.territory.divisions import Ambiguous, BrokenDivisionFile, Fate, read_edition, read_map
from wangcheng.common.territory.loading import Outcome


class Command(BaseCommand):
    help = "载入统计用区划代码（csv，按列名读取）；再次载入较新年度时保留更名、变更代码、合并的沿革。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.csv", help="区划代码表")
        parser.add_argument("--year", type=int, help="年份，文件中没有year列时必填")
        parser.add_argument("--map", dest="given", metavar="FILE", help="对照表（csv，两列：old_code、new_code）")

    def handle(self, *args: Any, file: str, year: int | None, given: str | None, **options: Any) -> None:
        try:
            edition = read_edition(_bytes(file), year)
            outcome = load_edition(edition, read_map(_bytes(given)) if given else None)
        except (BrokenDivisionFile, Ambiguous) as problem:
            raise CommandError(str(problem)) from problem
        self._report(outcome)

    def _report(self, outcome: Outcome) -> None:
        labels = {Fate.SAME: "未变", **{Fate(kind.value): str(kind.label) for kind in AreaSuccession.Kind}}
        counts = "，".join(f"{label}{outcome.counts[fate]}个" for fate, label in labels.items() if outcome.counts[fate])
        self.stdout.write(f"{outcome.year}年区划代码已载入：{counts}；随之变更的网格{outcome.grids}个。")
        if outcome.cases:
            self.stdout.write(f"未办结的工单、哨单{outcome.cases}件转由承接单位办理。")
        for warning in outcome.warnings:
            self.stdout.write(f"注意：{warning}")


def _bytes(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as problem:
        raise CommandError(f"文件“{name}”无法读取：{problem.strerror}。") from problem
