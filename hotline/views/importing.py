"""工单导入: upload a sheet, say which column is what, look at the first rows, start the job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django import forms
from django.core.files import File
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from hotline.importing.job import last_like, start
from hotline.importing.mapping import HEADERS, LABELS, NEEDED, from_json, unknown
from hotline.importing.rows import RowReader, read_row
from hotline.intake import Intake
from hotline.models import Ticket, choices
from wangcheng.common.sheets.cells import RowProblem
from wangcheng.common.sheets.reading import FileProblem, SheetRow, open_sheet, plain_header
from wangcheng.common.ways import uploads
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.forms import form_page

PREVIEWED = 10
_KEPT = "ticket_import"  # the upload, in the session
_ALL = "*"  # every known header of the field, the surest first


class UploadForm(forms.Form):
    """The sheet."""

    sheet = forms.FileField(
        label="工单表", help_text="csv、csv.gz 或 xlsx，表头上方可以有标题行；重复导入同一编号不会产生新工单"
    )


_WITHOUT = {"city_number": "表中没有编号的，请勾选下方“以标题和内容的摘要作为市级编号”"}


class MappingForm(forms.Form):
    """Which column is which field, and what stands in for what the sheet does not have."""

    def __init__(self, *args: Any, header: list[str], last: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ask(header)
        if last:
            self._choose(last, header)
        numbered = self.data if self.is_bound else {name: field.initial for name, field in self.fields.items()}
        self.fields["city_number"].required = not numbered.get("hash_number")

    def _ask(self, header: list[str]) -> None:
        for name, label in LABELS.items():
            known = known_headers(name, header)
            options = [("", "（没有这一列）"), *((title, title) for title in header if title)]
            if len(known) > 1:
                options.insert(1, (_ALL, f"自动：{'、'.join(known)}"))
            field = forms.ChoiceField(
                label=label, choices=options, required=name in NEEDED, help_text=_WITHOUT.get(name, "")
            )
            field.initial = (_ALL if len(known) > 1 else known[0]) if known else ""
            self.fields[name] = field
        self.fields["constant_type"] = _constant("诉求类型一律为", choices.Type)
        self.fields["constant_source"] = _constant("信息来源一律为", choices.Source)
        self.fields["missing_received_at"] = forms.CharField(
            label="接收时间为空时用", max_length=30, required=False, help_text="如2022-01-01 09:00；不填的，该行不导入"
        )
        self.fields["hash_number"] = forms.BooleanField(
            label="表中没有编号，以标题和内容的摘要作为市级编号", required=False
        )

    def _choose(self, last: dict[str, Any], header: list[str]) -> None:
        """What was chosen for such a sheet before, as `mapping` wrote it."""
        for name in LABELS:
            columns = last.get("columns", {}).get(name) or [""]
            whole = len(columns) > 1 and columns == known_headers(name, header)
            self.fields[name].initial = _ALL if whole else columns[0]
        for name in ("type", "source"):
            self.fields[f"constant_{name}"].initial = last.get("constants", {}).get(name, "")
        self.fields["missing_received_at"].initial = last.get("missing", {}).get("received_at", "")
        self.fields["hash_number"].initial = "city_number" in last

    def mapping(self, header: list[str]) -> dict[str, Any]:
        """What was chosen, as a mapping file says it."""
        said = self.cleaned_data
        columns = {
            name: known_headers(name, header) if said[name] == _ALL else [said[name]] for name in LABELS if said[name]
        }
        constants = {name: said[f"constant_{name}"] for name in ("type", "source") if said[f"constant_{name}"]}
        made: dict[str, Any] = {"columns": columns, "constants": constants}
        if said["missing_received_at"]:
            made["missing"] = {"received_at": said["missing_received_at"]}
        if said["hash_number"]:
            columns.pop("city_number", None)
            made["city_number"] = {"prefix": "HX", "hash_of": ["title", "content"]}
        return made


def _constant(label: str, of: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", "（按表中的列）"), *of.choices], required=False)


def known_headers(name: str, header: list[str]) -> list[str]:
    """The sheet's headers that are known for a field, the surest first."""
    there = {plain_header(title): title for title in reversed(header) if title}
    return [there[known] for known in HEADERS[name] if known in there]


@dataclass(frozen=True, slots=True)
class Previewed:
    """A row as it would be taken in, or why not."""

    number: int
    cells: list[str]
    problem: str = ""
    known: bool = False  # a ticket of this number is there


@needs("hotline.import_ticket")
def ticket_import(request: HttpRequest) -> HttpResponse:
    """Upload; a broken file is refused here."""

    def do(said: dict[str, Any]) -> str:
        uploads.keep(request, _KEPT, said["sheet"], _look)
        return reverse("ticket_import_mapping")

    form = UploadForm(request.POST or None, request.FILES or None)
    return form_page(
        request, form, do, title="导入工单", submit="上传并核对", done="已上传，请核对各列。", back=reverse("ticket_list"),
        template="hotline/ticket_import.html",
    )  # fmt: skip


def _look(path: Path) -> None:
    with open_sheet(path):
        pass


@needs("hotline.import_ticket")
def ticket_import_mapping(request: HttpRequest) -> HttpResponse:
    """Mapping and preview; “开始导入” starts the job."""
    kept = uploads.kept(request, _KEPT)
    if kept is None:
        return redirect("ticket_import")
    path, name = kept
    try:
        with open_sheet(path) as (header, rows):
            first = list(islice(rows, PREVIEWED))
    except FileProblem as problem:
        return render(request, "hotline/import_mapping.html", {"name": name, "refused": str(problem)}, status=400)
    last = None if request.method == "POST" or "anew" in request.GET else last_like(header)
    form = MappingForm(request.POST or None, header=header, last=last.arguments["mapping"] if last else None)
    mapping = _mapping(form, header)
    if request.method == "POST" and "start" in request.POST and mapping is not None:
        return _start(request, path, name, mapping, header)
    page = {
        "name": name,
        "form": form,
        "preview": _preview(mapping, header, first) if mapping else [],
        "fields": _SHOWN,
        "unknown": unknown(header),
        "last": last,
    }
    return render(request, "hotline/import_mapping.html", page, status=400 if form.errors else 200)


def _mapping(form: MappingForm, header: list[str]) -> dict[str, Any] | None:
    """The mapping that was chosen or guessed, or None with the reason on the form."""
    if not form.is_bound:
        form = MappingForm({name: field.initial or "" for name, field in form.fields.items()}, header=header)
    if not form.is_valid():
        return None
    written = form.mapping(header)
    try:
        from_json(written, header)
    except FileProblem as problem:
        form.add_error(None, str(problem))
        return None
    return written


_SHOWN = ("市级编号", "标题", "诉求类型", "接收时间", "分类", "村（社区）", "紧急程度")


def _preview(written: Mapping[str, Any], header: list[str], rows: list[SheetRow]) -> list[Previewed]:
    reader, seen = RowReader(from_json(written, header)), dict[str, int]()
    read = [(row.number, _read(reader, row, seen)) for row in rows]
    known = set(Ticket.objects.filter(city_number__in=seen).values_list("city_number", flat=True))
    return [
        Previewed(number, [], found) if isinstance(found, str) else _previewed(number, found, known)
        for number, found in read
    ]


def _read(reader: RowReader, row: SheetRow, seen: dict[str, int]) -> Intake | str:
    """The row as the import would read it, after those it has `seen` (number → row), or why it would not be taken."""
    try:
        return read_row(reader, row, seen)
    except RowProblem as problem:
        return str(problem)


def _previewed(number: int, intake: Intake, known: set[str]) -> Previewed:
    ticket = intake.ticket()
    return Previewed(number, [
        intake.city_number, intake.title, ticket.get_type_display(), f"{intake.received_at:%Y-%m-%d %H:%M}",
        intake.category.name if intake.category else "待核定", str(intake.area or "待核定"), ticket.get_urgency_display(),
    ], known=intake.city_number in known)  # fmt: skip


def _start(request: HttpRequest, path: Path, name: str, mapping: dict[str, Any], header: list[str]) -> HttpResponse:
    with path.open("rb") as sheet:
        job = start(File(sheet, name=name), mapping, by=signed_in(request), header=header)
    uploads.forget(request, _KEPT)
    return redirect("job_detail", pk=job.pk)
