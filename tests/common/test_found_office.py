"""found_office: from an empty database to one that the first administrator can log in to."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from wangcheng.common.models import Area, CalendarYear, Category, Organisation, Policy, User
from wangcheng.common.people.actions import create_user


def found(*options: str) -> str:
    out = StringIO()
    call_command("found_office", *options, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_first_administrator_logs_in_with_the_printed_password_and_has_to_change_it() -> None:
    said = found("--name", "张三")
    assert "16个街镇、160个村（社区）" in said
    assert set(CalendarYear.objects.values_list("year", flat=True)) == set(range(2021, 2027))
    assert Organisation.objects.filter(kind="village").count() == Area.objects.filter(level=2).count() == 160
    assert Organisation.objects.filter(kind="department").count() == 26
    assert Category.objects.filter(level=3, scheme="ticket").exists()
    assert Policy.objects.filter(key="hotline.limits").exists()
    password = re.findall(r"一次性密码：(\w+)", said)[0]
    client = Client()
    client.post("/login/", {"username": "admin", "password": password})
    assert client.get("/manage/users/")["Location"].startswith("/account/password/")


@pytest.mark.django_db
def test_a_second_run_changes_nothing() -> None:
    found("--name", "张三")
    Category.objects.filter(scheme="ticket", level=3).update(name="改过的")
    hashed = User.objects.get().password
    said = found()
    assert said.count("未改动") == 5
    assert "系统管理员：已有" in said
    assert User.objects.get().password == hashed
    assert Category.objects.filter(name="改过的").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "请用--name写明首名系统管理员的姓名"),
        (["--name", "张三", "--username", "张 三"], "用户名："),
        (["--name", "张三", "--phone", "12"], "手机：手机号码应为11位数字"),
        (["--name", "张三", "--divisions", "没有.csv"], "文件“没有.csv”无法读取"),
        (["--name", "张三", "--year", "2023"], "--year须与--divisions一起使用"),
        (["--name", "张三", "--divisions", "BAD"], "缺少代码（code）或名称（name）列"),
        (["--name", "张三", "--departments", "BAD"], "部门名录“bad.csv”第2行的code应为1至20字"),
        (["--name", "张三", "--categories", "BAD"], "分类表“bad.csv”缺少这些列：scheme"),
        (["--name", "张三", "--workdays", "BAD"], "文件“bad.csv”：放假安排文件不是有效的JSON"),
    ],
)
def test_bad_input_is_refused_in_one_sentence_and_nothing_is_written(
    tmp_path: Path, options: list[str], said: str
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("甲,乙\n1,2\n", encoding="utf-8")
    with pytest.raises(CommandError) as refused:
        found(*(str(bad) if option == "BAD" else option for option in options))
    assert said in str(refused.value)
    assert [model for model in (User, Area, Organisation, Policy) if model.objects.exists()] == []


@pytest.mark.django_db
def test_a_taken_user_name_leaves_nothing_behind() -> None:
    create_user("admin", "李四", "Wangcheng@2022", by=None)
    with pytest.raises(CommandError, match="该用户名已被使用"):
        found("--name", "张三")
    assert not Organisation.objects.exists()


def test_one_command_founds_an_office_with_the_settings_of_production(tmp_path: Path) -> None:
    """A process of its own on a database without a table."""
    environment = {
        **os.environ, "DEMO": "0", "DEBUG": "0", "SECRET_KEY": "only for this test, and long enough for it to be taken",
        "ALLOWED_HOSTS": "localhost", "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}", "VAR_DIR": str(tmp_path),
    }  # fmt: skip
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "found_office"]
    done = subprocess.run([*command, "--name", "张三"], env=environment, capture_output=True, text=True, check=True)
    assert "已建立用户“admin”" in done.stdout
