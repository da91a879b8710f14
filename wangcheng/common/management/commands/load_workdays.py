"""`manage.py load_workdays FILE.json…`: State Council holidays and make-up days, files in the holiday-cn layout."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from wangcheng.common.workdays.actions import load_year
from wangcheng.common.workdays.holidays import BrokenHolidayFile, HolidayYear, load_holidays


class Command(BaseCommand):
    help = "录入国务院放假安排（holiday-cn格式的JSON文件，可一次多个）；重复录入不改变结果。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE.json", help="放假安排文件")

    def handle(self, *args: Any, files: list[str], **options: Any) -> None:
        try:
            papers = [_read(Path(name)) for name in files]
            with transaction.atomic():
                changed = [load_year(paper) for paper in papers]
        except BrokenHolidayFile as problem:
            raise CommandError(str(problem)) from problem
        for paper, new in zip(papers, changed, strict=True):
            outcome = "已录入" if new else "与已录入的一致，没有改动"
            self.stdout.write(f"{paper.year}年：{len(paper.days)}天，{outcome}。")


def _read(path: Path) -> HolidayYear:
    try:
        return load_holidays(path.read_bytes())
    except OSError as problem:
        raise CommandError(f"文件“{path}”无法读取：{problem.strerror}。") from problem
    except BrokenHolidayFile as problem:
        raise CommandError(f"文件“{path.name}”：{problem}") from problem
