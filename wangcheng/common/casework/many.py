"""批量办理: one step taken on many cases, each by itself, as if its own form had been sent; the work of a job.

A case that refuses stays as it was and is listed with the reason.  Begun again after a crash, the job passes over what it
has done.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from wangcheng.common.jobs.asking import in_post, note_given
from wangcheng.common.jobs.progress import Superseded
from wangcheng.common.jobs.registry import Opened
from wangcheng.common.workflow import NotAllowed

if TYPE_CHECKING:
    from django.http import HttpRequest

    from wangcheng.common.casework.doors import Doors, StepForm
    from wangcheng.common.casework.querysets import CaseQuerySet
    from wangcheng.common.jobs.models import Job
    from wangcheng.common.jobs.progress import Progress
    from wangcheng.common.jobs.registry import Opens
    from wangcheng.common.people.models import User

GONE = "没有找到该事项，或您的岗位已不能查看。"
REJECTS = "未办理的事项.csv"


def take_on_many(
    progress: Progress,
    cases: CaseQuerySet,
    doors: Doors,
    *,
    step: str,
    keys: Sequence[int],
    data: Mapping[str, list[str]],
    post: int,
) -> dict[str, Any]:
    """Take `step` with the form's `data` on the cases `keys`, in the post in which it was asked for."""
    user = in_post(progress.job.requested_by, post, undone="没有办理")
    progress.total(len(keys))
    with _listing(progress) as refused:
        for key in keys:
            case = cases.visible_to(user).filter(pk=key).first()
            why = GONE if case is None else _take(progress, doors, step, user, case, data)
            if why:
                refused.append((case.number if case else "", why))
            progress.advance()
    return {"taken": len(keys) - len(refused), "refused": len(refused)}


@contextmanager
def _listing(progress: Progress) -> Iterator[list[tuple[str, str]]]:
    """What refuses, by number and reason; kept as a file also where the work is cancelled or breaks off."""
    refused: list[tuple[str, str]] = []
    try:
        yield refused
    except Superseded:  # another worker lists anew
        refused.clear()
        raise
    finally:
        if refused:
            progress.reject_file(REJECTS, _sheet(refused))


def refusals_given(job: Job, request: HttpRequest) -> None:
    """The cases that were refused, for whoever still holds the post they were chosen in."""
    user = in_post(job.requested_by, job.arguments["post"], undone="不能下载")
    note_given(job, user, request)


def chosen(list_name: str) -> Opens:
    """The way to the cases of a job: the list whose address has this name, narrowed to them (JobFilter)."""

    def opens(job: Job) -> list[Opened]:
        address = f"{reverse(list_name)}?tab=all&job={job.pk}"
        return [Opened(f"查看所选的{len(job.arguments['keys'])}件", address)]

    return opens


def _take(progress: Progress, doors: Doors, step: str, user: User, case: Any, data: Mapping[str, list[str]]) -> str:
    """Why the step was not taken, or ""."""
    if progress.job.attempts > 1 and _taken(case, step, user, progress.job.created_at):
        return ""
    try:
        _, wrong = doors.go(step, user, case, MultiValueDict(data))
    except NotAllowed as refused:
        return refused.message
    return said(wrong) if wrong is not None else ""


def _taken(case: Any, step: str, user: User, since: Any) -> bool:
    return bool(case.events.filter(step=step, actor=user, at__gte=since).exists())


def said(form: StepForm) -> str:
    """The errors of a form in one line: 主办单位：…；说明：…"""
    lines = []
    for name, errors in form.errors.items():
        label = f"{form.fields[name].label}：" if name in form.fields else ""
        lines += [f"{label}{error}" for error in cast("Sequence[str]", errors)]
    return "；".join(lines)


def _sheet(refused: Sequence[tuple[str, str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([("编号", "未办理的原因"), *refused])
    return text.getvalue().encode("utf-8-sig")
