"""manage.py as a clerk meets it: what is refused is one Chinese sentence on standard error, and the exit code says so."""

from __future__ import annotations

import pytest

from wangcheng.commandline import execute


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["load_divisions"], 2, "缺少必填的参数：FILE.csv。"),
        (["load_divisions", "没有.csv", "--year", "去年"], 2, "参数--year应为整数，不能是'去年'。"),
        (["load_divisions", "没有.csv", "--jahr", "1"], 2, "没有这样的参数：--jahr 1。"),
        (["figures"], 2, "缺少必填的参数：--period。"),
        (["nicht_da"], 1, "没有“nicht_da”这个命令，用 manage.py help 查看全部命令。"),
        (["load_workdays", "没有.json"], 1, "文件“没有.json”无法读取：没有这个文件或目录。"),
        (["demo_year", "2021"], 1, "只有2022年度的公开数据可供演示。"),
    ],
)
def test_a_refusal_is_one_chinese_sentence(
    arguments: list[str], code: int, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        execute(["manage.py", *arguments])
    assert ended.value.code == code
    assert capfd.readouterr().err == f"{said}\n"
