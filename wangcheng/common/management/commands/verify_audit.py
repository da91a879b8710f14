"""`manage.py verify_audit`: whether audit, seals and the events of every case are as they were written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import orjson
from django.core.management import BaseCommand, CommandError

from wangcheng.common.audit import seals
from wangcheng.common.audit.triggers import event_models
from wangcheng.common.audit.verifying import case_model, faults_of
from wangcheng.common.models import AuditEntry, AuditSeal

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "核验审计记录、封存和全部流转记录是否被改动；发现问题时逐条列出并以非零状态退出。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="只输出 JSON")

    def handle(self, *args: Any, json: bool, **options: Any) -> None:
        checked = {
            "audit_entries": AuditEntry.objects.count(),
            "audit_seals": AuditSeal.objects.count(),
            **{model._meta.label: model._default_manager.count() for model in event_models()},
        }
        faults = list(self._faults())
        if json:
            self.stdout.write(orjson.dumps({"checked": checked, "faults": faults}, option=orjson.OPT_INDENT_2).decode())
        else:
            self._print(faults)
        if faults:
            raise CommandError(f"核验发现{len(faults)}处问题。")

    def _print(self, faults: list[str]) -> None:
        for fault in faults:
            self.stdout.write(fault)
        if faults:
            return
        kinds = [
            f"{case_model(model)._meta.verbose_name}流转记录{model._default_manager.count()}条"
            for model in event_models()
        ]
        audit = f"审计记录{AuditEntry.objects.count()}条、封存{AuditSeal.objects.count()}次"
        self.stdout.write("核验通过：" + "，".join([audit, *kinds]) + "，未发现改动。")

    @staticmethod
    def _faults() -> Iterator[str]:
        yield from seals.faults()
        for model in event_models():
            yield from faults_of(model)
