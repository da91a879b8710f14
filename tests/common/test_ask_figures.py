"""指标查询: any period and breakdown; every number opens a list whose count, or sum, is the number."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db.models import F, Q
from django.test import Client
from python_calamine import CalamineWorkbook

from tests.world import World
from wangcheng.common import clock
from wangcheng.common.figures import registry
from wangcheng.common.figures.registry import Dimension, Figure, Source, Unit, everything
from wangcheng.common.models import Message, Organisation
from wangcheng.common.ways.lists import pager

SENT = Source(
    "test_messages",
    lambda period: Message.objects.filter(created_at__range=(period.start, min(period.end, period.as_of))),
    {"unit": Dimension("organisation_id", Organisation)},
    columns=(
        ("about", "事项"),
        ("organisation__short_name", "单位"),
        ("purpose", "用途"),
        ("delivered_at", "送达时间"),
    ),
    permission="common.view_figure",
    sight=lambda rows, user: rows.exclude(about="secret"),
)
COUNT = Figure("test_messages", "短信数", Unit.MESSAGES, SENT, everything, "全部短信。")
RATE = Figure(
    "test_delivered",
    "送达率",
    Unit.PER_CENT,
    SENT,
    lambda period: Q(state="delivered"),
    "送达÷全部。",
    denominator=everything,
)
AMOUNT = Figure("test_segments", "计费条数", Unit.MESSAGES, SENT, everything, "条数之和。", sum_of="segments", places=0)
PHONES = Figure("test_phones", "收件号码数", Unit.POINTS, SENT, everything, "不同号码。", distinct="phone")
SECRET = Figure(
    "test_secret", "别处", Unit.COUNT, Source(
        "test_audit", SENT.rows, columns=SENT.columns, link=("message_detail", "pk"), permission="common.view_audit",
        telling=frozenset({"about"}), sight=lambda rows, user: rows.none(),
    ),
    everything, "无权看清单。",
)  # fmt: skip


@pytest.fixture
def client(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """The assessor, in an office with five figures of its own and four messages of December."""
    monkeypatch.setattr(registry, "_figures", {})
    monkeypatch.setattr(registry, "_groups", {})
    registry.register(COUNT, RATE, AMOUNT, PHONES, SECRET)
    unit, other = world.units["高塘岭街道"], world.units["茶亭镇"]
    rows = [
        ("delivered", unit, 1, "a"),
        ("delivered", unit, 2, "b"),
        ("failed", unit, 1, "a"),
        ("failed", other, 3, "c"),
    ]
    for number, (state, organisation, segments, phone) in enumerate(rows):
        at = datetime(2022, 12, 1 + number, 9, tzinfo=clock.CHINA)
        Message.objects.create(
            state=state, organisation=organisation, segments=segments, phone=phone, text="短信", about=f"事项{number}",
            purpose="notice", created_at=at, not_before=at, delivered_at=at + timedelta(days=60),
        )  # fmt: skip
    return world.client("assessor")


def row_of(page: str, label: str) -> str:
    found = re.search(rf'<tr><td data-label="指标"[^>]*>{label}</td>.*?</tr>', page, re.DOTALL)
    assert found
    return found[0]


def test_a_rate_shows_both_parts_and_a_count_itself(client: Client) -> None:
    page = client.get("/figures/?period=2022Q4").content.decode()
    assert "<b>50.00</b>" in row_of(page, "送达率")
    assert re.findall(r">(\d+)</a>", row_of(page, "送达率")) == ["2", "4"]
    assert "<b>4</b>" in row_of(page, "短信数")
    assert "<b>7</b>" in row_of(page, "计费条数")
    assert "2022年第四季度" in page
    assert "送达÷全部。" in page


@pytest.mark.parametrize(("part", "count"), [("numerator", 2), ("denominator", 4)])
def test_the_list_behind_a_number_has_that_many_rows(client: Client, part: str, count: int) -> None:
    page = client.get(f"/figures/test_delivered/rows/?period=2022&part={part}").content.decode()
    assert f'<b id="total">{count}</b>' in page
    assert page.count('<td data-label="事项"') == count


def test_a_long_list_says_at_once_the_exact_count_of_its_own_part(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pager, "NUMBERED_TO", 1)
    address = "/figures/test_delivered/rows/?period=2022&part=denominator"
    for number in (1, 2):  # and on a page that is fetched alone
        page = client.get(
            f"{address}&page={number}", headers={"HX-Request": "true", "HX-Target": "list"} if number > 1 else {}
        )
        assert '<b id="total">4</b>' in page.content.decode()
        assert "only=counts" not in page.content.decode()


def test_a_large_number_is_shown_in_groups_of_three_digits(client: Client) -> None:
    Message.objects.filter(pk=Message.objects.order_by("pk")[0].pk).update(segments=12_345)
    page = client.get("/figures/?period=2022").content.decode()
    total = sum(Message.objects.values_list("segments", flat=True))
    assert re.search(rf">(?:<b>)?{total:,}<", page), total
    assert str(total) not in page


def test_the_list_behind_an_amount_says_its_sum(client: Client) -> None:
    assert "合计：7。" in client.get("/figures/test_segments/rows/?period=2022").content.decode()
    assert "按不重复计数：3。" in client.get("/figures/test_phones/rows/?period=2022").content.decode()


def test_a_breakdown_links_each_group_to_its_own_rows(client: Client, world: World) -> None:
    page = client.get("/figures/?period=2022&by=unit&name=test_messages&name=test_delivered").content.decode()
    line = re.search(r'<th scope="row">高塘岭街道<.*?</tr>', page, re.DOTALL)
    assert line
    address = re.search(r'href="([^"]+)">3</a>', line[0])
    assert address
    rows = client.get(address[1].replace("&amp;", "&")).content.decode()
    assert '<b id="total">3</b>' in rows
    assert "66.67" in line[0]
    assert "计费条数" not in re.sub(r"<option.*?</option>", "", page)


def many_units(count: int) -> None:
    """Each with one message of December."""
    at = datetime(2022, 12, 20, 9, tzinfo=clock.CHINA)
    units = Organisation.objects.bulk_create(
        Organisation(
            code=f"Z{number:03}", name=f"单位{number}全称", short_name=f"单位{number}", kind="department", path="/",
            valid_from=at.date(),
        )
        for number in range(count)
    )  # fmt: skip
    Message.objects.bulk_create(
        Message(phone="d", text="短信", segments=1, purpose="notice", created_at=at, not_before=at, organisation=unit)
        for unit in units
    )


def test_a_long_breakdown_is_paged_and_goes_to_excel_whole(client: Client) -> None:
    many_units(40)
    address = "/figures/?period=2022&by=unit&name=test_messages&name=test_delivered"
    first, last = (client.get(f"{address}&page={number}").content.decode() for number in (1, 3))
    assert all('共 <b id="total">42</b> 个' in page for page in (first, last))
    assert (first.count('<th scope="row">'), last.count('<th scope="row">')) == (20, 2)
    assert re.findall(r'<th scope="row">([^<]+)<', last) == ["单位38", "单位39"]
    assert client.get(f"{address}&size=50").content.decode().count('<th scope="row">') == 42
    part = client.get(f"{address}&page=3", headers={"HX-Request": "true", "HX-Target": "list"}).content.decode()
    assert (part.count('<th scope="row">'), "<html" in part) == (2, False)
    sheet = b"".join(client.post(f"{address}&page=3", {"export": "csv"}).streaming_content).decode()  # type: ignore[attr-defined]
    assert sheet.count("\n") == 43


def test_a_breakdown_costs_the_same_however_many_groups_there_are(
    client: Client, django_assert_num_queries: Any
) -> None:
    address = "/figures/?period=2022&by=unit&size=100"
    client.get(address)
    for count in (0, 60):
        many_units(count)
        with django_assert_num_queries(6):
            client.get(address)


def test_what_was_not_so_at_the_cut_off_is_left_out_of_the_list(client: Client) -> None:
    page = client.get("/figures/test_messages/rows/?period=2022").content.decode()
    assert "通知" in page
    assert re.search(r'<td data-label="送达时间"[^>]*>—</td>', page)


def test_sight_narrows_the_list_and_the_page_says_so(client: Client) -> None:
    Message.objects.filter(about="事项0").update(about="secret")
    page = client.get("/figures/test_messages/rows/?period=2022").content.decode()
    assert "共4条，您的岗位可查看其中3条。" in page


def test_the_list_needs_the_right_of_its_source(client: Client) -> None:
    answer = client.get("/figures/test_secret/rows/?period=2022")
    assert answer.status_code == 403
    assert "没有查看其明细的权限" in answer.content.decode()


def test_who_only_checks_numbers_counts_every_row_but_reads_no_words_and_opens_no_case(
    client: Client, world: World
) -> None:
    page = world.client("finance").get("/figures/test_secret/rows/?period=2022").content.decode()
    assert '<b id="total">4</b>' in page
    assert "送达时间" in page
    assert "事项0" not in page
    assert "/manage/messages/" not in page


@pytest.mark.parametrize(
    "address",
    [
        "nonsense/rows/",
        "test_messages/rows/?period=2022Q5",
        "test_messages/rows/?by=town&by_id=1",
        "test_messages/rows/?by=unit&by_id=x",
    ],
)
def test_what_there_is_not_is_not_found(client: Client, address: str) -> None:
    assert client.get(f"/figures/{address}").status_code == 404


def test_a_period_that_cannot_be_read_is_said_and_last_year_shown(client: Client) -> None:
    page = client.get("/figures/?period=2022Q5").content.decode()
    assert "统计期“2022Q5”无法识别" in page
    assert "2022年，统计截止" in page


def test_the_table_goes_to_excel_whole_and_broken_down(client: Client, world: World) -> None:
    def sheet(address: str) -> list[list[object]]:
        answer = client.post(address, {"export": "xlsx"})
        return CalamineWorkbook.from_filelike(BytesIO(answer.getvalue())).get_sheet_by_index(0).to_python()

    whole = sheet("/figures/?period=2022")
    assert whole[0] == ["类别", "指标", "数值", "分子", "分母", "单位", "口径"]
    assert whole[1][:5] == ["其他", "短信数", 4, "", ""]
    assert whole[2] == ["其他", "送达率", 50.0, 2, 4, "%", "送达÷全部。"]
    by = sheet("/figures/?period=2022&by=unit&name=test_messages&name=test_delivered")
    assert by[0] == ["承办单位", "代码", "短信数（条）", "送达率（%）", "送达率分子", "送达率分母", "口径"]
    code, definitions = world.units["高塘岭街道"].code, "短信数：全部短信。；送达率：送达÷全部。"
    assert by[1] == ["高塘岭街道", code, 3, 66.67, 2, 3, definitions]


def test_the_list_behind_a_number_goes_to_excel_with_numbers_and_moments_as_such(client: Client) -> None:
    registry.register(replace(COUNT, name="test_rows", label="明细", source=replace(SENT, columns=(
        ("about", "事项"), ("segments", "计费条数"), ("created_at", "生成时间"),
    ))))  # fmt: skip
    answer = client.post("/figures/test_rows/rows/?period=2022", {"export": "xlsx"})
    row = CalamineWorkbook.from_filelike(BytesIO(answer.getvalue())).get_sheet_by_index(0).to_python()[1]
    assert [type(cell) for cell in row] == [str, float, datetime]


def test_a_number_whose_list_is_closed_to_the_reader_is_no_link(client: Client, world: World) -> None:
    shown = {
        name: row_of(world.client(name).get("/figures/?period=2022").content.decode(), "别处")
        for name in ("assessor", "finance")
    }
    assert ["/figures/test_secret/rows/" in row for row in shown.values()] == [False, True]
    assert "<b>4</b>" in shown["assessor"]


def test_an_amount_is_shown_in_a_rate_of_amounts(client: Client) -> None:
    registry.register(replace(RATE, name="test_paid", label="计费率", sum_of="segments"))
    assert re.findall(r">([\d.]+)</a>", row_of(client.get("/figures/?period=2022").content.decode(), "计费率")) == [
        "3",
        "7",
    ]


def test_the_year_before_stands_beside(client: Client) -> None:
    Message.objects.update(created_at=F("created_at") - timedelta(days=365))
    page = client.get("/figures/?period=2022").content.decode()
    assert re.findall(r'soft">(\d+)</td>', row_of(page, "短信数")) == ["4", "4"]
    assert "<b>0</b>" in row_of(page, "短信数")


@pytest.mark.parametrize("period", ["2020-02-29", "1900", "2000-01-01..2099-12-31"])
def test_a_period_whose_like_a_year_ago_is_odd_is_shown_all_the_same(client: Client, period: str) -> None:
    assert client.get(f"/figures/?period={period}").status_code == 200


def test_figures_stand_group_by_group_tickets_first(client: Client) -> None:
    registry.register(replace(COUNT, name="test_spent", label="支出"), group=registry.Group.MONEY)
    registry.register(replace(COUNT, name="test_tickets", label="受理工单"), group=registry.Group.TICKETS)
    page = client.get("/figures/?period=2022").content.decode()
    assert re.findall(r'class="(?:group|nowrap)">(受理工单|支出|短信数|热线工单|经费|其他)</t', page) == [
        "热线工单", "受理工单", "经费", "支出", "其他", "短信数",
    ]  # fmt: skip
    by_unit = client.get("/figures/?by=unit").content.decode()
    assert '<optgroup label="热线工单"><option value="test_tickets" selected>受理工单</option></optgroup>' in by_unit


def test_figures_are_for_those_who_may(client: Client, world: World) -> None:
    assert world.client("admin").get("/figures/").status_code == 403
