"""任务进度: one's own long work, its progress, its files and the way to stop it."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from hotline.models import Ticket
from tests.common.api import bearer, get
from tests.hotline import desk
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.jobs.actions import run_inline
from wangcheng.common.jobs.keeping import REJECTS_KEPT, forget_old
from wangcheng.common.jobs.registry import all_kinds
from wangcheng.common.models import AuditEntry, Job, Post


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
    way = 'href="/ledgers/staff/">打开'
    assert way not in client.get(f"/jobs/{row.pk}/").content.decode()
    Job.objects.update(state=Job.State.DONE, finished_at=clock.now())
    assert way in client.get(f"/jobs/{row.pk}/").content.decode()
    Job.objects.update(kind="of.an.older.version")
    assert way not in client.get(f"/jobs/{row.pk}/").content.decode()


def test_the_rejected_rows_can_be_downloaded(world: World) -> None:
    row = job(world, state=Job.State.DONE)
    row.rejects.save("rejected.csv", ContentFile(b"number,reason"))
    client = world.client("dispatcher")
    assert client.get(f"/jobs/{row.pk}/rejects/").getvalue() == b"number,reason"
    assert client.get(f"/jobs/{row.pk}/output/").status_code == 404
    assert client.get(f"/jobs/{row.pk}/input/").status_code == 404


def with_rejects(world: World, of: str, **arguments: Any) -> Job:
    row = job(
        world, state=Job.State.DONE, kind=of, arguments=arguments, finished_at=clock.now(), result={"rejected": 1}
    )
    row.rejects.save("rejected.csv", ContentFile(b"number,reason"))
    return row


@pytest.mark.parametrize(
    ("kind", "arguments", "who"),
    [
        ("hotline.import", {}, "dispatcher"),
        ("common.sheet", {"kind": "trainings"}, "supervisor"),
        ("hotline.many", {"keys": []}, "dispatcher"),
        ("whistle.many", {"keys": []}, "dispatcher"),
    ],
)
def test_rejected_rows_are_an_export_and_not_for_who_has_left_the_post(
    world: World, kind: str, arguments: dict[str, Any], who: str
) -> None:
    user = world.people[who]
    row = with_rejects(world, kind, post=user.acting.pk, **arguments)
    Job.objects.update(requested_by=user)
    client, address = world.client(who), f"/jobs/{row.pk}/rejects/"
    assert client.get(address).status_code == 200
    entry = AuditEntry.objects.get(kind="export")
    assert (entry.actor, entry.object, entry.data) == (user, f"job {row.pk}", {"rows": 1})
    Post.objects.filter(user=user).update(valid_to=clock.today())
    assert client.get(address).status_code == 403
    assert AuditEntry.objects.filter(kind="export").count() == 1


def test_rejected_rows_are_gone_after_a_month(world: World) -> None:
    row = with_rejects(world, "hotline.import")
    with clock.frozen(clock.now() + REJECTS_KEPT):
        assert forget_old() == 0
    with clock.frozen(clock.now() + REJECTS_KEPT + timedelta(seconds=1)):
        assert forget_old() == 1
    assert world.client("dispatcher").get(f"/jobs/{row.pk}/rejects/").status_code == 404
    assert not row.rejects.storage.exists(row.rejects.name)


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


# What came out


def test_every_kind_of_job_names_its_results() -> None:
    ours = [kind for kind in all_kinds() if not kind.work.__module__.startswith("tests.")]
    assert {kind.name for kind in ours} >= {"hotline.import", "hotline.many", "whistle.many", "grid.assess"}
    assert [kind.name for kind in ours if kind.opens.__name__ == "<lambda>"] == []


def ways(client: Client, row: Job) -> dict[str, str]:
    """Words → address of the buttons under a job."""
    page = client.get(f"/jobs/{row.pk}/").content.decode()
    return {
        words: html.unescape(url) for url, words in re.findall(r'<a class="btn [^"]*" href="([^"]+)">([^<]+)</a>', page)
    }


def test_an_import_leads_to_the_tickets_it_brought(world: World) -> None:
    with clock.frozen(clock.now() - timedelta(hours=1)):
        desk.received(world, title="早先的一件")
    sheet = "工单编号,标题,主要内容,受理类型,接收时间\n" + "".join(
        f"CS{number},第{number}件,垃圾无人清运,求助,2023-01-03 09:00\n" for number in (1, 2)
    )
    by, file = world.dispatcher, ContentFile(sheet.encode(), "sheet.csv")
    row = run_inline("hotline.import", {"mapping": None}, by=by, input=file)
    client = world.client("dispatcher")
    listed = client.get(ways(client, row)["查看新增的2件工单"]).content.decode()
    assert listed.count("<tr data-href") == Ticket.objects.filter(city_number__startswith="CS").count() == 2
    assert "早先的一件" not in listed
    foreign = world.client("reviewer").get(f"/tickets/?tab=all&job={row.pk}").content.decode()
    assert "<tr data-href" not in foreign


def test_a_step_on_many_leads_to_those_it_was_asked_for(world: World) -> None:
    first, second = desk.received(world, title="甲"), desk.received(world, title="乙", caller_phone="")
    row = job(world, kind="hotline.many", state=Job.State.DONE, arguments={"keys": [first.pk]})
    client = world.client("dispatcher")
    listed = client.get(ways(client, row)["查看所选的1件"]).content.decode()
    assert first.number in listed
    assert second.number not in listed


@pytest.mark.parametrize(
    ("kind", "arguments", "words", "address"),
    [
        ("budget.settle_rewards", {"quarter": "2022Q4"}, "查看该季度的奖励", "/budget/rewards/?quarter=2022Q4"),
        ("common.sheet", {"kind": "video"}, "打开视频点位", "/ledgers/video/"),
        ("whistle.many", {"keys": [1]}, "查看所选的1件", "/whistles/?tab=all&job={}"),
    ],
)
def test_other_jobs_lead_to_their_lists(
    world: World, kind: str, arguments: dict[str, Any], words: str, address: str
) -> None:
    row = job(world, kind=kind, state=Job.State.DONE, arguments=arguments)
    assert ways(world.client("dispatcher"), row)[words] == address.format(row.pk)
    assert ways(world.client("admin"), row) == {}  # who manages jobs need not see what they were about


def test_a_calculation_leads_to_its_assessments(world: World) -> None:
    row = run_inline("grid.assess", {"quarter": "2022Q4", "kinds": ["level3", "level4"]}, by=world.assessor)
    client = world.client("assessor")
    found = ways(client, row)
    assert len(found) == 2
    assert [client.get(address).status_code for address in found.values()] == [200, 200]
