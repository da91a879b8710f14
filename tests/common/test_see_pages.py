"""The kernel's pages in a real browser: nothing axe finds serious, no word in the console, nothing out of the window."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from tests.browser import person, problems
from tests.common.test_import_people import HEADER, ZHANG, csv_of
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.api.actions import issue_token
from wangcheng.common.models import AuditEntry, Job, Message, Policy, User
from wangcheng.common.policy import actions

pytestmark = pytest.mark.xdist_group("browser")

PAGES = {
    "": ["/login/"],
    "admin": [
        "/desk/", "/account/", "/account/password/", "/help/keys/", "/help/process/", "/search/?q=x", "/jobs/",
        "/jobs/{job}/", "/manage/users/", "/manage/users/{user}/", "/manage/users/new/", "/manage/users/{user}/posts/new/",
        "/manage/users/{user}/hand-over/", "/manage/users/{user}/edit/", "/manage/users/{user}/password/",
        "/manage/users/{user}/leave/", "/manage/posts/{post}/deputy/", "/manage/organisations/new/",
        "/manage/organisations/{unit}/edit/", "/sheets/users/", "/manage/organisations/", "/manage/roles/", "/manage/policies/",
        "/manage/policies/common.sms/", "/manage/policies/versions/{policy}/", "/manage/policies/common.sms/draft/",
        "/manage/policies/drafts/", "/manage/calendar/", "/manage/calendar/load/", "/manage/tokens/",
        "/manage/tokens/new/", "/manage/tokens/{token}/",
        "/manage/messages/", "/manage/messages/?purpose=reminder", "/manage/messages/{message}/",
        "/manage/categories/", "/manage/categories/{category}/", "/manage/categories/{category}/edit/",
        "/manage/categories/{category}/end/", "/grid/",
        "/manage/categories/new/", "/grid/urban/", "/grid/urban/confirm/?area={village}", "/grid/{village}/",
        "/grid/{grid}/", "/grid/{grid}/edit/", "/grid/{grid}/close/", "/grid/{village}/new/", "/sheets/grids/",
    ],
    "assessor": ["/figures/", "/figures/?year=2022&by=town", "/figures/tickets_received/rows/?period=2022"],
    "auditor": ["/manage/audit/", "/manage/audit/{entry}/", "/manage/roles/"],
}  # fmt: skip


@pytest.fixture
def keys(world: World) -> dict[str, int]:
    """One of each kind of thing that has a page of its own."""
    draft = actions.draft(
        "common.sms",
        {"single": 60},
        valid_from=clock.today(),
        document_number="",
        source="通知",
        note="调整",
        by=world.admin,
    )
    job = Job.objects.create(
        kind="test", label="工单导入", state=Job.State.RUNNING, done=3, total=9, created_at=clock.now(), requested_by=world.admin
    )  # fmt: skip
    for number in range(30):
        message = Message.objects.create(
            text="您单位有工单即将到期，请及时办理。" * 3, phone="13900000000", purpose="reminder", segments=1, state="failed",
            created_at=clock.now(), not_before=clock.now(), about=f"WC20230103-{number:05}", error="号码停机",
        )  # fmt: skip
    assert world.admin.acting
    token, _ = issue_token(world.admin.acting, name="测试", lifetime=timedelta(days=1), by=world.admin, scope="read")
    entry = AuditEntry.objects.latest("pk")
    more = {
        "token": token.pk, "post": world.gridofficer.posts.get().pk, "unit": world.units["城管局"].pk,
        "category": world.categories["占道经营"].pk, "village": world.villages["斑马湖社区"].pk,
        "grid": world.grids["斑马湖社区1"].pk,
    }  # fmt: skip
    return more | {
        "policy": draft.pk, "job": job.pk, "message": message.pk, "user": world.gridofficer.pk, "entry": entry.pk,
    }  # fmt: skip


ALSO = {"sheet_check"}  # opened by what follows


def test_every_page_can_be_read_by_everybody(live_server: LiveServer, keys: dict[str, int]) -> None:
    assert problems(live_server.url, PAGES, keys) == []


def test_the_check_of_a_sheet_can_be_read_by_everybody(live_server: LiveServer, keys: dict[str, int]) -> None:
    sheet = csv_of(HEADER, ZHANG)
    with person(live_server.url) as reader:
        reader.log_in("admin")
        reader.page.goto(f"{live_server.url}/sheets/users/")
        reader.page.set_input_files("#id_sheet", {"name": "人员.csv", "mimeType": "text/csv", "buffer": sheet})
        reader.page.get_by_role("button", name="上传并核对").click()
        reader.page.wait_for_url("**/sheets/users/check/")
        assert reader.judge("sheet_check") == []


def test_the_keyboard_alone_leads_through_a_list(live_server: LiveServer, keys: dict[str, int]) -> None:
    with person(live_server.url) as reader:
        reader.log_in("admin")
        page = reader.page
        page.goto(f"{live_server.url}/manage/messages/")
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        expect(page.locator("tr.at")).to_have_count(1)
        address = page.locator("tr.at").get_attribute("data-href")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{address}")
        page.goto(f"{live_server.url}/manage/users/")
        page.keyboard.press("/")
        expect(page.locator("#q")).to_be_focused()
        page.keyboard.type("gridofficer")
        page.keyboard.press("Enter")
        page.wait_for_url("**q=gridofficer**")
        page.locator("h1").click()
        page.keyboard.press("?")
        expect(page.locator("dialog[open] h2")).to_have_text("键盘操作")
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
        assert "q=gridofficer" in page.url


def test_sorting_and_paging_change_the_table_and_the_address(live_server: LiveServer, keys: dict[str, int]) -> None:
    with person(live_server.url) as reader:
        reader.log_in("admin")
        page = reader.page
        page.goto(f"{live_server.url}/manage/users/")
        page.get_by_role("link", name="姓名").click()
        page.wait_for_url("**sort=name**")
        expect(page.locator("th[aria-sort=ascending]")).to_have_text("姓名 ↑")
        page.goto(f"{live_server.url}/manage/messages/")
        page.get_by_role("link", name="下一页").click()
        page.wait_for_url("**page=2**")
        expect(page.locator("tbody tr")).to_have_count(10)
        expect(page.locator("header.topbar")).to_have_count(1)
        assert reader.complaints == []


def test_ctrl_enter_submits_and_a_double_click_submits_once(live_server: LiveServer, keys: dict[str, int]) -> None:
    with person(live_server.url) as reader:
        reader.log_in("admin")
        page = reader.page
        page.goto(f"{live_server.url}/manage/users/new/")
        for field, value in {"username": "lisi", "name": "李四", "password": "Kaishi@2023"}.items():
            page.fill(f"#id_{field}", value)
        page.locator("#id_password").press("Control+Enter")
        page.wait_for_url("**/manage/users/*/")
        assert User.objects.filter(username="lisi").count() == 1
        page.goto(f"{live_server.url}/manage/policies/common.tokens/draft/")
        page.fill("#id_basis", "通知")
        page.fill("#id_revision", "调整")
        page.get_by_role("button", name="保存草稿").dblclick()
        page.wait_for_url("**/versions/*/")
        assert Policy.objects.filter(key="common.tokens", state="draft").count() == 1
        assert "已有待批准的草稿" not in page.content()


def test_a_person_comes_in_by_the_form(live_server: LiveServer, world: World) -> None:
    with person(live_server.url) as comer:
        comer.fill_in_login("dispatcher")
        expect(comer.page.get_by_role("heading", level=1)).to_be_visible()
        assert comer.complaints == []
