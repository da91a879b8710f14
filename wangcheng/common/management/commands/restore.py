"""`manage.py restore DIR`: database and attachments from a backup; refuses where somebody already works."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management import BaseCommand, CommandError

from wangcheng.common.backup import BackupError, restore

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "从备份目录恢复数据库和附件；已有数据时拒绝，除非加 --replace。"
    requires_system_checks = []  # noqa: RUF012  the database may be empty

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, help="backup 命令生成的目录")
        parser.add_argument("--replace", action="store_true", help="用备份替换现有的全部数据和附件")

    def handle(self, *args: Any, directory: Path, replace: bool, **options: Any) -> None:
        try:
            manifest = restore(directory.resolve(), replace=replace)
        except (BackupError, OSError) as error:
            raise CommandError(f"没有恢复：{error}。") from error
        self.stdout.write(f"已恢复 {manifest.made_at} 的备份；如程序比备份新，请再运行 manage.py migrate。")
