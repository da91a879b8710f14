"""How a running job tells how far it is, and learns that it shall stop.

`Progress` counts in memory.  In a worker a thread of its own (`Heart`) writes the counts every second on a connection of
its own: they show while the work's transaction is still open, and they are the sign of life.  Inside somebody else's
transaction (a test, a command that wraps it) the work itself writes them, throttled.
"""

from __future__ import annotations

import logging
import time
from contextlib import AbstractContextManager
from threading import Event, Thread
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.db import Error, connection

from wangcheng.common import clock
from wangcheng.common.jobs.models import Job

if TYPE_CHECKING:
    from types import TracebackType

log = logging.getLogger(__name__)

BEAT = 1.0  # seconds between two writes


class Cancelled(Exception):
    """A person asked the job to stop."""


class Superseded(Exception):
    """Another worker has taken this job up: this one must stop and write nothing."""


class Progress:
    """What the function of a job is given: `.job`, the counts, and places for the files it makes (see jobs.keeping)."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.done = self.size = 0
        self.rejects = self.output = ""  # names in the storage
        self.stop: type[Exception] | None = None
        self.alone = not connection.in_atomic_block  # else: nobody but this connection can see or write the row
        self._written = time.monotonic()

    def total(self, count: int) -> None:
        """How many steps there will be."""
        self.size = count

    def advance(self, steps: int = 1) -> None:
        """So many more steps are done.  Raises Cancelled when a person asked to stop."""
        self.done += steps
        if not self.alone and time.monotonic() - self._written >= BEAT:
            self.write()
        if self.stop:
            raise self.stop

    def reject_file(self, name: str, content: bytes) -> None:
        """Keep the rows that could not be taken, for download beside the result."""
        file = Job._meta.get_field("rejects")
        self.rejects = str(file.storage.save(file.generate_filename(self.job, name), ContentFile(content)))

    def write(self) -> None:
        """Put the counts on the row as long as it is ours, and see whether to stop."""
        self._written = time.monotonic()
        mine = Job.objects.filter(pk=self.job.pk, state=Job.State.RUNNING, attempts=self.job.attempts)
        if not mine.update(done=self.done, total=self.size, heartbeat_at=clock.system_now()):
            self.stop = Superseded
        elif mine.filter(cancel_requested=True).exists():
            self.stop = Cancelled


class Heart(AbstractContextManager["Heart"]):
    """Writes the progress every BEAT seconds while the block runs."""

    def __init__(self, progress: Progress) -> None:
        self.progress, self._end = progress, Event()
        self._thread = Thread(target=self._run, name=f"job-{progress.job.pk}", daemon=True)

    def __enter__(self) -> Heart:
        if self.progress.alone:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        if self.progress.alone:
            self._thread.join()

    def _run(self) -> None:
        while not self._end.wait(BEAT):
            try:
                self.progress.write()
            except Error:  # SQLite: the work itself holds the write lock; or the server is gone for a moment
                log.debug("no heartbeat of job %s", self.progress.job.pk, exc_info=True)
                connection.close_if_unusable_or_obsolete()  # the next beat tries again
        connection.close()
