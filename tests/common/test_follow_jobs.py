"""任务进度: one's own long work, its progress, its files and the way to stop it."""

from typing import Any

import pytest
from django.core.files.base import ContentFile

from tests.common.api import bearer, get
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.models import Job


def job(world: World, **changes: Any) -> Job:
    values = {"kind": "test", "label": "工单导入", "requested_by": world.dispatcher, "created_at": clock.now()}
    return Job.objects.create(**{**values, **changes})


def test_a_running_job_shows_how_far_it_is_and_asks_again(world: World) -> None:
    row = job(world, state=Job.State.RUNNING, done=500, total=2000)
    page = world.client("dispatcher").get(f"/jobs/{row.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "500 / 2,000（25%）" in page
    assert f'hx-get="/jobs/{row.pk}/" hx-trigger="every 2s"' in page
    assert "<html" not in page


def test_a_job_that_has_ended_asks_no_more_and_says_what_it_counted(world: World) -> None:
    row = job(world, state=Job.State.DONE, finished_at=clock.now(), result={"created": 12, "inner": {"x": 1}})
    page = world.client("dispatcher").get(f"/jobs/{row.pk}/").content.decode()
    assert "hx-trigger" not in page[page.index('id="job"') :]
    assert "<dt>新增</dt><dd>12</dd>" in page
    assert "inner" not in page


def test_a_job_that_has_ended_leads_back_to_the_list_of_what_it_did(world: World) -> None:
    client = world.client("dispatcher")
    row = job(world, state=Job.State.RUNNING, kind="common.sheet", arguments={"kind": "staff"})
    assert 'href="/ledgers/staff/">返回列表' not in client.get(f"/jobs/{row.pk}/").content.decode()
    Job.objects.update(state=Job.State.DONE, finished_at=clock.now())
    assert 'href="/ledgers/staff/">返回列表' in client.get(f"/jobs/{row.pk}/").content.decode()
    Job.objects.update(kind="of.an.older.version")
    assert "返回列表" not in client.get(f"/jobs/{row.pk}/").content.decode()


def test_the_rejected_rows_can_be_downloaded(world: World) -> None:
    row = job(world, state=Job.State.DONE)
    row.rejects.save("rejected.csv", ContentFile(b"number,reason"))
    client = world.client("dispatcher")
    assert client.get(f"/jobs/{row.pk}/rejects/").getvalue() == b"number,reason"
    assert client.get(f"/jobs/{row.pk}/output/").status_code == 404
    assert client.get(f"/jobs/{row.pk}/input/").status_code == 404


def test_a_queued_job_is_cancelled_at_once_and_only_once(world: World) -> None:
    row = job(world)
    client = world.client("dispatcher")
    assert "已请求取消" in client.post(f"/jobs/{row.pk}/cancel/", follow=True).content.decode()
    row.refresh_from_db()
    assert row.state == Job.State.CANCELLED
    assert "不能取消" in client.post(f"/jobs/{row.pk}/cancel/", follow=True).content.decode()


@pytest.mark.parametrize("page", ["", "cancel/", "rejects/"])
def test_the_work_of_others_is_not_there(world: World, page: str) -> None:
    row = job(world)
    client = world.client("town")
    answer = client.post(f"/jobs/{row.pk}/{page}") if page == "cancel/" else client.get(f"/jobs/{row.pk}/{page}")
    assert answer.status_code == 404


def test_who_manages_jobs_sees_those_of_all(world: World) -> None:
    job(world)
    assert "工单导入" in world.client("admin").get("/jobs/").content.decode()
    assert "工单导入" not in world.client("town").get("/jobs/").content.decode()


def test_who_manages_jobs_sees_their_state_and_not_the_cases_in_their_files(world: World) -> None:
    row = job(world, state=Job.State.DONE)
    row.rejects.save("rejected.csv", ContentFile(b"number,reason"))
    admin = world.client("admin")
    assert "下载未导入的行" not in admin.get(f"/jobs/{row.pk}/").content.decode()
    assert "下载未导入的行" in world.client("dispatcher").get(f"/jobs/{row.pk}/").content.decode()
    assert admin.get(f"/jobs/{row.pk}/rejects/").status_code == 404
    program = bearer(world, "admin")
    assert get(program, f"jobs/{row.pk}/").json()["rejects"] is None
    assert get(program, f"jobs/{row.pk}/rejects/").status_code == 404
    assert get(bearer(world, "dispatcher"), f"jobs/{row.pk}/rejects/").status_code == 200
