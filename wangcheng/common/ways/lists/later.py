"""Exports of many rows: a job asks the list once more, for the same person in the same post, and writes the file.

The job keeps the address that was asked, not rows or a query: when a worker comes to it, the view behind the address
checks the right, the sight and the filters as it does for a page.  The file is the person's own, and every time it is
given out an export is audited.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import resolve

from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.jobs.actions import start_once
from wangcheng.common.jobs.asking import in_post
from wangcheng.common.jobs.keeping import make_room, making
from wangcheng.common.jobs.registry import Opened, job
from wangcheng.common.models import AuditEntry
from wangcheng.common.people.masking import mask_text
from wangcheng.common.policy.registry import asked_once
from wangcheng.common.ways import words
from wangcheng.common.ways.lists.columns import Column
from wangcheng.common.ways.lists.writing import SHEET_ROWS, write_csv, write_xlsx
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.jobs.progress import Progress
    from wangcheng.common.models import Job, User

KIND = "common.export"
KEPT = timedelta(days=7)
MOST_OPEN = 2  # of one person: the workers are everybody's
MOST_KEPT = 10  # files of one person: so is the disk
CHUNK = 2000  # rows fetched at once
TITLE = 40  # characters of it in the file's name
_PLACE = ("page", "size", "after", "before", "only")  # where in the list one stood: all of it is exported


def begin(request: HttpRequest, user: User, title: str, form: str, most: int) -> HttpResponse:
    """The export as a job, and the way to its page; the same one asked for again is the one under way."""
    query = request.GET.copy()
    for name in _PLACE:
        query.pop(name, None)
    arguments = {
        "path": request.path_info,
        "query": query.urlencode(),
        "form": form,
        "title": title,
        "post": user.acting.pk if user.acting else 0,
    }
    found, new = start_once(KIND, arguments, by=user, label=f"导出{title}（{form}）", most=MOST_OPEN)
    if new:
        messages.success(request, f"符合条件的记录超过{most:,}条，已转为后台导出，完成后在本页下载。")
    else:
        messages.info(request, "同样的导出正在进行，没有重复发起。")
    return redirect("job_detail", found.pk)


class Again(HttpRequest):
    """The request of an export, asked again by its job; to it a list answers by writing its rows."""

    def __init__(self, progress: Progress, user: User, *, path: str, query: str, form: str) -> None:
        super().__init__()
        self.method, self.path, self.path_info = "POST", path, path
        self.GET = cast("Any", QueryDict(query))
        self.POST = cast("Any", QueryDict(f"export={form}"))
        self.META = {"REQUEST_METHOD": "POST", "QUERY_STRING": query}
        self.user = user
        self.progress, self.form = progress, form
        self.rows: int | None = None  # once they are written

    def write(self, title: str, columns: Sequence[Column], rows: QuerySet[Any] | Sequence[Any]) -> HttpResponse:
        """All rows into the result of the job."""
        self.progress.total(rows.count() if isinstance(rows, QuerySet) else len(rows))
        name = f"{title[:TITLE]}_{clock.now():%Y%m%d_%H%M}.{self.form}"
        with making(self.progress, name) as path:
            with _one_reading():
                counted = self._counted(rows)
                if self.form == "csv":
                    write_csv(path, columns, counted)
                else:
                    write_xlsx(path, title, columns, counted, scraps=path.parent)
            self.progress.advance(0)  # whoever gave it up while the workbook was put together gets no file
        self.rows = self.progress.done
        return HttpResponse()

    def _counted(self, rows: QuerySet[Any] | Sequence[Any]) -> Iterator[Any]:
        for row in rows.iterator(chunk_size=CHUNK) if isinstance(rows, QuerySet) else rows:
            yield row
            self.progress.advance()


def _one_reading() -> AbstractContextManager[object]:
    """PostgreSQL hands rows out as it finds them only inside a transaction; on SQLite one would shut out all who write."""
    return transaction.atomic() if connection.vendor == "postgresql" else nullcontext()


def _list(found: Job) -> list[Opened]:
    """Back to the list that was exported; what was asked for is forgotten with the file."""
    asked: Mapping[str, Any] = found.arguments
    return [Opened("返回列表", f"{asked['path']}?{asked['query']}")] if asked else []


def _giving(found: Job, request: HttpRequest) -> None:
    """Who no longer holds the post does not get what only the post could see; every other time is an export."""
    asked: Mapping[str, Any] = found.arguments
    user = in_post(found.requested_by, asked["post"], undone="不能下载")
    record(
        AuditEntry.Kind.EXPORT,
        f"导出{asked['title']}（{asked['form']}）",
        by=user,
        object=asked["title"],
        data={"rows": found.result["rows"], "filter": mask_text(asked["query"])},
        request=request,
    )


@job(KIND, "导出", opens=_list, giving=_giving, kept=KEPT)
def make(progress: Progress, path: str, query: str, form: str, title: str, post: int) -> dict[str, Any]:
    """The list at this address as a file."""
    user = in_post(progress.job.requested_by, post, undone="没有导出")
    again = Again(progress, user, path=path, query=query, form=form)
    try:
        with asked_once():
            view, arguments, named = resolve(path)
            view(again, *arguments, **named)
    except (PermissionDenied, Http404) as refused:
        said = str(refused) if not str(refused).isascii() else "要导出的列表已不存在，或您的岗位已不能查看。"
        raise NotAllowed(said, Code.RIGHT) from refused
    if again.rows is None:
        raise NotAllowed("要导出的列表已不能导出。", Code.RIGHT)
    make_room(progress.job, MOST_KEPT)
    return {"rows": again.rows, "notes": _notes(again.rows, form)}


def _notes(rows: int, form: str) -> list[str]:
    until = words.day((clock.now() + KEPT).date())
    notes = [
        f"文件保存至{until}，只有您本人可以下载，每次下载都记入审计。每人最多保存{MOST_KEPT}份，超过的先删除最早的。"
    ]
    if form == "xlsx" and rows > SHEET_ROWS:
        notes.append(f"一张工作表放不下全部记录：每张{SHEET_ROWS:,}条，其余在后面的工作表中，表头相同。")
    elif form == "csv" and rows > SHEET_ROWS:
        notes.append("Excel打开csv时只显示前1,048,576行；要在Excel中查看全部记录，请导出Excel格式，会分成几张工作表。")
    return notes
