"""Long work: the list of jobs, and the page of one with its progress, its files and the button that stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from wangcheng.common.jobs import actions
from wangcheng.common.jobs.keeping import given
from wangcheng.common.jobs.registry import is_forgotten, results_of
from wangcheng.common.models import Job
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.forms import act
from wangcheng.common.ways.lists import Column, Kind, ListPage, Tab

if TYPE_CHECKING:
    from django.db.models import QuerySet

TONES = {
    Job.State.QUEUED: "wait",
    Job.State.RUNNING: "busy",
    Job.State.DONE: "good",
    Job.State.FAILED: "late",
    Job.State.CANCELLED: "",
}
FILES = ("output", "rejects")
RESULT_WORDS = {
    "read": "读取",
    "created": "新增",
    "updated": "更新",
    "unchanged": "未变化",
    "rejected": "未导入",
    "taken": "已办理",
    "refused": "未办理",
    "duplicates": "重复",
    "rows": "行数",
    "new": "新核定（项）",
    "grids": "网格数",
    "villages": "村（社区）数",
    "message": "说明",
}

JOBS = ListPage(
    "jobs",
    "任务进度",
    columns=(
        Column("label", "任务", link=True),
        Column(
            "state", "状态", Kind.STATE, value=lambda job: job.get_state_display(), tone=lambda job: TONES[job.state]
        ),
        Column("done", "已完成", Kind.NUMBER),
        Column("total", "总数", Kind.NUMBER),
        Column("requested_by.name", "发起人"),
        Column("created_at", "创建时间", Kind.MOMENT),
        Column("finished_at", "结束时间", Kind.MOMENT),
        Column("error", "失败原因", Kind.LONG),
    ),
    row_url=lambda job: reverse("job_detail", args=[job.pk]),
    tabs=(
        Tab("open", "进行中", lambda rows, user: rows.filter(state__in=Job.OPEN), counted=True),
        Tab("all", "全部"),
    ),
    export_permission=None,
    empty="目前没有进行中的任务。导入、考核测算、报告生成等较长的工作会在这里显示进度。",
)


def _mine(request: HttpRequest) -> QuerySet[Job]:
    return Job.objects.visible_to(signed_in(request)).select_related("requested_by")


@needs()
def job_list(request: HttpRequest) -> HttpResponseBase:
    """任务进度: one's own; with the right to manage, all."""
    return JOBS.respond(request, _mine(request))


@needs()
@require_GET
def job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One job; htmx asks for its state every two seconds until it has ended."""
    job = get_object_or_404(_mine(request), pk=pk)
    template = "common/job_state.html" if request.htmx else "common/job.html"  # type: ignore[attr-defined]
    own = job.requested_by == request.user  # who manages jobs may not see what they were about
    page = {"job": job, "tone": TONES[Job.State(job.state)], "results": results(job), "own": own}
    if own:
        page |= {
            "opened": results_of(job),
            "forgotten": is_forgotten(job),
            "notes": job.result.get("notes") or [],
            "reasons": list((job.result.get("reasons") or {}).items()),
        }
    return render(request, template, page)


def results(job: Job) -> list[tuple[str, object]]:
    """What a job counted, in words; details without a word here stand in its files."""
    return [(word, job.result[name]) for name, word in RESULT_WORDS.items() if name in job.result]


@needs()
@require_GET
def job_file(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """Download the result or the rejected rows."""
    job = get_object_or_404(Job.objects.begun_by(signed_in(request)), pk=pk)
    if name not in FILES:
        raise Http404("该任务没有这个文件。")
    return given(job, name, request)


@needs()
@require_POST
def job_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """取消."""
    job = get_object_or_404(_mine(request), pk=pk)
    back = reverse("job_detail", args=[job.pk])
    return act(request, lambda: actions.cancel(pk, by=signed_in(request)), done="已请求取消。", back=back)
