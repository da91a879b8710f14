"""导入用户与任职、网格员: template, preview, job; bad rows come back with reasons, and a second run changes nothing."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from wangcheng.common import clock
from wangcheng.common.jobs.running import perform
from wangcheng.common.models import AuditEntry, Job, Post, User
from wangcheng.common.ways.tasks import KEPT, forget_uploads

if TYPE_CHECKING:
    from tests.world import World

HEADER = ["姓名", "手机", "用户名", "单位", "岗位", "职务", "任职日期", "初始密码"]
ZHANG = ["张新", "13911112222", "zhangxin", "城管局", "部门联络员", "联络员", "2023-01-03", "Wangcheng@2023"]


def csv_of(header: list[str], *rows: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode()


def upload(client: Client, kind: str, content: bytes, name: str = "a.csv") -> Any:
    return client.post(f"/sheets/{kind}/", {"sheet": SimpleUploadedFile(name, content)})


def take(client: Client, kind: str, content: bytes) -> Job:
    """The job of a sheet that is taken."""
    job = done(client, kind, content)
    assert job.state == Job.State.DONE, job.error
    return job


def done(client: Client, kind: str, content: bytes) -> Job:
    """Through the pages, and then the work as a worker does it."""
    assert upload(client, kind, content)["Location"] == f"/sheets/{kind}/check/"
    where = client.post(f"/sheets/{kind}/check/")["Location"]
    job = Job.objects.get(pk=int(where.strip("/").split("/")[-1]))
    if job.is_open:
        job.state = Job.State.RUNNING
        job.save()
        job = perform(job)
    return job


def counts(job: Job) -> tuple[int, ...]:
    return tuple(job.result[name] for name in ("created", "updated", "unchanged", "rejected"))


def rejected(job: Job) -> list[str]:
    if not job.rejects:
        return []
    with job.rejects.open("rb") as file:
        return [row["未导入原因"] for row in csv.DictReader(io.StringIO(file.read().decode("utf-8-sig")))]


@pytest.fixture
def admin(world: World) -> Client:
    return world.client("admin")


def test_people_and_their_posts_come_in_and_a_second_run_changes_nothing(world: World, admin: Client) -> None:
    second_post = [*ZHANG[:3], "住建局", "部门联络员", "", "", ""]
    sheet = csv_of(HEADER, ZHANG, second_post)
    assert counts(take(admin, "users", sheet)) == (1, 1, 0, 0)
    user = User.objects.get(username="zhangxin")
    assert (user.name, user.phone, user.must_change_password) == ("张新", "13911112222", True)
    assert user.check_password("Wangcheng@2023")
    assert set(user.posts.values_list("organisation__short_name", "role")) == {
        ("城管局", "department"), ("住建局", "department"),
    }  # fmt: skip
    assert AuditEntry.objects.filter(kind="rights", object="user zhangxin").count() == 3
    assert counts(take(admin, "users", sheet)) == (0, 0, 2, 0)
    assert user.posts.count() == 2


def test_without_a_user_name_the_phone_tells_who_it_is(world: World, admin: Client) -> None:
    sheet = csv_of(HEADER[:6], ["张新", "13911112222", "", "城管局", "部门联络员", ""])
    assert counts(take(admin, "users", sheet)) == (1, 0, 0, 0)
    user = User.objects.get(username="13911112222")
    again = csv_of(HEADER[:6], ["张改名", "13911112222", "", "城管局", "部门联络员", ""])
    assert counts(take(admin, "users", again)) == (0, 1, 0, 0)
    user.refresh_from_db()
    assert user.name == "张改名"


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("姓名", "", "姓名为空。"),
        ("手机", "123", "手机：手机号码应为11位数字。"),
        ("用户名", "有 空格", "用户名：输入由字母"),
        ("单位", "气象局", "没有单位“气象局”。"),
        ("岗位", "局长", "岗位“局长”无法识别，应为派单员、"),
        ("岗位", "网格员", "网格员请用网格员表导入"),
        ("岗位", "街镇专干", "“街镇专干”岗位不能设在“城管局”。"),
        ("任职日期", "昨天", "时间“昨天”无法识别。"),
        ("任职日期", "2033-01-01", "任职日期不能晚于今天。"),
        ("初始密码", "123", "密码不少于8位"),
    ],
)
def test_a_bad_row_is_left_out_with_its_reason_and_the_others_go_in(
    world: World, admin: Client, column: str, value: str, reason: str
) -> None:
    bad = [value if name == column else old for name, old in zip(HEADER, ZHANG, strict=True)]
    good = ["李好", "13911113333", "lihao", "城管局", "部门联络员", "", "", ""]
    job = take(admin, "users", csv_of(HEADER, bad, good))
    assert counts(job) == (1, 0, 0, 1)
    assert rejected(job)[0].startswith(reason)
    assert list(User.objects.filter(phone__startswith="1391111").values_list("username", flat=True)) == ["lihao"]


def test_a_password_of_the_sheet_is_kept_nowhere(world: World, admin: Client) -> None:
    job = take(admin, "users", csv_of(HEADER, ZHANG, ["", *ZHANG[1:]]))
    with job.rejects.open("rb") as file:
        assert "Wangcheng@2023" not in file.read().decode()
    assert not job.input.storage.exists(job.input.name)


def test_a_sheet_with_passwords_that_is_refused_is_not_kept_either(world: World, admin: Client) -> None:
    job = done(admin, "users", csv_of(HEADER, *[ZHANG] * 1000) + b"\xff\xff\n")
    assert (job.state, "编码无法识别" in job.error) == (Job.State.FAILED, True)
    assert not job.input.storage.exists(job.input.name)


def test_an_upload_that_nobody_takes_in_is_gone_after_a_day(admin: Client) -> None:
    upload(admin, "users", csv_of(HEADER, ZHANG))
    forget_uploads()
    assert admin.get("/sheets/users/check/").status_code == 200
    long_ago = (clock.system_now() - 2 * KEPT).timestamp()
    stored = admin.session["sheet_users"][0]
    os.utime(default_storage.path(stored), (long_ago, long_ago))
    assert forget_uploads() >= 1
    assert not default_storage.exists(stored)
    assert admin.get("/sheets/users/check/")["Location"] == "/sheets/users/"


def test_the_same_post_twice_in_a_sheet_is_taken_once(world: World, admin: Client) -> None:
    assert rejected(take(admin, "users", csv_of(HEADER, ZHANG, ZHANG))) == ["与第2行重复。"]


def test_grid_officers_get_posts_on_their_grids(world: World, admin: Client) -> None:
    grid = world.grids["斑马湖社区2"]
    header = ["姓名", "手机", "网格代码", "职务"]
    rows = [["王网格", "13911114444", grid.code, "网格长"], ["赵错", "13911115555", "999", "网格员"]]
    job = take(admin, "grid-officers", csv_of(header, *rows))
    assert (counts(job), rejected(job)) == ((1, 0, 0, 1), ["没有代码为“999”的网格。"])
    post = Post.objects.get(user__phone="13911114444")
    assert (post.area, post.organisation, post.title, post.role) == (
        grid, world.units["斑马湖社区"], "网格长", "gridofficer",
    )  # fmt: skip


def test_the_template_has_the_headers_the_import_asks_for(admin: Client) -> None:
    content = admin.get("/sheets/users/template/").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[0] == HEADER


def test_the_preview_says_row_by_row_what_would_happen(admin: Client) -> None:
    upload(admin, "users", csv_of(HEADER, ZHANG, ["", *ZHANG[1:]]))
    page = admin.get("/sheets/users/check/").content.decode()
    assert ("可以导入" in page, "不能导入：姓名为空。" in page, "Wangcheng@2023" in page) == (True, True, False)
    assert not User.objects.filter(username="zhangxin").exists()


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (30 << 20))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (csv_of(["甲", "乙"], ["1", "2"]), "缺少必需的列：姓名、单位、岗位"),
        (csv_of(["姓名", "姓名", "单位", "岗位"], ["1", "2", "3", "4"]), "表头“姓名”出现了两次。"),
        (b"", "提交的是空文件。"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 40, "不是表格"),
        (bomb(), "压缩炸弹"),
    ],
)
def test_a_file_that_is_no_such_sheet_is_refused(admin: Client, content: bytes, said: str) -> None:
    answer = upload(admin, "users", content, "a.csv")
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not Job.objects.exists()


def test_a_text_that_is_called_a_workbook_is_refused_at_once(admin: Client) -> None:
    answer = upload(admin, "users", csv_of(HEADER, ZHANG), "a.XLSX")
    assert (answer.status_code, "不是有效的xlsx文件" in answer.content.decode()) == (400, True)


def test_the_preview_shows_that_a_row_repeats_another(admin: Client) -> None:
    upload(admin, "users", csv_of(HEADER, ZHANG, ZHANG), "a.csv")
    assert "与第2行重复。" in admin.get("/sheets/users/check/").content.decode()


def test_who_has_not_the_right_brings_no_sheet(world: World) -> None:
    client = world.client("dispatcher")
    for address in ("/sheets/users/", "/sheets/users/template/", "/sheets/users/check/"):
        assert client.get(address).status_code == 403
    assert upload(client, "users", csv_of(HEADER, ZHANG)).status_code == 403
    assert world.client("admin").get("/sheets/unknown/").status_code == 404
