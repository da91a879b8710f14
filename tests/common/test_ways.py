"""What every page has: policy against foreign scripts, refusals in words, menu, search, order of lists, words for time."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from tests.world import World
from wangcheng.common import clock
from wangcheng.common.models import Message, User
from wangcheng.common.ways import desk, finders, menu, processes, words
from wangcheng.common.ways.finders import Finder, Found
from wangcheng.common.ways.lists.keyset import Order
from wangcheng.common.ways.menu import MenuItem
from wangcheng.common.ways.processes import Process, lines
from wangcheng.common.ways.refusals import RefusalPage
from wangcheng.common.ways.security import build_policy, csp_override
from wangcheng.common.workflow import Clock, Code, Holder, NotAllowed, Step


def test_only_scripts_with_the_nonce_of_the_page_run(world: World) -> None:
    answer = world.client("dispatcher").get("/desk/")
    nonce = re.search(r"'nonce-([^']+)'", answer["Content-Security-Policy"])
    assert nonce
    page = answer.content.decode()
    assert page.count("<script") == page.count(f'nonce="{nonce[1]}"') > 0
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
    assert world.client("town").get("/desk/")["Content-Security-Policy"] != answer["Content-Security-Policy"]


def test_a_view_may_have_a_policy_of_its_own(rf: RequestFactory) -> None:
    answer = csp_override({"default-src": ["'none'"]})(lambda request: HttpResponse())(rf.get("/"))
    assert build_policy(answer._csp_config, "x") == "default-src 'none'"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("code", "status"), [(Code.STATE, 409), (Code.VERSION, 409), (Code.RIGHT, 403), (Code.RULE, 400)]
)
def test_a_refusal_nobody_caught_becomes_a_page_that_says_why(
    world: World, rf: RequestFactory, code: Code, status: int
) -> None:
    request = rf.get("/")
    request.user = world.town
    answer = RefusalPage(lambda request: HttpResponse()).process_exception(request, NotAllowed("当前不能签收。", code))
    assert answer
    assert answer.status_code == status
    assert "当前不能签收。" in answer.content.decode()


def test_other_errors_are_left_alone(rf: RequestFactory) -> None:
    assert RefusalPage(lambda request: HttpResponse()).process_exception(rf.get("/"), ValueError()) is None


def test_what_is_not_there_is_said_in_words(world: World) -> None:
    answer = world.client("town").get("/manage/nothing/")
    assert answer.status_code == 404
    assert "该页面或事项不存在，或者不在您的查看范围内" in answer.content.decode()


def test_what_one_may_not_is_said_in_words(world: World) -> None:
    assert "您的岗位没有打开本页面的权限" in world.client("town").get("/manage/users/").content.decode()


def test_a_form_without_its_token_is_refused_in_words(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.admin, backend="wangcheng.common.people.auth.PostBackend")
    answer = client.post("/manage/users/new/", {"username": "x"})
    assert answer.status_code == 403
    assert "页面已失效" in answer.content.decode()


def boom(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [path("boom/", boom)]


@pytest.mark.urls(__name__)
def test_a_failure_of_ours_says_that_nothing_took_effect(client: Client, db: None) -> None:
    client.raise_request_exception = False
    answer = client.get("/boom/")
    assert answer.status_code == 500
    assert "刚才的操作没有生效" in answer.content.decode()


@pytest.fixture
def entry(monkeypatch: pytest.MonkeyPatch) -> None:
    """One more entry of the menu, behind which three things wait for a dispatcher."""
    monkeypatch.setattr(menu, "_items", [*menu._items])
    menu.register(
        MenuItem("试验", "figures", "hotline.dispatch_ticket", menu.WORK, 1, count=lambda user: 3, query="by=town")
    )


def test_the_menu_shows_counts_and_renews_them(world: World, entry: None) -> None:
    client = world.client("dispatcher")
    assert 'id="count-figures-by-town" hx-swap-oob="true">(3)' in client.get("/desk/counts/").content.decode()
    page = client.get("/account/").content.decode()
    assert '<a href="/figures/?by=town">试验<span class="menu-count" id="count-figures-by-town">(3)</span></a>' in page


def test_an_entry_is_for_those_who_hold_its_right(world: World, entry: None) -> None:
    assert "试验" not in world.client("town").get("/account/").content.decode()


def test_the_entry_of_the_page_is_marked(world: World) -> None:
    page = world.client("admin").get("/manage/users/new/").content.decode()
    assert '<a href="/manage/users/" aria-current="page">用户与任职' in page
    assert page.count("aria-current") == 1


def test_the_desk_shows_cards_of_the_apps(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "_cards", [])
    due = clock.now() - timedelta(days=2)
    desk.register(
        desk.DeskCard(
            "试验卡", 1, "hotline.view_ticket", lines=lambda user: [desk.Line("某工单", "/x/", words.time_left(due))]
        ),
        desk.DeskCard(
            "试验数", 2, "hotline.view_ticket", tiles=lambda user: [desk.Tile("今日", "12", "/y/", unit="件")]
        ),
        desk.DeskCard("空卡", 3, "hotline.view_ticket", lines=lambda user: [], empty="没有快到期的工单。"),
    )
    page = world.client("town").get("/desk/").content.decode()
    assert '<span class="nowrap late">超期 2 天</span>' in page
    assert '12<span class="unit">件</span>' in page
    assert "没有快到期的工单。" in page
    assert "试验卡" not in world.client("admin").get("/desk/").content.decode()


@pytest.fixture
def finder(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(user: User, text: str) -> list[Found]:
        return [Found(f"编号{text}{end}", "标题", f"/found/{end}/") for end in ("a", "b")[: int(text)]]

    monkeypatch.setattr(finders, "_finders", [Finder("工单", "hotline.view_ticket", find)])


def test_a_single_hit_opens_at_once(world: World, finder: None) -> None:
    assert world.client("town").get("/search/?q=1")["Location"] == "/found/a/"


def test_several_hits_are_listed_and_none_is_said(world: World, finder: None) -> None:
    page = world.client("town").get("/search/?q=2").content.decode()
    assert "编号2a" in page
    assert "编号2b" in page
    assert "没有找到" in world.client("town").get("/search/?q=0").content.decode()
    assert "没有找到" in world.client("admin").get("/search/?q=2").content.decode()


def test_words_that_name_nothing_go_to_the_list_that_is_searched_by_them(world: World) -> None:
    assert world.client("town").get("/search/?q=井盖").headers["Location"] == f"/tickets/?tab=all&q={quote('井盖')}"
    assert "没有找到" in world.client("town").get("/search/?q=WC99999999-1").content.decode()
    assert "没有找到" in world.client("admin").get("/search/?q=井盖").content.decode()


@pytest.mark.parametrize(
    ("who", "page"),
    [
        ("dispatcher", "/tickets/?tab=all&received"), ("dispatcher", "/tickets/?tab=all&closed"),
        ("dispatcher", "/whistles/?tab=all&received"), ("auditor", "/manage/audit/?at"), ("admin", "/manage/messages/?created"),
        ("finance", "/budget/payments/?paid"), ("supervisor", "/trainings/?day"),
    ],
)  # fmt: skip
def test_a_span_of_days_that_runs_backwards_is_said(world: World, who: str, page: str) -> None:
    name = page.rpartition("&")[2].rpartition("?")[2]
    answer = world.client(who).get(f"{page}_after=2022-12-31&{name}_before=2022-12-01").content.decode()
    assert re.search(r'role="alert"><div>[^<]*日期：起始日期不能晚于截止日期。', answer)
    assert "查询条件有误" in answer
    assert (
        "起始日期不能"
        not in world.client(who).get(f"{page}_after=2022-12-01&{name}_before=2022-12-01").content.decode()
    )


@pytest.mark.parametrize("address", ["tickets/?received", "whistles/?received"])
def test_rest_says_it_too(world: World, address: str) -> None:
    answer = world.client("dispatcher").get(f"/api/v1/{address}_after=2022-12-31&received_before=2022-12-01")
    assert (answer.status_code, "起始日期不能晚于截止日期" in answer.content.decode()) == (400, True)


@pytest.mark.parametrize(
    "order", ["accepted_at", "-accepted_at", "segments", "-segments", "pk", "-pk", "organisation__code"]
)
def test_walking_by_cursor_meets_every_row_once_in_the_order_of_the_list(world: World, order: str) -> None:
    units = [None, world.units["茶亭镇"], world.units["高塘岭街道"]]
    for number in range(23):
        Message.objects.create(
            text="短信", phone=str(number), purpose="notice", segments=number % 3, created_at=clock.now(),
            not_before=clock.now(), organisation=units[number % 3],
            accepted_at=clock.now() + timedelta(microseconds=number % 5) if number % 4 else None,
        )  # fmt: skip
    way, rows = Order.parse(order), Message.objects.select_related("organisation")
    whole = list(way.apply(rows))
    assert walk(way, rows, whole[0], backwards=False) == whole[1:]
    assert walk(way, rows, whole[-1], backwards=True) == whole[-2::-1]


def walk(order: Order, rows: Any, start: Message, *, backwards: bool) -> list[Message]:
    """Every row beyond `start`, four at a time."""
    found: list[Message] = []
    at = start
    while page := list(order.apply(order.beyond(rows, order.cursor(at), backwards), backwards)[:4]):
        found += page
        at = page[-1]
    return found


@pytest.mark.parametrize(
    ("minutes", "text", "tone"),
    [(-2881, "超期 2 天", "late"), (-61, "超期 1 小时", "late"), (-1, "超期 1 分钟", "late"), (0, "剩 1 分钟", "near"),
     (239, "剩 3 小时", "near"), (240, "剩 4 小时", ""), (1440 * 3, "剩 3 天", "")],
)  # fmt: skip
def test_time_left_is_said_in_its_largest_unit(world: World, minutes: int, text: str, tone: str) -> None:
    assert words.time_left(clock.now() + timedelta(minutes=minutes)) == words.Toned(text, tone)


def test_once_done_it_is_said_whether_that_was_in_time(world: World) -> None:
    due = clock.now()
    assert words.time_left(due, due) == words.Toned("按期", "good")
    assert words.time_left(due, due + timedelta(hours=5)) == words.Toned("超期 5 小时完成", "late")
    assert words.time_left(None).text == "—"


def test_a_moment_in_a_list_names_the_year_only_when_it_is_another(world: World) -> None:
    assert words.brief_moment(clock.now()) == "01-03 09:30"
    assert words.brief_moment(clock.now() - timedelta(days=3)) == "2022-12-31 09:30"
    assert words.brief_moment(None) == "—"


@pytest.mark.parametrize(
    ("number", "text"),
    [(None, "—"), (68249, "68,249"), (Decimal("12868.000000"), "12,868"), (Decimal("1200.50"), "1,200.5")],
)
def test_a_whole_number_has_no_places_whatever_it_is_kept_in(number: Decimal | int | None, text: str) -> None:
    assert words.whole(number) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "—"),
        (59, "0 分"),
        (12000, "3 小时 20 分"),
        (7200, "2 小时"),
        (90000, "1 天 1 小时"),
        (172800, "2 天"),
    ],
)
def test_durations_are_said_in_two_units(seconds: int | None, text: str) -> None:
    assert words.duration(seconds) == text


def test_the_manual_is_drawn_from_the_tables_that_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_processes", [])
    sign = Step("sign", "签收", frozenset({"sent"}), "work", "hotline.sign_ticket", holder=Holder.UNIT, basis="某办法")
    close = Step("close", "归档", frozenset({"sent", "work"}), None, "hotline.archive_ticket", by_clock=True)
    processes.register(Process("试验流程", (sign, close), {"sent": "待签收", "work": "办理中"}))
    page = world.client("town").get("/help/process/").content.decode()
    cells = re.findall(r'<td data-label="[^"]*"[^>]*>(?:<b>)?([^<]*)', page)
    assert cells[:7] == [
        "签收",
        "待签收",
        "办理中",
        "街镇专干、部门联络员、村（社区）专干",
        "承办单位",
        "不变",
        "某办法",
    ]
    assert cells[7:11] == ["归档", "任何状态", "不变", "派单员、系统自动"]


def test_the_manual_says_for_each_outcome_who_holds_the_case_and_what_the_clock_does() -> None:
    review = Step(
        "review", "审核", frozenset({"review"}), None, "hotline.review_ticket", targets=frozenset({"back", "work"}),
        holder=Holder.CENTRE, lands={"work": (Holder.UNIT, Clock.RESUME)},
    )  # fmt: skip
    (line,) = lines(Process("试验流程", (review,), {"work": "办理中", "review": "待审核", "back": "待回访"}))
    assert (line.holder, line.clock) == ("办理中：承办单位；待回访：区中心", "办理中：恢复；待回访：不变")
