"""`manage.py fake_carrier`: a carrier of our own for demonstrations and tests (see sms.fake_carrier)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from wangcheng.common.sms.fake_carrier import Behaviour, Carrier

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "启动模拟短信网关（云MAS HTTP 协议），收到的短信写入文件；仅供演示和测试。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, required=True, help="监听端口")
        parser.add_argument("--log", type=Path, required=True, help="收到的短信，每行一条 JSON")
        parser.add_argument("--secret", default="", help="校验 mac 用的密钥")
        parser.add_argument("--delay", type=float, default=0.0, help="每次应答前等待的秒数")
        parser.add_argument("--refuse-every", type=int, default=0, help="每第 N 次拒绝")
        parser.add_argument("--drop-every", type=int, default=0, help="每第 N 次受理但不应答")
        parser.add_argument("--receipts", default="", help="状态报告的推送地址")
        parser.add_argument("--twice", action="store_true", help="每条状态报告推送两次")

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("模拟短信网关只能在演示或开发环境中使用。")
        behaviour = Behaviour(**{name: options[name] for name in Behaviour.__dataclass_fields__})
        with Carrier(port, behaviour) as carrier:
            self.stdout.write(f"模拟短信网关已启动：mas+http://帐号:密钥@127.0.0.1:{carrier.server_address[1]}/")
            self.stdout.flush()
            try:
                carrier.serve_forever()
            except KeyboardInterrupt:
                self.stdout.write("已停止。")
