"""import_tickets: the good rows in, the bad ones beside the sheet with their reasons, and a second run changes nothing."""

from __future__ import annotations

import csv
import gzip
import json
import struct
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction

from hotline import actions
from hotline.importing import loading
from hotline.models import Ticket
from tests.hotline import desk
from tests.hotline.desk import at
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.sheets import reading

CITY = [
    "工单编号", "受理类型", "来电类别", "信息来源", "接收时间", "办结时限", "紧急程度", "是否保密", "地址", "联系人",
    "联系电话", "一级分类", "二级分类", "三级分类", "标题", "主要内容",
]  # fmt: skip
ROW = {
    "工单编号": "CS2023010001", "来电类别": "求助", "信息来源": "12345微信小程序", "接收时间": "2023/1/2 9:03:01",
    "紧急程度": "紧急", "地址": "斑马湖社区3栋", "联系人": "张三丰", "联系电话": "13812345678",
    "一级分类": "城乡建设", "二级分类": "市容环卫",
    "三级分类": "占道经营", "标题": "\t占道经营\u3000", "主要内容": "门口\u00a0占道经营",
}  # fmt: skip
STREET = [
    "工单编号", "工单类型", "问题分类(一->二->三级)", "标题", "主要内容", "来电人", "来电人电话(或“保密”)", "被反映街乡镇",
    "是否解决(解决/部分解决/未解决)", "是否满意(满意/基本满意/不满意/未评价)", "村/社区", "小区点位",
]  # fmt: skip

# the headers of both sheets as they were met in practice, whole
CITY_PLATFORM = (
    "工单编号 受理员/工号 受理类型 来电类别 信息来源 接收时间 录入时间 办结时限 紧急程度 是否保密 是否回复 地址 联系人 联系电话 "
    "一级分类 二级分类 三级分类 四级分类 五级分类 标题 主要内容 转办意见 转办人 办理轨迹 回复部门 回复时间 回复类型 回退意见 "
    "申请延期天数 申请延期至 领导意见 签发人 答复人 答复时间 答复电话 答复来电人情况 下级单位"
)
STREET_EXPORT = (
    "工单编号 工单类型 问题分类(一->二->三级) 标签 标题 主要内容 工单状态 来电人 来电人电话(或“保密”) 被反映区 被反映街乡镇 "
    "办理结果 回复内容 处理方式 办结时间 企业名称 是否解决(解决/部分解决/未解决) 是否满意(满意/基本满意/不满意/未评价) "
    "工单性质(主办/协办/转办) 村/社区 小区点位"
)


def write_csv(path: Path, header: list[str], *rows: dict[str, Any], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(rows)
    return path


def run(path: Path, *options: str) -> dict[str, Any]:
    from io import StringIO

    out = StringIO()
    call_command("import_tickets", str(path), "--json", *options, stdout=out)
    result: dict[str, Any] = json.loads(out.getvalue())
    return result


def counts(result: dict[str, Any]) -> tuple[int, ...]:
    return tuple(result[name] for name in ("read", "created", "updated", "unchanged", "rejected"))


def reasons(path: Path) -> dict[int, str]:
    with path.with_name(f"{path.name}.rejected.csv").open(encoding="utf-8-sig", newline="") as file:
        return {int(row["行号"]): row["未导入原因"] for row in csv.DictReader(file)}


def test_the_citys_sheet_is_read_by_its_headers(world: World, tmp_path: Path) -> None:
    result = run(write_csv(tmp_path / "市级.csv", CITY, ROW))
    assert counts(result) == (1, 1, 0, 0, 0)
    ticket = Ticket.objects.get()
    assert (ticket.city_number, ticket.type, ticket.source, ticket.urgency) == (
        "CS2023010001",
        "help",
        "online",
        "urgent",
    )
    assert (ticket.title, ticket.content) == ("占道经营", "门口 占道经营")
    assert ticket.received_at == at("2023-01-02 09:03:01")
    assert ticket.category == world.categories["占道经营"]
    assert (ticket.caller_name, ticket.caller_phone, ticket.place) == ("张三丰", "13812345678", "斑马湖社区3栋")
    assert ticket.city_due_at == at("2023-01-03 09:03:01")
    assert ticket.events.get().step == "receive"


def test_the_street_export_is_read_by_its_headers(world: World, tmp_path: Path) -> None:
    row = {
        "工单编号": "JD1", "工单类型": "投诉", "问题分类(一->二->三级)": "城乡建设->住房物业->物业服务",
        "标题": "物业服务差", "主要内容": "物业不作为", "来电人": "李四", "来电人电话(或“保密”)": "保密",
        "被反映街乡镇": "高塘岭街道", "村/社区": "斑马湖社区", "小区点位": "一号小区",
    }  # fmt: skip
    result = run(write_csv(tmp_path / "街道.csv", STREET, row))
    ticket = Ticket.objects.get()
    assert result["notes"] == ["表中没有接收时间列，以导入时间作为接收时间。"]
    assert ticket.received_at == clock.now()
    assert (ticket.village, ticket.town) == (world.villages["斑马湖社区"], world.towns["高塘岭街道"])
    assert ticket.category == world.categories["物业服务"]
    assert (ticket.confidential, ticket.caller_phone, ticket.place) == (True, "", "一号小区")


@pytest.mark.parametrize("sheet", [CITY_PLATFORM, STREET_EXPORT], ids=["city", "street"])
def test_every_header_met_in_practice_is_known(world: World, tmp_path: Path, sheet: str) -> None:
    header = sheet.split()
    result = run(write_csv(tmp_path / "a.csv", [*header, "网格随手记"], {**dict.fromkeys(header, ""), "标题": "空行"}))
    assert [note for note in result["notes"] if "无法识别" in note] == ["无法识别的列没有导入：网格随手记。"]


@pytest.mark.parametrize(
    "header",
    ["所属村社区", "所属村（社区）", "所属村(社区)", "村社区", "村（社区）", "村(社区)", "村 （社区）", "村/社区"],
)
@pytest.mark.parametrize("written", ["静慎村", "静慎村委会", "静慎村村民委员会"])
def test_a_village_is_read_under_every_form_of_header_and_name(
    world: World, tmp_path: Path, header: str, written: str
) -> None:
    run(write_csv(tmp_path / "a.csv", [*CITY, header], {**ROW, header: written}))
    assert Ticket.objects.get().village == world.villages["静慎村"]


def test_a_second_run_changes_nothing(world: World, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", CITY, ROW, {**ROW, "工单编号": "CS2"})
    run(path)
    before = list(Ticket.objects.order_by("pk").values())
    assert counts(run(path)) == (2, 0, 0, 2, 0)
    assert list(Ticket.objects.order_by("pk").values()) == before


def test_what_the_city_changed_is_updated_and_nothing_else(world: World, tmp_path: Path) -> None:
    run(write_csv(tmp_path / "a.csv", CITY, ROW, {**ROW, "工单编号": "CS2"}))
    changed = write_csv(tmp_path / "b.csv", CITY, {**ROW, "标题": "改过的标题"}, {**ROW, "工单编号": "CS2"})
    assert counts(run(changed)) == (2, 0, 1, 1, 0)
    ticket = Ticket.objects.get(city_number="CS2023010001")
    assert (ticket.title, ticket.version) == ("改过的标题", 2)
    assert ticket.events.last().note == "市级平台更新：标题。"  # type: ignore[union-attr]


def test_the_citys_result_closes_a_ticket_that_waits_and_corrects_one_that_is_closed(
    world: World, tmp_path: Path
) -> None:
    waiting = desk.in_callback(world, city_number="CS1")
    done = desk.closed(world, city_number="CS2", title="另一件")
    header = ["工单编号", "标题", "主要内容", "工单类型", "是否解决", "是否满意"]
    rows = [
        {"工单编号": ticket.city_number, "标题": ticket.title, "主要内容": ticket.content, "工单类型": "求助",
         "是否解决": "未解决", "是否满意": "不满意"} for ticket in (waiting, done)
    ]  # fmt: skip
    path = write_csv(tmp_path / "a.csv", header, *rows)
    assert counts(run(path)) == (2, 0, 2, 0, 0)
    for ticket in (waiting, done):
        ticket.refresh_from_db()
        assert (ticket.state, ticket.resolved, ticket.satisfaction) == ("closed", "no", "dissatisfied")
    assert counts(run(path)) == (2, 0, 0, 2, 0)


MOMENTS = [
    ("2019/2/8 9:03:01", "2019-02-08 09:03:01"),
    ("2019-02-08 09:03:01", "2019-02-08 09:03:01"),
    ("2019-02-08T09:03:01+08:00", "2019-02-08 09:03:01"),
    ("2019-02-08T01:03:01Z", "2019-02-08 09:03:01"),
    ("2019/2/8", "2019-02-08 00:00:00"),
    ("2019年2月8日", "2019-02-08 00:00:00"),
    ("2019年2月8日 9时3分", "2019-02-08 09:03:00"),
    ("2019.2.8 9:03", "2019-02-08 09:03:00"),
    ("20190208090301", "2019-02-08 09:03:01"),
    ("20190208", "2019-02-08 00:00:00"),
    ("43504.3771", "2019-02-08 09:03:01"),
    ("２０１９-２-８ 下午 3:05", "2019-02-08 15:05:00"),
    ("\t2019/2/8 12:30:00 AM\u3000", "2019-02-08 00:30:00"),
]


@pytest.mark.parametrize(("written", "meant"), MOMENTS)
def test_a_moment_is_read_in_every_shape_met(world: World, tmp_path: Path, written: str, meant: str) -> None:
    run(write_csv(tmp_path / "a.csv", CITY, {**ROW, "接收时间": written}))
    assert Ticket.objects.get().received_at == at(meant)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("标题", "\u3000\t", "标题为空。"),
        ("主要内容", "", "内容为空。"),
        ("主要内容", "长" * 1_000_000, "内容有1000000字，超过20000字。"),
        ("标题", "长" * 201, "标题有201字，超过200字。"),
        ("工单编号", "", "市级编号为空。"),
        ("工单编号", "编 号 有 空 格", "市级编号“编 号 有 空 格”格式不正确。"),
        ("接收时间", "", "接收时间为空。"),
        ("接收时间", "2019-13-45", "时间“2019-13-45”无法识别。"),
        ("接收时间", "昨天", "时间“昨天”无法识别。"),
        ("接收时间", "2033-01-01", "接收时间2033-01-01不在合理范围内。"),
        ("来电类别", "", "诉求类型为空。"),
        ("来电类别", "闲聊", "诉求类型“闲聊”无法识别，应为咨询、求助、投诉、举报、建议、表扬。"),
        ("紧急程度", "火急", "紧急程度“火急”无法识别，应为一般、紧急、特急。"),
    ],
)
def test_a_bad_row_is_left_out_with_its_reason_and_the_others_go_in(
    world: World, tmp_path: Path, column: str, value: str, reason: str
) -> None:
    path = write_csv(tmp_path / "a.csv", CITY, {**ROW, column: value}, {**ROW, "工单编号": "CS2"})
    assert counts(run(path)) == (2, 1, 0, 0, 1)
    assert reasons(path) == {2: reason}
    assert Ticket.objects.get().city_number == "CS2"


def test_a_number_twice_in_one_sheet_is_taken_once(world: World, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", CITY, ROW, {**ROW, "标题": "同号的另一行"})
    assert counts(run(path)) == (2, 1, 0, 0, 1)
    assert reasons(path) == {3: "与第2行重复。"}
    assert Ticket.objects.get().title == "占道经营"


def test_a_formula_stays_text_and_is_harmless_in_the_file_of_rejects(world: World, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv", CITY, {**ROW, "标题": "=cmd|' /C calc'!A0"}, {**ROW, "工单编号": "", "标题": "=1+1"}
    )
    run(path)
    assert Ticket.objects.get().title == "=cmd|' /C calc'!A0"
    assert "'=1+1" in path.with_name("a.csv.rejected.csv").read_text("utf-8-sig")


def test_a_dry_run_counts_and_writes_nothing(world: World, tmp_path: Path) -> None:
    assert counts(run(write_csv(tmp_path / "a.csv", CITY, ROW), "--dry-run")) == (1, 1, 0, 0, 0)
    assert not Ticket.objects.exists()


def test_repeats_of_a_caller_are_found_inside_a_sheet(world: World, tmp_path: Path) -> None:
    titles = ["占道经营", "占道经营!", "路灯不亮"]
    rows = [{**ROW, "工单编号": f"CS{number}", "标题": title} for number, title in enumerate(titles)]
    run(write_csv(tmp_path / "a.csv", CITY, *rows))
    assert list(Ticket.objects.order_by("pk").values_list("repeat_of__city_number", flat=True)) == [None, "CS0", None]


# Shapes of files


def test_a_csv_saved_by_chinese_excel_is_read(world: World, tmp_path: Path) -> None:
    assert counts(run(write_csv(tmp_path / "a.csv", CITY, {**ROW, "主要内容": "占道"}, encoding="gb18030")))[1] == 1


def test_a_packed_csv_is_read(world: World, tmp_path: Path) -> None:
    plain = write_csv(tmp_path / "a.csv", CITY, ROW)
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert counts(run(packed)) == (1, 1, 0, 0, 0)


def test_a_workbook_with_real_dates_and_numbers_is_read(world: World, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, list(ROW))
        sheet.write_row(1, 0, list(ROW.values()))
        sheet.write_datetime(
            1,
            list(ROW).index("接收时间"),
            datetime(2019, 2, 8, 9, 3, 1),  # noqa: DTZ001  Excel knows no zone
            book.add_format({"num_format": "yyyy/m/d h:mm"}),
        )
        sheet.write_number(1, list(ROW).index("联系电话"), 13812345678)
        sheet.write_formula(1, list(ROW).index("地址"), "=1+1", value="斑马湖")
    assert counts(run(path)) == (1, 1, 0, 0, 0)
    ticket = Ticket.objects.get()
    assert (ticket.received_at, ticket.caller_phone) == (at("2019-02-08 09:03:01"), "13812345678")
    assert ticket.place == "斑马湖"


def refused(path: Path, *options: str) -> str:
    with pytest.raises(CommandError) as problem:
        run(path, *options)
    assert not Ticket.objects.exists()
    assert not path.with_name(f"{path.name}.rejected.csv").exists()
    return str(problem.value)


def test_a_sheet_without_the_needed_columns_is_refused(world: World, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ["姓名", "标题"], {"姓名": "张三", "标题": "占道"})
    assert "缺少必需的列：内容、市级编号" in refused(path)


def test_a_picture_under_a_false_name_is_refused(world: World, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 40)
    assert "不是表格" in refused(path)


def test_a_zip_that_is_no_workbook_is_refused(world: World, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "不是Excel工作簿" in refused(path)


def test_a_zip_bomb_is_refused(world: World, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (30 << 20))
    assert "压缩炸弹" in refused(path)
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress((b"0" * 1000 + b"\n") * (30 << 10)))
    assert "压缩炸弹" in refused(packed)


def test_a_bomb_of_empty_rows_is_refused_before_they_are_read(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head, packed = ",".join(CITY).encode(), tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(head + b"\n" * (1 << 20)))
    monkeypatch.setattr(reading, "UNSUSPICIOUS", 1 << 16)
    monkeypatch.setattr(reading, "_csv_rows", lambda *args, **kwargs: pytest.fail("read row by row"))
    assert "压缩炸弹" in refused(packed)


def test_more_empty_rows_than_a_sheet_has_are_refused(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "EMPTY_MOST", 3)
    path = tmp_path / "a.csv"
    path.write_text(",".join(CITY) + "\n" * 4)
    assert run(path)["read"] == 0
    path.write_text(",".join(CITY) + "\n" * 5)
    assert "空行过多" in refused(path)


def with_cells(path: Path, cells: str, strings: str = "") -> Path:
    """A workbook whose sheet is written by hand."""
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet().write_row(0, 0, CITY)
    parts = {}
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(
        "</sheetData>", f"{cells}</sheetData>"
    )
    parts["xl/sharedStrings.xml"] = parts["xl/sharedStrings.xml"].replace("</sst>", f"{strings}</sst>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def test_a_workbook_with_one_cell_far_away_is_refused_and_takes_nobody_with_it(world: World, tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert "展开后过大" in refused(with_cells(tmp_path / "a.xlsx", far))


@pytest.mark.embedded  # refused before any database is asked, and dear
def test_a_workbook_whose_cells_all_name_one_huge_text_is_refused(world: World, tmp_path: Path) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{len(CITY)}</v></c></row>' for n in range(2, 3002))
    path = with_cells(tmp_path / "a.xlsx", rows, f"<si><t>{'a' * (1 << 20)}</t></si>")
    assert "展开后过大" in refused(path)


def test_a_column_that_is_there_twice_is_refused_where_it_is_needed(world: World, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("工单编号,标题,标题,主要内容,工单类型,接收时间\nA1,一,二,内容,投诉,2022-12-01\n", encoding="utf-8")
    assert "“标题”出现2次" in refused(path)
    path.write_text("工单编号,标题,备注,备注,主要内容,工单类型\nA1,一,二,三,内容,投诉\n", encoding="utf-8")
    assert counts(run(path)) == (1, 1, 0, 0, 0)


def test_a_deadline_beyond_all_calendars_is_a_bad_row(world: World, tmp_path: Path) -> None:
    sheet = write_csv(
        tmp_path / "a.csv",
        CITY,
        {**ROW, "工单编号": "C1", "办结时限": "0001-01-01"},
        {**ROW, "工单编号": "C2", "办结时限": "9999-12-31"},
        {**ROW, "工单编号": "C3", "办结时限": "2023-02-01"},
    )
    assert counts(run(sheet)) == (3, 1, 0, 0, 2)
    assert reasons(sheet) == {2: "市级时限1-01-01不在合理范围内。", 3: "市级时限9999-12-31不在合理范围内。"}


def test_a_broken_archive_is_refused(world: World, tmp_path: Path) -> None:
    whole = gzip.compress(
        write_csv(tmp_path / "a.csv", CITY, *[{**ROW, "工单编号": f"C{n}"} for n in range(2000)]).read_bytes()
    )
    path = tmp_path / "b.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    assert "已损坏" in refused(path)
    book = tmp_path / "c.xlsx"
    book.write_bytes(b"PK\x03\x04" + struct.pack("<I", 7) * 50)
    assert "已损坏" in refused(book)


def test_an_empty_file_is_refused(world: World, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"")
    assert "空的" in refused(path)


def test_an_endless_line_is_refused(world: World, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("标题,主要内容,工单编号\n" + "长" * (9 << 20), encoding="utf-8")
    assert "过长的行" in refused(path)


def test_a_missing_file_is_named(db: None, tmp_path: Path) -> None:
    assert "没有找到文件" in refused(tmp_path / "没有.csv")


# Mapping files


def write_map(tmp_path: Path, **parts: Any) -> str:
    path = tmp_path / "map.json"
    path.write_text(json.dumps(parts, ensure_ascii=False), encoding="utf-8")
    return str(path)


def test_a_map_names_columns_constants_numbers_and_stand_ins(world: World, tmp_path: Path) -> None:
    sheet = write_csv(
        tmp_path / "a.csv", ["主题", "正文", "时刻", "类"],
        {"主题": "甲", "正文": "内容甲", "时刻": "", "类": "市容"},
        {"主题": "乙", "正文": "内容乙", "时刻": "2022-05-01", "类": ""},
        {"主题": "甲", "正文": "内容甲", "时刻": "2022-05-02", "类": ""},
    )  # fmt: skip
    written = write_map(
        tmp_path,
        columns={"title": "主题", "content": "正文", "received_at": "时刻", "category": "类"},
        constants={"type": "help", "source": "online"},
        values={"category": {"市容": "市容环卫"}},
        city_number={"prefix": "LY", "hash_of": ["title", "content"]},
        missing={"received_at": "2020-01-01"},
    )
    result = run(sheet, "--map", written)
    assert counts(result) == (3, 2, 0, 0, 1)
    assert reasons(sheet) == {4: "与第2行重复。"}
    assert result["notes"] == [
        "接收时间为空的行以“2020-01-01”代替。", "表中没有编号，以标题、内容的摘要作为市级编号。",
    ]  # fmt: skip
    first = Ticket.objects.get(title="甲")
    assert first.received_at == at("2020-01-01 00:00")
    assert first.category is not None
    assert first.category.name == "市容环卫"
    assert first.city_number.startswith("LY")
    assert first.anonymous


def test_the_shipped_example_map_fits_a_sheet_of_four_columns(world: World, tmp_path: Path) -> None:
    row = {"title": "路灯不亮", "content": "路灯坏了", "time": "2019-02-08 09:03:01", "category": "城乡建设"}
    sheet = write_csv(tmp_path / "a.csv", list(row), row)
    example = Path(__file__).parents[2] / "docs" / "examples" / "petitions-map.json"
    assert counts(run(sheet, "--map", str(example))) == (1, 1, 0, 0, 0)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"columns": {"title": "没有的列"}}, "没有映射所说的列"),
        ({"columns": {"titel": "标题"}}, "无法识别的字段"),
        ({"colums": {}}, "无法识别的部分"),
        ({"columns": {"title": "标题"}}, "缺少必需的列"),
        ({"columns": []}, "JSON对象"),
        ({"columns": {"title": 5}}, "columns的“title”应为列名"),
        ({"columns": {"title": [["标题"]]}}, "columns的“title”应为列名"),
        ({"constants": {"type": ["help"]}}, "constants的“type”应为文本"),
        ({"missing": {"type": None}}, "missing的“type”应为文本"),
        ({"values": {"type": {"投诉": ["help"]}}}, "values的“type”应为"),
        ({"city_number": {"prefix": 5, "hash_of": ["title"]}}, "prefix应为"),
        ({"city_number": {"prefix": "长" * 100, "hash_of": ["title"]}}, "prefix应为"),
        ({"city_number": {"hash_of": "title"}}, "hash_of应列出"),
        ({"city_number": {"hash_of": []}}, "hash_of应列出"),
    ],
)
def test_a_wrong_map_is_refused(world: World, tmp_path: Path, parts: dict[str, Any], said: str) -> None:
    sheet = write_csv(tmp_path / "a.csv", CITY, ROW)
    assert said in refused(sheet, "--map", write_map(tmp_path, **parts))


def test_a_map_that_is_no_json_is_refused(world: World, tmp_path: Path) -> None:
    written = tmp_path / "map.json"
    for text in ("{", "[" * 100_000, '{"constants": {"title": "\\ud800"}}'):
        written.write_text(text, encoding="utf-8")
        assert "不是有效的JSON" in refused(write_csv(tmp_path / "a.csv", CITY, ROW), "--map", str(written))


# Crashes and races


def test_an_import_that_dies_keeps_whole_chunks_and_a_repeat_brings_the_rest(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "CHUNK", 2)
    path = write_csv(tmp_path / "a.csv", CITY, *[{**ROW, "工单编号": f"CS{n}"} for n in range(5)])

    def die(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loading.load(path, advance=die)
    assert Ticket.objects.count() == 2
    assert counts(run(path)) == (5, 3, 0, 2, 0)
    assert len(set(Ticket.objects.values_list("number", flat=True))) == 5


def test_a_number_that_another_import_brought_meanwhile_is_taken_up(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_csv(tmp_path / "a.csv", CITY, ROW, {**ROW, "工单编号": "CS2"})
    with transaction.atomic():
        actions.receive(desk.intake(city_number="CS2"), by=None)
    monkeypatch.setattr(loading, "_known", lambda good: {})
    result = run(path)
    assert counts(result) == (2, 1, 1, 0, 0)
    assert Ticket.objects.count() == 2
