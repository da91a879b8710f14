"""Results that a job writes itself, piece by piece, and that are kept for some days only.

Each attempt of a job writes into a folder of its own, and the row names the file when it is whole: what a dead worker
left behind is never given out, and the next attempt takes it away.  The folder is no part of a backup.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.utils.text import get_valid_filename

from wangcheng.common import clock
from wangcheng.common.jobs.models import Job
from wangcheng.common.jobs.registry import all_kinds, give

if TYPE_CHECKING:
    from django.http import HttpRequest

    from wangcheng.common.jobs.progress import Progress

FOLDER = "made"
REJECTS_KEPT = timedelta(days=30)  # long enough to mend a sheet and bring it again


@contextmanager
def making(progress: Progress, name: str) -> Iterator[Path]:
    """Where the work writes its result `name`, with its scraps beside it; nothing stays unless the block ends well."""
    job, stored = progress.job, get_valid_filename(name)
    for earlier in range(
        1, job.attempts + 1
    ):  # whose worker died; one of this number, before the database was restored
        shutil.rmtree(_folder(job) / str(earlier), ignore_errors=True)
    mine = _folder(job) / str(job.attempts)
    mine.mkdir(parents=True)
    try:
        yield mine / stored
    except BaseException:
        shutil.rmtree(mine, ignore_errors=True)
        raise
    progress.output = f"{FOLDER}/{job.pk}/{job.attempts}/{stored}"


def _folder(job: Job) -> Path:
    return Path(default_storage.path(f"{FOLDER}/{job.pk}"))


def given(job: Job, which: str, request: HttpRequest) -> FileResponse:
    """The file of a job to the person whose it is.  Http404 if there is none; NotAllowed if its kind refuses."""
    file = getattr(job, which)
    if not file or not file.storage.exists(file.name):
        raise Http404("该任务没有这个文件，或已过保存期。")
    give(job, request)
    return FileResponse(file.open("rb"), as_attachment=True, filename=file.name.rpartition("/")[2])


def forget_old() -> int:
    """Files whose days are over, and what was asked for, are gone; that there was a job stays.  How many."""
    found = _forget_rejects()
    for each in all_kinds():
        if each.kept is None:
            continue
        ended = Job.objects.filter(kind=each.name, finished_at__lt=clock.now() - each.kept)
        for job in ended.exclude(arguments={}):
            _forget(job)
            found += 1
    return found


def _forget_rejects() -> int:
    ended = Job.objects.filter(finished_at__lt=clock.now() - REJECTS_KEPT).exclude(rejects="")
    for job in ended:
        job.rejects.delete(save=False)
        job.save(update_fields=["rejects"])
    return len(ended)


def make_room(job: Job, most: int) -> None:
    """Of the results of one person and kind no more than `most` lie on the disk, that of `job` among them: the newest."""
    kept = Job.objects.filter(kind=job.kind, requested_by=job.requested_by, state=Job.State.DONE).exclude(output="")
    for older in kept.order_by("-finished_at", "-pk")[most - 1 :]:
        _forget(older)


def _forget(job: Job) -> None:
    shutil.rmtree(_folder(job), ignore_errors=True)
    job.output, job.arguments = "", {}
    job.save(update_fields=["output", "arguments"])
