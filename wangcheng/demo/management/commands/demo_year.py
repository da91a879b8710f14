"""`manage.py demo_year 2022 [--scale N] [--seed K]`: the demonstration year, invented row by row."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from wangcheng.demo.bar import Bar
from wangcheng.demo.load import NotEmpty, Wanted, load_year

YEAR = 2022


class Command(BaseCommand):
    help = "载入演示年度：逐条虚构的工单、哨单、网格和资金数据，各项合计与已公开的年度报告一致。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("year", type=int, metavar="2022", help="演示年度")
        parser.add_argument("--scale", type=int, default=1, metavar="N", help="工单、哨单、短信的倍数")
        parser.add_argument("--seed", type=int, default=YEAR, metavar="K", help="随机种子：不同种子行不同、合计相同")

    def handle(self, *args: Any, year: int, scale: int, seed: int, **options: Any) -> None:
        if not settings.DEMO:  # its accounts have a published password
            raise CommandError("演示年度只能在演示模式（DEMO=1）下载入。")
        if year != YEAR:
            raise CommandError("只有2022年度的公开数据可供演示。")
        if scale < 1:
            raise CommandError("倍数应为不小于1的整数。")
        wanted = Wanted(seed, scale)
        bar = Bar(self.stdout, wanted.parts)
        try:
            load_year(wanted, bar.say if options["verbosity"] else lambda part, done: None)
        except NotEmpty as problem:
            raise CommandError(str(problem)) from problem
        bar.end_part()
        self.stdout.write(f"演示年度已载入，用时{bar.seconds:.0f}秒。所有数据均为虚构。")
