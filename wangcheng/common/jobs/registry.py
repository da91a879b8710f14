"""The kinds of long work: each app registers its function, and the worker finds it by the kind on the job's row.

    @job("hotline.import", "工单导入", opens=imported)
    def import_tickets(progress: Progress, mapping: dict[str, str]) -> dict[str, Any]: ...

`opens(job)` says where the results of a job that is done are looked at: `[Opened("查看新增的12件工单", "/tickets/?…")]`.

Such a function must be safe to run twice: after a crash it is begun again from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from wangcheng.common.jobs.models import Job
    from wangcheng.common.jobs.progress import Progress

Work = TypeVar("Work", bound=Callable[..., dict[str, Any]])


@dataclass(frozen=True, slots=True)
class Opened:
    """A way to what came out of a job."""

    words: str
    url: str


Opens = Callable[["Job"], Sequence[Opened]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A registered kind of long work."""

    name: str
    label: str
    work: Callable[..., dict[str, Any]]
    opens: Opens

    def run(self, progress: Progress, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return self.work(progress, **arguments)


_kinds: dict[str, Kind] = {}


def job(name: str, label: str, *, opens: Opens = lambda job: ()) -> Callable[[Work], Work]:
    """Decorator that registers `work(progress, **arguments) -> result` as the kind `name`."""

    def register(work: Work) -> Work:
        _kinds[name] = Kind(name, label, work, opens)
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


def all_kinds() -> list[Kind]:
    return list(_kinds.values())
