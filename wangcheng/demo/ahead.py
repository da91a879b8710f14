"""Working ahead: computations that touch no database, run in child processes while this one writes what they found."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, NoReturn, TypeVar

from django.db import connection

Found = TypeVar("Found")


class ChildFailed(Exception):
    """A child process ended without its result; its traceback stands on stderr."""


def ahead(computations: Iterable[Callable[[], Found]]) -> Iterator[Found]:
    """The results in the order of the computations, some of which are under way while the caller works on a result.

    A child is a fork: it starts with everything this process has in memory, and asking the database there is an error.
    With one processor, or on a system without fork, all is computed here.
    """
    width = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if width == 1 or multiprocessing.current_process().daemon:
        yield from (compute() for compute in computations)
        return
    under_way: deque[tuple[BaseProcess, Connection]] = deque()
    try:
        for compute in computations:
            under_way.append(_start(compute))
            if len(under_way) > width:  # one more than there are processors: some wait to be heard
                yield _result(*under_way.popleft())
        while under_way:
            yield _result(*under_way.popleft())
    finally:
        for child, _ in under_way:
            child.kill()


def _start(compute: Callable[[], Found]) -> tuple[BaseProcess, Connection]:
    fork = multiprocessing.get_context("fork")
    mine, theirs = fork.Pipe(duplex=False)
    child = fork.Process(target=_run, args=(compute, theirs), daemon=True)
    child.start()
    theirs.close()
    return child, mine


def _run(compute: Callable[[], Found], answer: Connection) -> None:
    gc.disable()  # it ends before its garbage could matter
    with connection.execute_wrapper(_refuse):  # the connection is the parent's
        answer.send(compute())


def _refuse(*_: Any) -> NoReturn:
    raise RuntimeError("a computation ahead asked the database")


def _result(child: BaseProcess, answer: Connection) -> Any:
    try:
        found = answer.recv()
    except EOFError as silence:
        raise ChildFailed("演示数据的计算进程意外结束。") from silence
    child.join()
    return found
