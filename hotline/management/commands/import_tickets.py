"""导入工单: csv, csv.gz or xlsx; idempotent on the city number; rejected rows are written beside the input."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hotline.importing.loading import load
from hotline.importing.mapping import read_map
from wangcheng.common.sheets.reading import FileProblem
from wangcheng.common.sheets.rejects import Counts, rejects_beside


class Command(BaseCommand):
    help = "导入12345工单（csv、csv.gz、xlsx），按市级编号去重，重复导入不产生变化"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="工单表")
        parser.add_argument("--map", type=Path, help="映射文件（JSON），说明各列是什么、缺什么用什么代替")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        parser.add_argument("--json", action="store_true", help="以JSON输出结果")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"没有找到文件“{path}”。")
        try:
            written = read_map(options["map"]) if options["map"] else None
            counts = load(path, written_map=written, dry_run=options["dry_run"])
        except FileProblem as problem:
            raise CommandError(str(problem)) from problem
        rejects = str(rejects_beside(path)) if counts.rejected else None
        if options["json"]:
            self.stdout.write(json.dumps({**counts.as_json(), "rejects": rejects}, ensure_ascii=False))
        else:
            self._say(counts, rejects, dry_run=options["dry_run"])

    def _say(self, counts: Counts, rejects: str | None, *, dry_run: bool) -> None:
        for note in counts.notes:
            self.stdout.write(note)
        said = "（试运行，未写入）" if dry_run else ""
        self.stdout.write(
            f"读取{counts.read}行：新增{counts.created}件，更新{counts.updated}件，"
            f"无变化{counts.unchanged}件，未导入{counts.rejected}行{said}。"
        )
        if rejects:
            self.stdout.write(f"未导入的行及原因见 {rejects}")
