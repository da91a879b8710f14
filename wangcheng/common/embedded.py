"""The embedded default: web, worker and clock as threads of one process, so that nothing is left behind when it ends.

Started by the command `serve`; the tests start the worker alone.  In production each part is a process of its own.
"""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING, NoReturn

from celery import Celery, current_app
from celery.beat import Scheduler, Service
from celery.worker import state as worker_state
from django.core.handlers.wsgi import WSGIHandler
from waitress.server import create_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

WEB_THREADS = 8
WORKER_THREADS = 4
PATIENCE = 20  # seconds that running tasks may take to end; what is cut off is found again by the sweepers


class NotReady(Exception):
    """A part did not come up; the message says which."""


@contextmanager
def worker(threads: int = WORKER_THREADS) -> Iterator[None]:
    """Tasks are done while this block runs; at its end the running ones are waited for."""
    worker_state.should_stop = worker_state.should_terminate = None
    ready = Event()
    controller = _app().WorkController(
        hostname=f"embedded@{os.getpid()}",
        pool="threads",
        concurrency=threads,
        ready_callback=lambda consumer: ready.set(),
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
    )
    thread = Thread(target=controller.start, name="worker", daemon=True)
    thread.start()
    try:
        if not ready.wait(30):
            raise NotReady("后台任务进程没有启动")
        yield
    finally:
        worker_state.should_stop = os.EX_OK  # type: ignore[assignment]
        thread.join(PATIENCE)


@contextmanager
def clock() -> Iterator[None]:
    """The schedule of settings is kept while this block runs."""
    service = Service(_app(), max_interval=1, scheduler_cls=Scheduler)
    thread = Thread(target=service.start, name="clock", daemon=True)
    thread.start()
    try:
        yield
    finally:
        service.stop()
        thread.join(2)


def serve(application: WSGIHandler, host: str, port: int, *, when_ready: Callable[[], None]) -> None:
    """Serve pages, tasks and schedule until SIGTERM or SIGINT; `when_ready` is called when all three are up."""
    with worker(), clock():
        server = create_server(application, host=host, port=port, threads=WEB_THREADS, ident="")
        with suppress(SystemExit):  # of a signal between the word that all is up and the loop, which catches its own
            when_ready()
            server.run()
        server.close()


def stop_on_signals() -> None:
    """Let SIGTERM and SIGINT end the main thread by SystemExit, wherever it is."""
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)  # once is enough: let the parts end
    raise SystemExit(0)


def _app() -> Celery:
    app: Celery = current_app._get_current_object()  # type: ignore[attr-defined]
    app.finalize()
    return app
