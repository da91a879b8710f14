"""`manage.py serve`: the whole dispatch centre in one process, for a demonstration, a small office or a developer."""

from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.core.servers.basehttp import get_internal_wsgi_application
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from wangcheng.common import embedded
from wangcheng.common.models import User
from wangcheng.common.people.roles import Role

if TYPE_CHECKING:
    from argparse import ArgumentParser

DEMO_YEAR = "2022"


class Command(BaseCommand):
    help = "启动内置服务：网页、后台任务和定时任务在同一进程中运行；演示模式下数据库为空时装入演示年度。"
    requires_system_checks = []  # noqa: RUF012

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"), help="监听地址")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")), help="端口")

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        embedded.stop_on_signals()
        self._refuse_taken_port(host, port)
        self._migrate()
        if settings.DEMO and not User.objects.exists():
            self._say(f"装入 {DEMO_YEAR} 年演示数据")
            call_command("demo_year", DEMO_YEAR)
        connections.close_all()
        settings.STATIC_ROOT.mkdir(
            exist_ok=True
        )  # whitenoise complains of a missing one, though all is found elsewhere
        try:
            application = get_internal_wsgi_application()
            embedded.serve(application, host, port, when_ready=lambda: self._announce(host, port))
        except embedded.NotReady as reason:
            raise CommandError(f"没有启动：{reason}。") from reason
        self._say("已停止")
        self._end_now()

    def _refuse_taken_port(self, host: str, port: int) -> None:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CommandError(
                    f"不能使用 {host}:{port}（{error.strerror}）；换一个端口：PORT=8001 make run"
                ) from error

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self._say("更新数据库结构")
            call_command("migrate", interactive=False, verbosity=0)

    def _announce(self, host: str, port: int) -> None:
        self._say(f"望城区社会治理服务中心已启动：http://{host}:{port}/  按 Ctrl+C 停止")
        if settings.DEMO:
            self._list_accounts()
        self.stdout.flush()

    def _list_accounts(self) -> None:
        accounts = User.objects.filter(username__in=Role.values).order_by("pk")
        for account in accounts:
            self.stdout.write(f"    {account.username:<12} {Role(account.username).label} {account.name}")
        if first := accounts.first():
            known = first.check_password(settings.DEMO_PASSWORD)
            self._say("演示账户的口令：" + (settings.DEMO_PASSWORD if known else "装入演示数据时 DEMO_PASSWORD 的值"))

    def _say(self, sentence: str) -> None:
        self.stdout.write(f"▸ {sentence}")
        self.stdout.flush()

    def _end_now(self) -> None:
        """Leave without waiting for a task that outlasted embedded.PATIENCE; its row is found by the sweepers."""
        connections.close_all()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
