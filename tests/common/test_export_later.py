"""Exports too large for one answer: a job of the person who asked, with the right and the sight of that post, and one file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings
from python_calamine import CalamineWorkbook

from tests.common.api import bearer, get
from tests.common.hands import at_once
from tests.common.test_list_messages import LIST, message
from tests.hotline import desk
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.jobs import running
from wangcheng.common.jobs.actions import cancel
from wangcheng.common.jobs.keeping import FOLDER
from wangcheng.common.jobs.progress import Progress
from wangcheng.common.jobs.tasks import forget_results, run_job
from wangcheng.common.models import AuditEntry, Job, Post
from wangcheng.common.people.roles import Role
from wangcheng.common.ways.lists import later, writing


@pytest.fixture(autouse=True)
def _five_at_once(settings: Settings, tmp_path: Path) -> None:
    settings.EXPORT_AT_ONCE = 5
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def admin(world: World) -> Client:
    """In front of a list of six messages, one more than is answered at once."""
    for number in range(6):
        message(number)
    return world.client("admin")


def asked(client: Client, form: str = "csv", address: str = LIST) -> Job:
    """The job that a click on 导出 leads to."""
    answer = client.post(address, {"export": form})
    assert answer.status_code == 302, answer
    return Job.objects.get(pk=int(answer["Location"].strip("/").rpartition("/")[2]))


def ended(job: Job) -> Job:
    run_job(job.pk)
    return Job.objects.get(pk=job.pk)


def left() -> list[str]:
    """All files that exports have made and not taken away."""
    place = Path(default_storage.path(FOLDER))
    return sorted(path.name for path in place.rglob("*") if path.is_file())


def table(content: bytes, form: str) -> list[list[list[Any]]]:
    """The rows of each sheet."""
    if form == "csv":
        return [list(csv.reader(StringIO(content.decode("utf-8-sig"))))]
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return [book.get_sheet_by_index(place).to_python() for place in range(len(book.sheet_names))]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_file_of_a_job_is_the_one_answered_at_once_and_so_is_its_audit(
    admin: Client, world: World, settings: Settings, form: str
) -> None:
    address = f"{LIST}?tab=all&q=13900000003&size=50"
    settings.EXPORT_AT_ONCE = 1
    at_once_answer = admin.post(address, {"export": form})
    settings.EXPORT_AT_ONCE = 0
    job = asked(admin, form, f"{address}&page=2")
    assert (job.requested_by, job.label) == (world.admin, f"导出短信（{form}）")
    job = ended(job)
    assert (job.state, job.done, job.total, job.result["rows"]) == ("done", 1, 1, 1)
    assert AuditEntry.objects.filter(kind="export").count() == 1  # nothing has left the house yet
    answer = admin.get(f"/jobs/{job.pk}/output/")
    assert table(answer.getvalue(), form) == table(at_once_answer.getvalue(), form)
    assert answer["Content-Disposition"] == at_once_answer["Content-Disposition"]
    first, second = AuditEntry.objects.filter(kind="export").order_by("pk")
    assert (second.actor, second.organisation, second.address) == (world.admin, first.organisation, first.address)
    assert (second.summary, second.object) == (first.summary, first.object)
    assert second.data == first.data | {"filter": first.data["filter"].replace("&size=50", "")}
    assert "13900000003" not in str(second.data)


def test_as_many_as_are_answered_at_once_are_and_no_click_counts_further(admin: Client) -> None:
    job, answered = asked(admin), admin.post(f"{LIST}?q=00000", {"export": "csv"})
    assert Job.objects.get() == job
    assert answered.status_code == 200
    with CaptureQueriesContext(connection) as made:
        admin.post(LIST, {"export": "xlsx"})
    counts = [query["sql"] for query in made if "COUNT(" in query["sql"] and "common_message" in query["sql"]]
    assert len(counts) == 1
    assert "LIMIT 6" in counts[0]
    assert len(made) <= 16


def test_a_double_click_begins_one_job_until_that_has_ended(admin: Client, world: World) -> None:
    first = asked(admin)
    for place in ("page=2", "size=50", "after=1", "before=1"):  # all of the list is exported, wherever one stood in it
        assert asked(admin, address=f"{LIST}?{place}") == first
    assert "没有重复发起" in admin.get(f"/jobs/{first.pk}/").content.decode()
    assert asked(admin, "xlsx") != first
    assert "正在进行，请等其中一项完成" in admin.post(f"{LIST}?tab=all", {"export": "csv"}).content.decode()
    assert asked(world.client("other_admin")) != first
    cancel(first.pk, by=world.admin)
    again = asked(admin)
    assert again != first
    Job.objects.filter(pk=again.pk).update(state="running")  # its worker stops at the next step
    cancel(again.pk, by=world.admin)
    third = asked(admin)
    assert third not in (first, again)
    ended(third)
    assert asked(admin) not in (first, again, third)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_begin_one_job(world: World) -> None:
    for number in range(6):
        message(number)
    clients = {hand: world.client("admin") for hand in range(6)}
    session = clients[0].cookies["sessionid"].value
    for client in clients.values():
        client.cookies["sessionid"] = session
    world.admin.session_key = session
    world.admin.save()
    found = at_once(lambda hand: clients[hand].post(LIST, {"export": "csv"})["Location"])
    assert found == [f"/jobs/{Job.objects.get().pk}/"] * 6


# Right and sight


def test_the_job_sees_what_the_post_of_the_question_sees(world: World, settings: Settings) -> None:
    settings.EXPORT_AT_ONCE = 0
    mine, other = desk.dispatched(world, unit="高塘岭街道"), desk.dispatched(world, unit="茶亭镇")
    second = Post.objects.create(
        user=world.town, role=Role.TOWN, organisation=world.units["茶亭镇"], is_primary=False, valid_from=clock.today()
    )
    client = world.client("town")
    session = client.session
    session["post"] = second.pk
    session.save()
    job = asked(client, address="/tickets/?tab=all")
    del session["post"]
    session.save()
    content = client.get(f"/jobs/{ended(job).pk}/output/").getvalue().decode()
    assert other.number in content
    assert mine.number not in content


def test_a_post_that_ended_makes_no_file_and_gets_none(admin: Client, world: World) -> None:
    done, waiting = ended(asked(admin)), asked(admin, "xlsx")
    Post.objects.filter(user=world.admin).update(valid_to=clock.today())
    Post.objects.create(user=world.admin, role=Role.TOWN, organisation=world.units["茶亭镇"], valid_from=clock.today())
    waiting = ended(waiting)
    assert (waiting.state, waiting.error) == ("failed", "发起时的岗位已不再有效，没有导出。")
    assert not waiting.output
    refused = admin.get(f"/jobs/{done.pk}/output/")
    assert refused.status_code == 403
    assert "发起时的岗位已不再有效，不能下载" in refused.content.decode()
    assert not AuditEntry.objects.filter(kind="export").exists()


def test_a_right_that_is_gone_when_the_worker_comes_is_refused(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    job = asked(admin)
    monkeypatch.setattr("wangcheng.common.people.models.GRANTS", {role: frozenset() for role in Role})
    job = ended(job)
    assert (job.state, job.error) == ("failed", "您的岗位没有打开本页面的权限。")
    assert left() == []


def test_only_whose_it_is_gets_the_file(admin: Client, world: World) -> None:
    job = ended(asked(admin))
    assert world.client("other_admin").get(f"/jobs/{job.pk}/").status_code == 200
    assert world.client("other_admin").get(f"/jobs/{job.pk}/output/").status_code == 404
    assert get(bearer(world, "other_admin"), f"jobs/{job.pk}/output/").status_code == 404
    assert not AuditEntry.objects.filter(kind="export").exists()
    assert get(bearer(world, "admin"), f"jobs/{job.pk}/output/").status_code == 200
    assert AuditEntry.objects.get(kind="export").data == {"rows": 6, "filter": ""}


# Cut short


def rows_until(end: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """The work comes to a sudden end when three rows are written."""

    def some(self: later.Again, rows: Any) -> Iterator[Any]:
        yield from rows[:3]
        raise end

    monkeypatch.setattr(later.Again, "_counted", some)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_that_is_cancelled_or_fails_leaves_nothing(
    admin: Client, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    rows_until(running.Cancelled(), monkeypatch)
    cancelled = ended(asked(admin, form))
    rows_until(KeyError("x"), monkeypatch)
    failed = ended(asked(admin, form))
    assert (cancelled.state, failed.state, cancelled.output.name, failed.output.name) == ("cancelled", "failed", "", "")
    assert left() == []


def test_cancelled_while_the_workbook_is_put_together_offers_nothing(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def given_up(self: Progress, steps: int = 1) -> None:
        self.done += steps
        if not steps:
            raise running.Cancelled

    monkeypatch.setattr(Progress, "advance", given_up)
    assert ended(asked(admin, "xlsx")).state == "cancelled"
    assert left() == []


def test_what_a_dead_worker_left_is_never_offered_and_the_next_one_begins_anew(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = asked(admin)
    with monkeypatch.context() as patch:  # killed: no line of ours is run any more
        patch.setattr("wangcheng.common.jobs.keeping.shutil.rmtree", lambda *_, **__: None)
        patch.setattr(running, "end", lambda *_, **__: None)
        rows_until(SystemExit(), patch)
        with pytest.raises(SystemExit):
            run_job(job.pk)
    assert len(left()) == 1
    assert admin.get(f"/jobs/{job.pk}/output/").status_code == 404
    assert run_job(job.pk) == ""  # its worker may still live
    Job.objects.update(heartbeat_at=clock.system_now() - timedelta(days=1))
    job = ended(job)
    assert (job.state, job.attempts, job.done) == ("done", 2, 6)
    assert len(left()) == 1
    assert len(table(admin.get(f"/jobs/{job.pk}/output/").getvalue(), "csv")[0]) == 7


# Kept for some days


def test_after_a_week_the_file_and_what_was_asked_for_are_gone(admin: Client) -> None:
    young, open_ = ended(asked(admin, "xlsx")), asked(admin)
    old = ended(asked(admin, address=f"{LIST}?tab=all"))
    Job.objects.filter(pk=old.pk).update(finished_at=clock.now() - later.KEPT - timedelta(minutes=1))
    assert forget_results() == 1
    assert forget_results() == 0
    old = Job.objects.get(pk=old.pk)
    assert (old.arguments, old.output.name) == ({}, "")
    assert [name.rpartition(".")[2] for name in left()] == ["xlsx"]
    page = admin.get(f"/jobs/{old.pk}/").content.decode()
    assert "已过保存期" in page
    assert "下载结果" not in page
    assert admin.get(f"/jobs/{old.pk}/output/").status_code == 404
    assert admin.get(f"/jobs/{young.pk}/output/").status_code == 200
    assert ended(open_).state == "done"


def test_of_the_files_of_one_person_the_newest_are_kept(
    admin: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(later, "MOST_KEPT", 2)
    theirs = ended(asked(world.client("other_admin")))
    jobs = [ended(asked(admin, form)) for form in ("csv", "xlsx", "csv")]
    offered = [admin.get(f"/jobs/{job.pk}/output/").status_code for job in jobs]
    assert offered == [404, 200, 200]
    assert len(left()) == 3
    assert "已过保存期" in admin.get(f"/jobs/{jobs[0].pk}/").content.decode()
    assert world.client("other_admin").get(f"/jobs/{theirs.pk}/output/").status_code == 200


def test_the_page_leads_to_the_file_and_back_to_the_list(admin: Client) -> None:
    job = ended(asked(admin, address=f"{LIST}?tab=all&size=50"))
    page = admin.get(f"/jobs/{job.pk}/").content.decode()
    assert f'<a class="btn btn-primary" href="/jobs/{job.pk}/output/">下载结果</a>' in page
    assert f'<a class="btn btn-plain" href="{LIST}?tab=all">返回列表</a>' in page
    assert "文件保存至2023年1月10日，只有您本人可以下载" in page


# Every list


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (writing, later):
        monkeypatch.setattr(module, "SHEET_ROWS", 4)
    job = ended(asked(admin, "xlsx"))
    first, second = table(admin.get(f"/jobs/{job.pk}/output/").getvalue(), "xlsx")
    assert (len(first), len(second)) == (5, 3)
    assert first[0] == second[0]
    assert len({row[7] for row in first[1:] + second[1:]}) == 6
    assert "其余在后面的工作表中" in job.result["notes"][1]


LISTS = {
    "dispatcher": ["/tickets/?tab=all", "/whistles/?tab=all", "/hard-whistles/?tab=all", "/trainings/", "/knowledge/"],
    "admin": ["/manage/users/", "/manage/categories/", "/manage/tokens/", "/grid/urban/"],
    "auditor": ["/manage/audit/?tab=all"],
    "assessor": [
        "/figures/?year=2022", "/figures/?year=2022&by=town", "/figures/tickets_received/rows/?period=2022",
        "/assessments/", "/zero-complaints/", "/exclusions/", "/ledgers/staff/", "/ledgers/estates/", "/ledgers/video/",
        "/ledgers/communities/", "/places/",
    ],
    "finance": ["/budget/payments/", "/budget/contracts/", "/budget/rewards/", "/budget/appropriations/"],
}  # fmt: skip


def test_every_list_can_be_asked_again_by_a_job(world: World, settings: Settings) -> None:
    settings.EXPORT_AT_ONCE = -1
    found = {}
    for name, addresses in LISTS.items():
        client = world.client(name)
        found |= {(name, address): ended(asked(client, address=address)) for address in addresses}
    assert {key: job.error for key, job in found.items() if job.state != "done" or not job.output} == {}
