"""勾稽校验 beyond names: parts beside a rate, changes, columns of tables, and figures that are known from elsewhere.

Every sentence here is invented.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from budget.crosscheck import Finding, Known, crosscheck, read_report
from wangcheng.common.documents import Cell, Column, Document, Paragraph, Table, to_docx

SATISFACTION = Known(
    "群众满意度", Decimal("97.5124"), "97.51%", frozenset({"%"}), "截至年底的数据", "(?:群众)?满意[度率]",
    ("工单满意度",), places=2,
)  # fmt: skip
RECEIVED = Known("受理工单", Decimal(4000), "4000件", frozenset({"件"}), "截至年底的数据", "受理工单", ("工单受理",))
USED = Known("日常运转资金使用率", Decimal("96.39"), "96.39%", frozenset({"%"}), "截至年底的数据", "(?:资金)?使用率",
             topic="日常运转(?:专项)?", places=2)  # fmt: skip
CLOSED = Known("办结率", Decimal(97), "97.00%", frozenset({"%"}), "截至年底的数据", "办结率", places=2)
KNOWN = (SATISFACTION, RECEIVED, USED, CLOSED)


def errors(text: str, known: tuple[Known, ...] = ()) -> list[tuple[str, str | None]]:
    return [(f.printed, f.computed) for f in crosscheck(text, known) if f.severity == "error"]


# Parts beside a rate


@pytest.mark.parametrize(
    "sentence",
    [
        "办结率66.00%（10/20）。",
        "办结率66.00％（１０／２０）。",
        "办结率66.00%（办结10件/受理20件）。",
        "办结率66.00%（10件÷20件）。",
        "办结率66.00%（分子10，分母20）。",
        "办结率66.00%（20件中办结10件）。",
        "办结率（10/20）66.00%。",
        "10/20，办结率66.00%。",
        "办结率为66.00%，即10/20。",
        "办结率66.00%，即受理20件、办结10件。",
        "受理20件，办结率66.00%，其中办结10件。",
        "20件工单中办结10件，办结率66.00%。",
        "办结率66.00%（1\n0/2\n0）。",
        "办结率百分之六十六点零零（10/20）。",
        "全区情况：办结率66.00%（10/20），群众满意度98%（49/50）。",
    ],
)
def test_parts_beside_a_rate_are_recomputed_however_they_stand(sentence: str) -> None:
    assert errors(sentence) == [("66.00", "50.00")]
    assert errors(sentence.replace("66", "50").replace("六十六", "五十")) == []


def test_amounts_beside_a_rate_may_be_in_different_units() -> None:
    assert errors("资金使用率92.94%（371.76万元/4000000元）。") == []
    assert errors("资金使用率92.49%（371.76万元/4000000元）。") == [("92.49", "92.94")]


@pytest.mark.parametrize(
    "sentence",
    [
        "占比66%（2022/12/31）。",
        "同比提高5%（10/20）。",
        "接到工单20件中，办结10件，满意度97%。",
        "办结率50%（20/10）。",
        "完成率60.00%（6个/10个），优秀率50%（1/2）。",
    ],
)
def test_what_is_no_fraction_of_the_rate_is_left_alone(sentence: str) -> None:
    assert errors(sentence) == []


def test_a_finding_quotes_the_bracket_and_names_both_parts() -> None:
    [finding] = crosscheck("我区群众满意度仅为99.99%（53476/54351）。")
    assert finding.quote == "我区群众满意度仅为99.99%（53476/54351）"
    assert [(part.name, part.value) for part in finding.parts] == [("分子", "53476"), ("分母", "54351")]


def test_a_figure_is_named_without_the_words_that_lead_over_to_it() -> None:
    [note] = crosscheck("其中设备维护资金使用率仅11.61%。")
    assert "“设备维护资金使用率”" in note.advice


# Changes


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("受理工单4000件，同比增长25%，上年受理工单3200件。", []),
        ("受理工单4000件，同比增长20%，上年受理工单3200件。", [("20", "25")]),
        ("受理工单4000件，较上年3200件增长20%。", [("20", "25")]),
        ("本月受理工单400件，上月320件，环比下降25%。", [("25", "25")]),
        ("满意度98.5%，较上年97.5%提高1.2个百分点。", [("1.2", "1.0")]),
        ("满意度98.5%，较上年97.5%提高1.0个百分点。", []),
        ("受理工单4000件，同比增长20%。", []),
        ("受理工单4000件，同比增长20%，上年受理工单3200件，上年办结3000件。", []),
    ],
)
def test_a_change_is_computed_from_both_values_of_its_sentence(
    sentence: str, found: list[tuple[str, str | None]]
) -> None:
    assert errors(sentence) == found


# Tables


def sheet(path: Path, rows: list[list[str]]) -> str:
    """The same table from a docx and from an html file, which must read alike."""
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    (path / "a.html").write_text(f"<p>见下表。</p><table>{body}</table>", encoding="utf-8")
    table = Table.of([Column()] * len(rows[0]), rows)
    (path / "a.docx").write_bytes(to_docx(Document("示范报告", blocks=(Paragraph("见下表。"), table))))
    read = [[(f.printed, f.computed) for f in crosscheck(read_report(path / name))] for name in ("a.html", "a.docx")]
    assert read[0] == read[1]
    return read_report(path / "a.html")


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([["街镇", "受理"], ["甲", "１０"], ["乙", "20件"], ["合计", "31"]], [("31", "30")]),
        ([["街镇", "受理"], ["合计", "31"], ["甲", "10"], ["乙", "20"]], [("31", "30")]),
        ([["街镇", "受理"], ["甲", "1,000"], ["乙", "2，000"], ["合计", "3,000"]], []),
        ([["项目", "金额"], ["人员", "10"], ["公用", "20"], ["小计", "31"], ["专项", "5"], ["合计", "35"]], [("31", "30")]),
        ([["街镇", "咨询", "求助", "合计"], ["甲", "10", "5", "16"], ["乙", "20", "5", "25"]], [("16", "15")]),
        (
            [["街镇", "受理", "办结", "办结率"], ["甲", "1000", "900", "90.00%"], ["乙", "2000", "1900", "96.00%"]],
            [("96.00", "95.00")],
        ),
        (
            [["项目", "预算（万元）", "使用金额（元）", "使用率"], ["甲", "400", "3717600", "92.94%"],
             ["乙", "416", "3929400", "94.45%"]],
            [("94.45", "94.46")],
        ),
        (
            [["指标", "本年", "上年", "同比"], ["受理", "4000", "3200", "25.00%"], ["办结", "3900", "3000", "20.00%"]],
            [("20.00", "30.00")],
        ),
        ([["街镇", "受理", "办结率", "排名"], ["甲", "10", "90%", "2"], ["乙", "20", "95%", "1"]], []),
    ],
)  # fmt: skip
def test_columns_that_follow_from_each_other_are_computed_again(
    tmp_path: Path, rows: list[list[str]], found: list[tuple[str, str | None]]
) -> None:
    assert errors(sheet(tmp_path, rows)) == found


def indicators(text: str) -> Document:
    table = Table.of(
        [Column()] * 4,
        [
            ["项目", "全年预算数", "全年执行数", "执行率"],
            ["日常运转专项", "450.00", "433.77", "96.39%"],
            ["二级指标", "三级指标", "年度指标值", "实际完成值"],
            ["数量指标", "受理工单", "≥3000件", "4000件"],
            ["满意度", "群众满意度", Cell("≥95%"), "97.51%"],
        ],
        header_rows=0,
    )
    return Document("示范报告", blocks=(Paragraph("情况如下。"), Paragraph(text), table))


def test_text_and_tables_of_a_report_must_agree(tmp_path: Path) -> None:
    """The rate needs no parts then: the table vouches for it."""
    right = "全区受理工单4000件，群众满意度97.51%。日常运转资金使用率仅96.39%。"
    (tmp_path / "a.docx").write_bytes(to_docx(indicators(right)))
    assert crosscheck(read_report(tmp_path / "a.docx")) == []
    wrong = right.replace("97.51", "99.99").replace("4000", "4400").replace("96.39", "98.39")
    (tmp_path / "b.docx").write_bytes(to_docx(indicators(wrong)))
    found = crosscheck(read_report(tmp_path / "b.docx"))
    assert [(f.kind, f.printed, f.computed) for f in found] == [
        ("figure", "4400", "4000"), ("figure", "99.99", "97.51"), ("figure", "98.39", "96.39"),
    ]  # fmt: skip


# Known figures


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("群众满意度99.99%。", [("99.99", "97.51")]),
        ("今年全区热线群众满意度高达99.99%。", [("99.99", "97.51")]),
        ("群众满意度99.99%（39996/40000）。", [("99.99", "97.51")]),
        ("群众满意度98.51%（3900/4000）。", [("98.51", "97.51"), ("98.51", "97.50")]),
        ("截至12月31日，全区共受理12345热线工单4400件。", [("4400", "4000")]),
        ("全区受理工单0.41万件，群众满意度97.5%。", [("0.41", "0.40")]),
        ("日常运转专项预算450万元，资金使用率为96.93%。", [("96.93", "96.39"), ("96.93", None)]),
        ("群众满意率达到百分之九十九点九九。", [("99.99", "97.51")]),
        ("２０２２年群众满意度为９９．\n９９％。", [("99.99", "97.51")]),
        ("办结率98.00%，按时办结率99%。", [("98.00", "97.00")]),
        ("群众满意度97.51%，受理工单4000件，日常运转资金使用率96.39%。", []),
    ],
)
def test_a_sentence_that_names_a_known_figure_must_say_its_value(
    sentence: str, found: list[tuple[str, str | None]]
) -> None:
    told = errors(sentence, KNOWN)
    assert told == [pair for pair in found if pair[1]]
    figures = [f for f in crosscheck(sentence, KNOWN) if f.kind == "figure"]
    assert all(named_both(finding) for finding in figures)


def named_both(finding: Finding) -> bool:
    [part] = finding.parts
    return finding.printed in finding.advice and part.value in finding.advice and part.name in finding.advice


@pytest.mark.parametrize(
    "sentence",
    [
        "上年群众满意度96%。",
        "一季度受理工单1000件，群众满意度96%。",
        "截至6月30日，全区受理工单2000件。",
        "高塘岭街道受理工单500件，群众满意度96%。",
        "物业类群众满意度96%，受理物业工单500件。",
        "群众满意度目标为95%以上，同比提高1.5个百分点。",
        "培训专项资金使用率80%。",
        "受理工单4000余件。",
    ],
)
def test_what_speaks_of_something_else_is_not_compared(sentence: str) -> None:
    assert [f for f in crosscheck(sentence, KNOWN) if f.kind == "figure"] == []


def test_a_rate_that_is_known_needs_no_parts() -> None:
    assert crosscheck("群众满意度97.51%。", KNOWN) == []
    assert [note.severity for note in crosscheck("问题解决率82.78%。", KNOWN)] == ["note"]
