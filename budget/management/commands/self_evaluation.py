"""`manage.py self_evaluation --year 2022 --out DIR`: report.docx, report.pdf, tables.xlsx, figures.json."""

from __future__ import annotations

import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from budget.report.issue import files_of
from wangcheng.common.documents import DocumentError
from wangcheng.common.workflow import NotAllowed


class Command(BaseCommand):
    help = "生成年度部门整体支出绩效自评报告：docx、pdf、表格和数据文件。"
    requires_system_checks = []  # noqa: RUF012

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=int, required=True, help="年度")
        parser.add_argument("--out", required=True, metavar="DIR", help="输出目录，不存在则建立")

    def handle(self, *args: Any, year: int, out: str, **options: Any) -> None:
        try:
            made = files_of(year)
            write_all(Path(out), made)
        except (LookupError, DocumentError, NotAllowed, ValueError) as problem:
            raise CommandError(str(problem)) from problem
        except OSError as problem:
            raise CommandError(f"不能写入“{out}”：{problem.strerror}。") from problem
        self.stdout.write(f"已生成{year}年度自评报告：{'、'.join(made)}。")


def write_all(folder: Path, made: dict[str, bytes]) -> None:
    """All files or none: each is written beside its place and then renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as room:
        for name, content in made.items():
            (Path(room) / name).write_bytes(content)
        for name in made:
            (Path(room) / name).replace(folder / name)
