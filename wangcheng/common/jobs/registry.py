"""The kinds of long work: each app registers its function, and the worker finds it by the kind on the job's row.

    @job("hotline.import", "工单导入", opens=imported)
    def import_tickets(progress: Progress, mapping: dict[str, str]) -> dict[str, Any]: ...

`opens(job)` says where the results of a job that is done are looked at: `[Opened("查看新增的12件工单", "/tickets/?…")]`.
`giving(job, request)` is called whenever a file of it, results or rejected rows, is given out; it may refuse.  `kept` is
how long the result file, and what was asked for, stay after the end; without it they stay for good.

Such a function must be safe to run twice: after a crash it is begun again from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from django.http import HttpRequest

    from wangcheng.common.jobs.models import Job
    from wangcheng.common.jobs.progress import Progress

Work = TypeVar("Work", bound=Callable[..., dict[str, Any]])


@dataclass(frozen=True, slots=True)
class Opened:
    """A way to what came out of a job."""

    words: str
    url: str


Opens = Callable[["Job"], Sequence[Opened]]
Giving = Callable[["Job", "HttpRequest"], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A registered kind of long work."""

    name: str
    label: str
    work: Callable[..., dict[str, Any]]
    opens: Opens
    giving: Giving
    kept: timedelta | None

    def run(self, progress: Progress, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return self.work(progress, **arguments)


_kinds: dict[str, Kind] = {}


def job(
    name: str,
    label: str,
    *,
    opens: Opens = lambda job: (),
    giving: Giving = lambda job, request: None,
    kept: timedelta | None = None,
) -> Callable[[Work], Work]:
    """Decorator that registers `work(progress, **arguments) -> result` as the kind `name`."""

    def register(work: Work) -> Work:
        _kinds[name] = Kind(name, label, work, opens, giving, kept)
        return work

    return register


def kind(name: str) -> Kind:
    """The kind called `name`; LookupError if no app registered it."""
    try:
        return _kinds[name]
    except KeyError:
        raise LookupError(f"没有名为“{name}”的任务类别。") from None


def results_of(job: Job) -> Sequence[Opened]:
    """The ways to what came out; none of a kind that is no more, or of a job that has not done its work."""
    known = _kinds.get(job.kind)
    return known.opens(job) if known and job.state == job.State.DONE else ()


def give(job: Job, request: HttpRequest) -> None:
    """What the kind of a job wants done whenever a file of it is given out."""
    if known := _kinds.get(job.kind):
        known.giving(job, request)


def is_forgotten(job: Job) -> bool:
    """Whether the result of a job that is done was kept for its days and is gone."""
    known = _kinds.get(job.kind)
    return known is not None and known.kept is not None and job.state == job.State.DONE and not job.output


def all_kinds() -> list[Kind]:
    return list(_kinds.values())
