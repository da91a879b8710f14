"""工作日历: the year at a glance, the yearly notice by file or by hand, and the warning for a year without one."""

import json
from datetime import datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.world import World
from wangcheng.common import clock
from wangcheng.common.models import AuditEntry, CalendarYear, SpecialDay

NOTICE = {
    "year": 2024,
    "papers": ["国办发明电〔2023〕7号"],
    "days": [
        {"name": "元旦", "date": "2024-01-01", "isOffDay": True},
        {"name": "春节", "date": "2024-02-04", "isOffDay": False},
    ],
}


def upload(client: Client, content: bytes) -> str:
    file = SimpleUploadedFile("2024.json", content, "application/json")
    return client.post("/manage/calendar/load/", {"file": file}, follow=True).content.decode()


def test_the_year_shows_holidays_and_make_up_days(world: World) -> None:
    page = world.client("dispatcher").get("/manage/calendar/").content.decode()
    assert '<td class="holiday" title="元旦放假">2</td>' in page
    assert '<td class="makeup" title="春节调休上班">28</td>' in page
    assert '<td class="today">3</td>' in page.replace('class=" today"', 'class="today"')
    assert "09:00-12:00" in page


def test_a_notice_is_loaded_from_a_file(world: World) -> None:
    page = upload(world.client("admin"), json.dumps(NOTICE).encode())
    assert "放假安排已录入" in page
    assert "国办发明电〔2023〕7号" in page
    assert SpecialDay.objects.get(day="2024-02-04").is_working
    assert AuditEntry.objects.filter(kind=AuditEntry.Kind.POLICY, summary="录入2024年放假安排。").exists()


def test_a_broken_file_is_refused_in_words_and_changes_nothing(world: World) -> None:
    page = upload(world.client("admin"), b"{")
    assert "不是有效的JSON" in page
    assert not CalendarYear.objects.filter(year=2024).exists()


def test_a_notice_can_be_written_out_day_by_day(world: World) -> None:
    written = {"year": 2024, "source": "通知", "lines": "2024-01-01 元旦 休\n\n2024-02-04 春节 班\n"}
    world.client("admin").post("/manage/calendar/load/", written)
    assert list(SpecialDay.objects.filter(year__year=2024).values_list("name", "is_working")) == [
        ("元旦", False),
        ("春节", True),
    ]


def test_a_line_that_cannot_be_read_is_named(world: World) -> None:
    written = {"year": 2024, "lines": "2024-01-01 元旦 休\n2024-13-01 元旦 休"}
    answer = world.client("admin").post("/manage/calendar/load/", written)
    assert answer.status_code == 400
    assert "第2行无法识别" in answer.content.decode()
    for lines in ("2024-01-01 元旦 休\n2024-01-01 元旦 休", "2026-01-01 元旦 休"):
        again = world.client("admin").post("/manage/calendar/load/", {"year": 2024, "lines": lines})
        assert again.status_code == 400
    assert "请选择文件" in world.client("admin").post("/manage/calendar/load/", {"year": ""}).content.decode()


def test_a_year_without_a_notice_warns_loudly_from_november_on(world: World) -> None:
    client = world.client("dispatcher")
    assert "2024年的放假安排尚未录入" not in client.get("/manage/calendar/").content.decode()
    with clock.frozen(datetime(2023, 11, 1, 9, tzinfo=clock.CHINA)):
        assert "2024年的放假安排尚未录入，涉及该年的时限" in client.get("/manage/calendar/").content.decode()
    CalendarYear.objects.filter(year=2023).delete()
    assert "2023年的放假安排尚未录入，涉及该年的时限" in client.get("/manage/calendar/").content.decode()
    assert (
        "2030年的放假安排尚未录入，本页按周一至周五推算" in client.get("/manage/calendar/?year=2030").content.decode()
    )


def test_only_the_admin_enters_notices(world: World) -> None:
    assert world.client("dispatcher").post("/manage/calendar/load/", {}).status_code == 403
    assert world.client("town").get("/manage/calendar/").status_code == 403
