"""Long work: progress, result, files, failure in words, cancel, and a second life after its worker died."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError, connection, transaction

from tests.common import slow_job  # noqa: F401  registers its kind
from tests.workers import database_url, until
from tests.world import MORNING, World
from wangcheng.common import clock
from wangcheng.common.jobs import progress as progress_module
from wangcheng.common.jobs import running
from wangcheng.common.jobs.actions import cancel, run_inline, start
from wangcheng.common.jobs.keeping import making
from wangcheng.common.jobs.progress import Heart, Progress
from wangcheng.common.jobs.registry import job
from wangcheng.common.jobs.tasks import run_job, wake_jobs
from wangcheng.common.models import Job, NumberSequence
from wangcheng.common.workflow import NotAllowed


@job("tests.count", "计数")
def count(progress: Progress, steps: int, pause: float = 0.0) -> dict[str, Any]:
    progress.total(steps)
    for _ in range(steps):
        time.sleep(pause)
        progress.advance()
    return {"counted": steps}


@job("tests.read", "读文件")
def read(progress: Progress) -> dict[str, Any]:
    with progress.job.input.open("rb") as file:
        lines = file.read().decode().split()
    progress.reject_file("坏行.csv", lines[-1].encode())
    with making(progress, "结果.txt") as place:
        place.write_text(str(len(lines)))
    return {"lines": len(lines)}


@job("tests.fail", "失败")
def fail(progress: Progress, problem: str) -> dict[str, Any]:
    NumberSequence.objects.create(key="before")
    progress.total(3)
    progress.advance()
    progress.reject_file("坏行.csv", b"1")
    raise {"ours": NotAllowed("文件没有可用的行。"), "theirs": KeyError("x"), "form": ValidationError("日期不对。")}[
        problem
    ]


def fresh(found: Job) -> Job:
    return Job.objects.get(pk=found.pk)


def test_a_job_tells_how_far_it_is_and_what_came_of_it(world: World) -> None:
    found = start("tests.count", {"steps": 7}, by=world.town)
    assert (found.state, found.label, found.created_at) == ("queued", "计数", MORNING)
    assert run_job(found.pk) == "done"
    found = fresh(found)
    assert (found.done, found.total, found.percent, found.result) == (7, 7, 100, {"counted": 7})
    assert found.finished_at == MORNING


def test_a_job_reads_its_file_and_leaves_others(world: World) -> None:
    found = run_inline("tests.read", {}, input=ContentFile("一 二 三".encode(), name="输入.txt"))
    assert found.state == "done"
    assert found.result == {"lines": 3}
    assert found.rejects.read().decode() == "三"
    assert found.output.read() == b"3"


def test_a_result_is_written_where_one_of_the_same_number_lay_before_the_database_was_restored(world: World) -> None:
    found = start("tests.read", {}, by=world.dispatcher, input=ContentFile("一".encode(), name="输入.txt"))
    old = Path(default_storage.path(f"made/{found.pk}/1/旧.txt"))
    old.parent.mkdir(parents=True, exist_ok=True)
    old.write_text("旧")
    assert (run_job(found.pk), old.exists(), fresh(found).output.read()) == ("done", False, b"1")


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        ("ours", "文件没有可用的行。"),
        ("form", "日期不对。"),
        ("theirs", "程序出错（KeyError），已记入日志，请联系系统管理员。"),
    ],
)
def test_a_failed_job_says_why_and_keeps_the_bad_rows(world: World, problem: str, sentence: str) -> None:
    found = fresh(run_inline("tests.fail", {"problem": problem}))
    assert (found.state, found.error, found.done, found.total) == ("failed", sentence, 1, 3)
    assert found.rejects.read() == b"1"


def test_a_job_of_an_unknown_kind_is_not_started(world: World) -> None:
    with pytest.raises(LookupError, match=r"没有名为“tests\.nothing”的任务类别"):
        start("tests.nothing", {}, by=world.town)


def test_a_job_is_done_once_however_often_it_is_woken(world: World) -> None:
    found = start("tests.count", {"steps": 1}, by=None)
    assert [run_job(found.pk), run_job(found.pk)] == ["done", ""]
    assert fresh(found).attempts == 1


@pytest.mark.parametrize("problem", [OperationalError("locked"), InterfaceError("the connection is closed")])
def test_a_heart_that_missed_a_beat_beats_on(world: World, monkeypatch: pytest.MonkeyPatch, problem: Exception) -> None:
    progress, beats = Progress(start("tests.count", {"steps": 1}, by=None)), threading.Semaphore(0)
    faults = [problem]

    def write() -> None:
        beats.release()
        if faults:
            raise faults.pop()

    monkeypatch.setattr(progress_module, "BEAT", 0.01)
    monkeypatch.setattr(progress, "write", write)
    progress.alone = True
    with Heart(progress):
        assert [beats.acquire(timeout=10) for _ in range(3)] == [True, True, True]


# Cancel


def test_a_waiting_job_is_cancelled_at_once(world: World) -> None:
    found = start("tests.count", {"steps": 1}, by=world.town)
    cancel(found.pk, by=world.town)
    assert run_job(found.pk) == ""
    assert (fresh(found).state, fresh(found).finished_at) == ("cancelled", MORNING)


@pytest.mark.django_db(transaction=True)
def test_a_running_job_stops_at_its_next_step(world: World) -> None:
    found = start("tests.count", {"steps": 400, "pause": 0.05}, by=world.town)
    thread = threading.Thread(target=_in_thread, args=(found.pk,))
    thread.start()
    until(lambda: fresh(found).done > 0)
    cancel(found.pk, by=world.town)
    thread.join()
    assert fresh(found).state == "cancelled"
    assert 0 < fresh(found).done < 400


def _in_thread(pk: int) -> None:
    with clock.frozen(MORNING):
        run_job(pk)
    connection.close()


def test_others_cannot_cancel_it_but_who_keeps_the_jobs_can(world: World) -> None:
    found = start("tests.count", {"steps": 1}, by=world.town)
    with pytest.raises(NotAllowed, match="只能取消自己发起的任务"):
        cancel(found.pk, by=world.other_town)
    assert fresh(found).state == "queued"
    cancel(found.pk, by=world.admin)
    with pytest.raises(NotAllowed, match="任务已取消，不能取消"):
        cancel(found.pk, by=world.admin)


# A worker that died


def abandoned(seconds: int, **columns: Any) -> Job:
    """A job whose worker gave its last sign of life so long ago."""
    found = start("tests.count", {"steps": 2}, by=None)
    Job.objects.filter(pk=found.pk).update(
        state="running", attempts=1, heartbeat_at=clock.system_now() - timedelta(seconds=seconds)
    )
    Job.objects.filter(pk=found.pk).update(**columns)
    return found


def test_a_job_whose_worker_died_is_taken_up_again(world: World) -> None:
    found = abandoned(settings.JOB_LEASE + 1)
    assert run_job(found.pk) == "done"
    assert fresh(found).attempts == 2


def test_a_job_whose_worker_lives_is_left_alone(world: World) -> None:
    found = abandoned(settings.JOB_LEASE - 5)
    assert run_job(found.pk) == ""
    assert fresh(found).state == "running"


def test_a_job_that_killed_its_worker_three_times_is_given_up(world: World) -> None:
    found = abandoned(settings.JOB_LEASE + 1, attempts=running.MOST_ATTEMPTS)
    assert run_job(found.pk) == ""
    assert (fresh(found).state, fresh(found).error) == ("failed", "执行进程已中断3次，不再重试。")


def test_an_abandoned_job_that_was_to_stop_is_cancelled(world: World) -> None:
    found = abandoned(settings.JOB_LEASE + 1, cancel_requested=True)
    run_job(found.pk)
    assert fresh(found).state == "cancelled"


def test_a_worker_thought_dead_writes_nothing_over_its_successor(world: World) -> None:
    found = start("tests.count", {"steps": 2}, by=None)
    first = running.claim(found.pk)
    assert first is not None
    Job.objects.update(heartbeat_at=clock.system_now() - timedelta(seconds=settings.JOB_LEASE + 1))
    second = running.claim(found.pk)
    assert second is not None
    running.perform(second)
    running.end(Progress(first), Job.State.FAILED, error="迟到")
    assert (fresh(found).state, fresh(found).error) == ("done", "")


def test_the_clock_wakes_what_nobody_does(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    left, queued = abandoned(settings.JOB_LEASE + 1), start("tests.count", {"steps": 1}, by=None)
    alive = abandoned(1)
    woken: list[int] = []
    monkeypatch.setattr(run_job, "delay", woken.append)
    assert wake_jobs() == 2
    assert woken == [left.pk, queued.pk]
    assert alive.pk not in woken


# In earnest


@pytest.mark.django_db(transaction=True)
def test_the_progress_shows_while_the_work_holds_its_transaction(world: World) -> None:
    seen: list[int] = []

    @job("tests.long", "长事务")
    def long(progress: Progress) -> dict[str, Any]:
        with transaction.atomic():
            NumberSequence.objects.create(key="long")
            progress.total(2)
            progress.advance()
            time.sleep(1.5)
            watcher = threading.Thread(target=lambda: (seen.append(Job.objects.get().done), connection.close()))
            watcher.start()
            watcher.join()
        return {}

    assert run_inline("tests.long", {}).state == "done"
    assert seen == [0 if connection.vendor == "sqlite" else 1]  # SQLite has one writer: there they show afterwards
    assert Job.objects.get().done == 1


@pytest.mark.usefixtures("worker")
@pytest.mark.django_db(transaction=True)
def test_a_real_worker_takes_a_job_when_its_transaction_commits(world: World) -> None:
    with transaction.atomic():
        found = start("tests.count", {"steps": 3}, by=None)
    until(lambda: not fresh(found).is_open)
    # a worker of its own process took it, but does not know the kinds of this file
    assert fresh(found).state == ("failed" if settings.REDIS_URL else "done"), fresh(found).error


@pytest.mark.django_db(transaction=True)
def test_a_job_survives_the_death_of_its_worker(world: World) -> None:
    found = start("tests.slow", {"steps": 40}, by=None)
    with stand_in(found) as process:
        until(lambda: NumberSequence.objects.filter(key__startswith="slow").count() > 5)
        process.kill()
    assert fresh(found).state == "running"
    with stand_in(found, patience=600) as process:
        process.wait(timeout=60)
        assert fresh(found).attempts == 1, "taken up although the first worker may still have lived"
    time.sleep(2)
    with stand_in(found) as process:
        process.wait(timeout=60)
    assert (fresh(found).state, fresh(found).attempts, fresh(found).result) == ("done", 2, {"made": 40})


def stand_in(found: Job, patience: int = 2) -> subprocess.Popen[bytes]:
    """A worker process that takes up one job, and counts a silence of `patience` seconds as death."""
    place = connection.settings_dict
    url = f"sqlite:///{place['NAME']}" if connection.vendor == "sqlite" else database_url()
    code = (
        "import django; django.setup(); import tests.common.slow_job; from wangcheng.common.jobs.tasks import run_job; "
    )
    return subprocess.Popen(
        [sys.executable, "-c", f"{code}run_job({found.pk})"],
        env={**os.environ, "DATABASE_URL": url, "JOB_LEASE": str(patience)},
    )


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite does not see through the parameters")
def test_the_clock_finds_what_is_not_finished_by_an_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "job_open" in Job.objects.takeable(running.dead_before()).order_by("pk").explain()
