"""勾稽校验: what the cross-check finds, and above all what it leaves alone.  Every sentence here is invented."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from budget.crosscheck import Finding, ReportError, crosscheck, read_report
from wangcheng.common.documents import Cell, Column, Document, Paragraph, Table, to_docx

REPORT = """示范年度某中心绩效自评报告

一、机构人员
（一）人员
中心实有编制内人员 20 人，辅助人员 6 人，聘用
人员 14 人，共 40 人。

二、支出情况
1. 本年度预算安排专项资金合计 900 万元，涉及一个公共专项，为“巡查+值守、快报+快办”专项，
预算金额 300 万元。每季度奖励优秀社区 2000 元。实际使用资金 271.33 万元，资金使用率为 90.44%。
2. 日常运转预算金额 450 万元，实际使用资金 433.77 万元，资金使用率为 96.39%。
平台维护预算金额 150 万元，实际使用资金 20 万元，资金使用率为 13.33%。

三、绩效情况
截至 12 月 31 日，全区共受理工单 4000 件，办结 3900 件（其他工单在办理中），群众满意度 97.5%，问题解决率

81.2%。培训 120 余人。
共推送工单 700 条，与投诉人联系共 690 条，工单响应率 98.6%。
各街镇共采集哨单 5000 条，立案 4800 条，办结 4500 条，办结率 93.75%，由部门处置占比不得低于 20%。
梳理交办三批“攻坚哨”共 30 个问题，目前已解决 24 个问题。
合同在本年实付比例的 61%。
"""


def errors(text: str) -> list[tuple[str, str, str | None]]:
    return [(f.kind, f.printed, f.computed) for f in crosscheck(text) if f.severity == "error"]


def only(text: str) -> Finding:
    """The one error of a text."""
    found = [finding for finding in crosscheck(text) if finding.severity == "error"]
    assert len(found) == 1, found
    return found[0]


def test_a_report_that_agrees_has_no_error() -> None:
    assert errors(REPORT) == []


@pytest.mark.parametrize(
    ("printed", "altered", "found"),
    [
        ("共 40 人", "共 41 人", [("sum", "41", "40")]),
        ("聘用\n人员 14 人", "聘用\n人员 15 人", [("sum", "40", "41")]),
        ("合计 900 万元", "合计 990 万元", [("sum", "990", "900")]),
        ("预算金额 300 万元", "预算金额 400 万元", [("sum", "900", "1000"), ("ratio", "90.44", "67.83")]),
        ("资金 271.33 万元", "资金 281.33 万元", [("ratio", "90.44", "93.78")]),
        ("资金使用率为 96.39%", "资金使用率为 96.93%", [("ratio", "96.93", "96.39")]),
        ("预算金额 150 万元", "预算金额 160 万元", [("sum", "900", "910"), ("ratio", "13.33", "12.50")]),
        ("办结 4500 条", "办结 4600 条", [("ratio", "93.75", "95.83")]),
        ("立案 4800 条", "立案 5800 条", [("consistency", "5800", "5000"), ("ratio", "93.75", "77.59")]),
        ("办结 3900 件", "办结 4900 件", [("consistency", "4900", "4000")]),
        ("联系共 690 条", "联系共 650 条", [("ratio", "98.6", "92.9")]),
        ("已解决 24 个", "已解决 34 个", [("consistency", "34", "30")]),
        ("满意度 97.5%", "满意度 197.5%", [("ratio", "197.5", None)]),
    ],
)
def test_one_altered_figure_is_found_and_nothing_else(printed: str, altered: str, found: list[object]) -> None:
    assert printed in REPORT
    assert sorted(errors(REPORT.replace(printed, altered)), key=str) == sorted(found, key=str)


@pytest.mark.parametrize(
    "figure", ["120 余人", "不得低于 20%", "比例的 61%", "奖励优秀社区 2000 元", "问题解决率\n\n81.2%"]
)
def test_figures_without_parts_raise_no_error(figure: str) -> None:
    assert figure in REPORT
    assert errors(f"{figure}。") == []


def test_a_rate_without_parts_is_noted_as_not_checked() -> None:
    [note] = crosscheck("群众满意度 97.5%。")
    assert (note.severity, note.printed, note.computed) == ("note", "97.5", None)
    assert "无法核对" in note.advice


def test_a_truncated_rate_is_told_from_a_wrong_one() -> None:
    truncated = only("预算450万元，使用433.79万元，使用率96.39%。")
    wrong = only("预算450万元，使用433.79万元，使用率93.69%。")
    assert truncated.computed == wrong.computed == "96.40"
    assert "截去尾数" in truncated.advice
    assert "截去尾数" not in wrong.advice
    assert "421.61" in wrong.advice  # what the numerator would have to be


def test_a_rate_is_judged_at_its_own_precision() -> None:
    assert errors("推送700条，联系690条，响应率98.6%。") == []
    assert errors("推送700条，联系690条，响应率99%。") == []
    assert errors("推送700条，联系690条，响应率98.5%。") == [("ratio", "98.5", "98.6")]


def test_a_coarser_rate_than_usual_is_only_a_note() -> None:
    text = "推送700条，联系690条，响应率98.6%。预算450万元，使用433.77万元，使用率96.39%。满意度97.25%。"
    notes = [f.advice for f in crosscheck(text) if f.printed == "98.6"]
    assert len(notes) == 1
    assert "98.57%" in notes[0]
    assert errors(text) == []


def test_a_finding_names_its_parts_and_quotes_the_report() -> None:
    finding = only("全年 立案 4800 条，\n\n办结 4500 条，办结率 9\n3.57%。")
    assert finding.quote == "全年 立案 4800 条，办结 4500 条，办结率 93.57%"
    assert [(part.name, part.value, part.unit) for part in finding.parts] == [
        ("办结", "4500", "条"),
        ("全年立案", "4800", "条"),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "预算４５０万元，使用４３３．７７万元，使用率９６．９３％。",
        "预算4,500,000元，使用433.77万元，使用率96.93%。",
        "预算450万元，使用４，３３７，７００元，使用率为百分之九十六点九三。",
        "使用率为96.93%（预算450万元，使用433.77万元）。",
        "使用率为96.93%，其中预算450万元，使用433.77万元。",
        "执行率：96.93%；预算数：450万元；执行数：433.77万元。",
        "433.77÷450=96.93%",
    ],
)
def test_the_same_error_is_found_however_it_is_written(sentence: str) -> None:
    finding = only(sentence)
    assert (finding.printed, finding.computed) == ("96.93", "96.39")


@given(st.sets(st.integers(1, len(REPORT) - 1), max_size=40), st.sampled_from(["\n", "\n\n", " \n  "]))
def test_lines_may_break_anywhere_even_within_a_number(places: set[int], broken: str) -> None:
    wrong = REPORT.replace("96.39%", "96.93%")
    text = "".join(char + (broken if n in places else "") for n, char in enumerate(wrong))
    assert errors(text) == [("ratio", "96.93", "96.39")]


def test_rates_listed_respectively_take_their_own_parts() -> None:
    text = "甲、乙预算分别为300万元、450万元，实际使用分别为271.33万元、433.77万元，使用率分别为90.44%、96.38%。"
    finding = only(text)
    assert [part.value for part in finding.parts] == ["433.77", "450"]


def test_a_fund_without_its_own_budget_does_not_borrow_another_ones() -> None:
    text = "甲专项预算300万元，使用271.33万元，使用率90.44%。乙专项使用率为70%。丙专项实际使用5万元，使用率50%。"
    assert errors(text) == []


def test_a_rate_that_fits_another_base_is_a_note_about_the_base() -> None:
    [finding] = crosscheck("采集5000条，立案4800条，办结4500条，办结率90%。")
    assert finding.severity == "note"
    assert "口径" in finding.advice


@pytest.mark.parametrize(
    ("sentence", "computed"),
    [
        ("共有人员41人，其中编制内20人、辅助6人、聘用14人。", "40"),
        ("共有人员39人，其中编制内20人、辅助6人、聘用14人。", "40"),
        ("人员共计41人：编制内20人，辅助6人，聘用14人。", "40"),
        ("编制内20人；辅助6人；聘用14人；合计41人。", "40"),
        ("20+6+14=41", "40"),
        ("交办41个问题，已解决34个，其余6个正在推进。", "40"),
    ],
)
def test_a_wrong_total_is_found_in_every_shape(sentence: str, computed: str) -> None:
    finding = only(sentence)
    assert finding.kind == "sum"
    assert finding.computed == computed


@pytest.mark.parametrize(
    "sentence",
    [
        "受理4000件，其中咨询300件、求助900件、投诉1200件等。",
        "受理4000件，其中办结3900件、满意3800件、按时3700件。",
        "覆盖16个街镇、150个村（社区），共1400个网格。",
        "推送工单100条，派发工单200条，与群众联系共150条。",
        "甲项目预算300万元、使用271万元，乙项目预算450万元、使用433万元，预算合计750万元，使用合计704万元。",
        "拨付资金近400万元、奖励30万元，共420万元。",
        "第11期简报刊发，12345热线5人、值守6人，共11人。",
        "甲街道受理工单500件，办结490件，办结率98%；乙镇受理工单600件，办结570件，办结率95%。",
        "全年受理工单1200件，其中一季度受理工单300件，二季度受理工单400件。",
        "受理工单0.4万件，办结0.39万件，办结率97.5%。",
        "发放问卷1000份，回收950份，回收率95%，有效931份，有效率98%。",
        "受理1000件，应办结990件，按时办结960件，按时办结率96.97%。",
    ],
)
def test_figures_that_only_look_alike_are_left_alone(sentence: str) -> None:
    assert errors(sentence) == []


def test_the_items_of_a_section_make_its_total_and_the_memo_item_is_not_added() -> None:
    items = "1. 人员经费支出350.5万元。\n2. 公用经费支出20.5万元。\n3. “三公经费”总支出3万元。"
    assert errors(f"（一）基本支出\n基本支出共371万元。\n{items}") == []
    assert errors(f"（一）基本支出\n基本支出共374万元。\n{items}") == [("sum", "374", "371")]


def test_a_list_that_covers_only_a_part_is_a_note() -> None:
    [finding] = crosscheck("受理4000件，其中咨询300件、求助900件、投诉1200件。")
    assert (finding.severity, finding.computed) == ("note", "2400")


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("全区共受理工单4000件", "全年受理12345热线工单4400件", ("consistency", "4400", "4000")),
        ("群众满意度97.51%", "满意度达97.15%", ("consistency", "97.15", "97.51")),
        ("交办三批“攻坚哨”共30个问题", "梳理“攻坚哨”4批", ("consistency", "4", "3")),
        ("日常运转预算450万元", "日常运转预算金额为405万元", ("consistency", "405", "450")),
        ("聘用人员14人", "聘用人员15人", ("consistency", "15", "14")),
    ],
)
def test_a_figure_named_twice_must_agree(first: str, second: str, found: tuple[str, str, str]) -> None:
    assert errors(f"一、情况\n{first}。\n二、小结\n{second}。") == [found]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("受理工单4000件", "受理工单0.40万件"),
        ("工单响应率98.57%", "工单响应率98.6%"),
        ("受理工单4000件", "上年受理工单3900件"),
        ("受理工单4000件", "示范街道受理工单390件"),
        ("受理工单4000件", "受理涉企工单390件"),
        ("办结工单3900件", "办结哨单4500件"),
    ],
)
def test_figures_that_say_different_things_may_differ(first: str, second: str) -> None:
    assert errors(f"一、情况\n{first}。\n二、小结\n{second}。") == []


# Tables


def form(rate: str = "92.00%", score: str = "9.20", total: str = "98.20") -> Table:
    return Table.of(
        [Column()] * 7,
        [
            [Cell("年度资金（万元）", rowspan=3), "", "年初预算数", "全年预算数", "全年执行数", "执行率", "得分"],
            ["年度资金总额", "100.00", "120.00", "110.40", rate, score],
            ["其中：项目支出", "50.00", "60.00", "55.20", "92.00%", "—"],
            ["一级指标", "二级指标", "指标值", Cell("完成值", colspan=2), "分值", "得分"],
            ["产出指标", "数量指标", "≥100件", Cell("120件", colspan=2), "50", "49"],
            ["效益指标", "社会效益", "≥95%", Cell("98%", colspan=2), "40", "40"],
            [Cell("总分", colspan=5), "90", total],
        ],
        header_rows=0,
    )


def saved(path: Path, *tables: Table, text: str = "见下表。") -> Path:
    path.write_bytes(to_docx(Document("示范报告", blocks=(Paragraph(text), *tables))))
    return path


def test_a_performance_table_that_agrees_has_no_finding(tmp_path: Path) -> None:
    assert crosscheck(read_report(saved(tmp_path / "a.docx", form(total="89")))) == []


def test_the_execution_rate_of_a_row_is_computed_again(tmp_path: Path) -> None:
    finding = only(read_report(saved(tmp_path / "a.docx", form(rate="93.00%", total="89"))))
    assert (finding.printed, finding.computed) == ("93.00", "92.00")
    assert finding.quote.startswith("年度资金总额 100.00 120.00")


def test_points_are_added_up_over_the_whole_table(tmp_path: Path) -> None:
    finding = only(read_report(saved(tmp_path / "a.docx", form(total="90"))))
    assert (finding.kind, finding.printed, finding.computed) == ("sum", "90", "89")


def test_columns_are_added_up_but_not_rates_and_ranks(tmp_path: Path) -> None:
    rows = [["街镇", "受理", "办结率", "排名"], ["甲", "10", "90%", "2"], ["乙", "20", "95%", "1"]]
    right = Table.of([Column()] * 4, [*rows, ["合计", "30", "93%", "3"]])
    wrong = Table.of([Column()] * 4, [*rows, ["合计", "31", "93%", "3"]])
    assert errors(read_report(saved(tmp_path / "a.docx", right))) == []
    assert errors(read_report(saved(tmp_path / "b.docx", wrong))) == [("sum", "31", "30")]


# Files and the command


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_file_is_read_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "report.txt"
    file.write_bytes("预算450万元，\r\n使用433.77万元，使用率96.93%。".encode(encoding))
    assert errors(read_report(file)) == [("ratio", "96.93", "96.39")]


def test_html_is_read_with_its_tables_and_without_its_scripts(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(
        "<html><head><title>x</title><style>p{}</style></head><body><script>共99人</script>"
        "<p>预算<b>450</b>万元，使用433.77万元，<br>使用率96.93&#37;。</p>"
        "<table><tr><th>街镇</th><th>受理</th></tr><tr><td>甲</td><td>10</td></tr>"
        "<tr><td>乙</td><td>20</td></tr><tr><td>合计</td><td>31</td></tr></table></body></html>",
        encoding="utf-8",
    )
    assert "共99人" not in read_report(file)
    assert errors(read_report(file)) == [("ratio", "96.93", "96.39"), ("sum", "31", "30")]


def test_docx_text_includes_insertions_and_leaves_out_deletions(tmp_path: Path) -> None:
    import docx
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    file = docx.Document()
    runs = "<w:r><w:t>共</w:t></w:r><w:del><w:r><w:delText>99</w:delText></w:r></w:del>"
    runs += "<w:ins><w:r><w:t>40人</w:t></w:r></w:ins>"
    file.element.body.insert(0, parse_xml(f"<w:p {nsdecls('w')}>{runs}</w:p>"))
    file.save(str(tmp_path / "a.docx"))
    assert read_report(tmp_path / "a.docx").strip() == "共40人"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.pdf", b"%PDF", "不支持“.pdf”格式"),
        ("a.docx", b"not a zip", "不是有效的docx文档"),
        ("a.txt", b"\x00\x01\xff\xfe\x00", "不是文本文件"),
        ("a.txt", b" \n", "没有文字"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ReportError, match=sentence):
        read_report(tmp_path / name)


def test_the_command_prints_json_alone(tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_text(REPORT.replace("96.39%", "96.93%"), encoding="utf-8")
    out = StringIO()
    call_command("crosscheck", str(file), "--json", stdout=out)
    found = [f for f in json.loads(out.getvalue()) if f["severity"] == "error"]
    assert [set(f) for f in found] == [{"kind", "quote", "printed", "computed", "parts", "severity", "advice"}]
    assert (found[0]["printed"], found[0]["computed"]) == ("96.93", "96.39")
    assert found[0]["parts"][1] == {"name": "日常运转预算金额", "value": "450", "unit": "万元"}


def test_the_command_tells_a_reader_how_many_places_are_wrong(tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_text(REPORT.replace("96.39%", "96.93%"), encoding="utf-8")
    out = StringIO()
    call_command("crosscheck", str(file), stdout=out)
    assert out.getvalue().startswith("发现1处不符")
    assert "应为96.39%" in out.getvalue()


def test_the_command_refuses_a_missing_file_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="找不到文件"):
        call_command("crosscheck", str(tmp_path / "none.docx"))
