"""The kinds of long work: each app registers its function, and the worker finds it by the kind on the job's row.

    @job("hotline.import", "工单导入")
    def import_tickets(progress: Progress, mapping: dict[str, str]) -> dict[str, Any]: ...

Such a function must be safe to run twice: after a crash it is begun again from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from wangcheng.common.jobs.progress import Progress

Work = TypeVar("Work", bound=Callable[..., dict[str, Any]])


@dataclass(frozen=True, slots=True)
class Kind:
    """A registered kind of long work."""

    name: str
    label: str
    work: Callable[..., dict[str, Any]]
    back: Callable[..., str]  # by its arguments, the name of the page where its result is seen; "" for none

    def run(self, progress: Progress, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return self.work(progress, **arguments)


_kinds: dict[str, Kind] = {}


def nowhere(**arguments: Any) -> str:
    return ""


def job(name: str, label: str, back: Callable[..., str] = nowhere) -> Callable[[Work], Work]:
    """Decorator that registers `work(progress, **arguments) -> result` as the kind `name`."""

    def register(work: Work) -> Work:
        _kinds[name] = Kind(name, label, work, back)
        return work

    return register


def kind(name: str) -> Kind:
    """The kind called `name`; LookupError if no app registered it."""
    try:
        return _kinds[name]
    except KeyError:
        raise LookupError(f"没有名为“{name}”的任务类别。") from None
