"""A worker killed with SIGKILL in the middle of an import: every good row in once, every bad one with its reason."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from hotline.importing.loading import CHUNK
from hotline.models import Ticket, TicketEvent, TicketStanding
from tests.common.api import bearer
from tests.hotline.test_import_tickets import CITY, ROW, write_csv
from tests.workers import until, worker_process
from tests.world import World
from wangcheng.common.audit.verifying import faults_of
from wangcheng.common.jobs.tasks import wake_jobs
from wangcheng.common.models import Job

COUNT = 2000
BAD = {5, 499, 1100, 1501, 1999}  # in the first chunk and the last, and in those between
SHEET = {name: ROW[name] for name in ("来电类别", "信息来源", "接收时间", "三级分类", "主要内容")}


def sheet(folder: Path) -> Path:
    rows = [{**SHEET, "工单编号": f"CS{n:05}", "标题": "" if n in BAD else f"第{n}件"} for n in range(COUNT)]
    return write_csv(folder / "市级.csv", CITY, *rows)


def by_page(client: Client, path: Path) -> Job:
    """Uploaded, looked at, begun."""
    with path.open("rb") as file:
        assert client.post("/tickets/import/", {"sheet": file}).status_code == 302
    chosen = {
        "city_number": "工单编号",
        "title": "标题",
        "content": "主要内容",
        "type": "来电类别",
        "source": "信息来源",
    }
    more = {"received_at": "接收时间", "category": "三级分类", "start": "1"}
    assert client.post("/tickets/import/mapping/", chosen | more).status_code == 302
    return Job.objects.get()


def by_rest(client: Client, path: Path) -> Job:
    with path.open("rb") as file:
        answer = client.post("/api/v1/tickets/import/", {"file": file})
    return Job.objects.get(pk=answer.json()["job"])


def ended(job: Job) -> Job:
    until(lambda: not Job.objects.get(pk=job.pk).is_open, seconds=60)
    return Job.objects.get(pk=job.pk)


def woken(job: Job) -> bool:
    """The clock looks for what a dead worker left behind, again and again."""
    wake_jobs.delay()
    return Job.objects.get(pk=job.pk).attempts == 2


def counts(job: Job) -> dict[str, Any]:
    return {name: job.result[name] for name in ("read", "created", "updated", "unchanged", "rejected")}


def rejected(job: Job) -> dict[int, str]:
    with job.rejects.open("rb") as file:
        rows = csv.DictReader(io.StringIO(file.read().decode("utf-8-sig")))
        return {int(row["行号"]): row["未导入原因"] for row in rows}


@pytest.mark.skipif(not settings.REDIS_URL, reason="a worker that can be killed is a process of its own, on Redis")
@pytest.mark.django_db(transaction=True)
def test_an_import_survives_the_death_of_its_worker(world: World, tmp_path: Path) -> None:
    path, good = sheet(tmp_path), COUNT - len(BAD)
    with worker_process() as process:
        job = by_page(world.client("dispatcher"), path)
        until(lambda: Ticket.objects.count() > CHUNK, seconds=60)
        process.kill()
    process.wait()
    before = Ticket.objects.count()
    assert CHUNK < before < good - CHUNK, "the worker was killed too late to prove anything"
    assert before == TicketEvent.objects.count() == TicketStanding.objects.count(), "no chunk is half-written"
    assert Job.objects.get(pk=job.pk).state == "running"

    with worker_process(JOB_LEASE="2"):
        until(lambda: woken(job), seconds=60)
        job = ended(job)
        assert (job.state, job.attempts, job.done, job.total) == ("done", 2, COUNT, COUNT)
        assert counts(job) == {
            "read": COUNT, "created": good - before, "updated": 0, "unchanged": before, "rejected": len(BAD),
        }  # fmt: skip
        assert job.result["notes"] == ["导入曾中断，已自动从头重新执行：中断前已写入的行计入“无变化”。"]
        assert rejected(job) == {number + 2: "标题为空。" for number in BAD}
        again = ended(by_rest(bearer(world, "dispatcher"), path))
        assert counts(again) == {**counts(job), "created": 0, "unchanged": good}
        assert again.result["notes"] == []

    numbers = set(Ticket.objects.values_list("city_number", flat=True))
    assert numbers == {f"CS{number:05}" for number in range(COUNT) if number not in BAD}
    assert Ticket.objects.count() == TicketEvent.objects.count() == TicketStanding.objects.count() == good
    assert Ticket.objects.values("number").distinct().count() == good
    assert list(faults_of(TicketEvent)) == []
