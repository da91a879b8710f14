"""勾稽校验: `crosscheck FILE [--json]` re-computes the ratios and sums of a report.  For finance, before issue."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from budget.crosscheck import Finding, ReportError, crosscheck, read_report

KINDS = {"ratio": "比率", "sum": "合计", "consistency": "一致性", "figure": "数据"}


class Command(BaseCommand):
    requires_system_checks = ()  # reads a file and nothing else: works on a half-installed machine too
    help = "重新计算一份报告（docx、txt、html）中的比率与合计，列出不符之处"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="报告文件")
        parser.add_argument("--json", action="store_true", help="只输出JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            findings = crosscheck(read_report(options["file"]))
        except ReportError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False, indent=2))
        else:
            self.stdout.write(as_text(findings))


def as_text(findings: list[Finding]) -> str:
    """The findings for reading, errors first."""
    errors = [finding for finding in findings if finding.severity == "error"]
    notes = [finding for finding in findings if finding.severity == "note"]
    lines = [f"发现{len(errors)}处不符，另有{len(notes)}处提示。"]
    lines += [f"[不符·{KINDS[f.kind]}] {f.quote}\n    {f.advice}" for f in errors]
    lines += [f"[提示·{KINDS[f.kind]}] {f.quote}\n    {f.advice}" for f in notes]
    return "\n".join(lines)
