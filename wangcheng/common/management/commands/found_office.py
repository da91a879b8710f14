"""`manage.py found_office --name 姓名`: an empty production database becomes usable; run again, it changes nothing."""

from __future__ import annotations

import getpass
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, OperationalError, transaction

from wangcheng.common import founding
from wangcheng.common.founding import Papers
from wangcheng.common.people.forms import NewUser


class Command(BaseCommand):
    help = (
        "初次建库：建表，载入政策规则、工作日历、区划、机构、诉求分类（默认用随软件提供的资料，来源见各data目录的README），"
        "并建立首名系统管理员（首次登录须改密码）。已有的部分保持不变，可重复执行。"
    )
    requires_system_checks: list[str] = []  # noqa: RUF012  there may be no tables yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", default="admin", metavar="用户名", help="首名系统管理员的用户名，默认admin")
        parser.add_argument("--name", metavar="姓名", help="首名系统管理员的姓名，还没有系统管理员时必填")
        parser.add_argument("--phone", default="", metavar="手机", help="首名系统管理员的手机")
        parser.add_argument("--ask-password", action="store_true", help="询问一次性密码；不加则随机生成并显示一次")
        parser.add_argument("--divisions", type=Path, metavar="FILE.csv", help="区划代码表，默认用随软件提供的2023年版")
        parser.add_argument("--year", type=int, help="区划代码表的年份，表中没有year列时必填")
        parser.add_argument("--workdays", type=Path, nargs="+", metavar="FILE.json", help="放假安排，默认2021至2026年")
        parser.add_argument("--departments", type=Path, metavar="FILE.csv", help="区直部门名录")
        parser.add_argument("--categories", type=Path, metavar="FILE.csv", help="诉求分类表")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            call_command("migrate", verbosity=0, interactive=False)
            account = None if founding.has_administrator() else self._account(options)
            with transaction.atomic():
                said = [*founding.found_office(_papers(options)), *self._appoint(account)]
            self.stdout.write("\n".join(said))
        except OSError as problem:
            raise CommandError(f"文件“{problem.filename}”无法读取。") from problem
        except ValidationError as problem:
            raise CommandError("".join(problem.messages)) from problem
        except IntegrityError as problem:
            raise CommandError("另一处正在初始化同一个数据库，请稍后再试。") from problem
        except OperationalError as problem:
            raise CommandError("数据库无法连接，请检查DATABASE_URL和数据库服务。") from problem
        except ValueError as problem:  # a paper that cannot be used says why in Chinese
            raise CommandError(str(problem)) from problem

    def _account(self, options: dict[str, Any]) -> dict[str, str]:
        """The checked account of the first administrator, before anything is written."""
        if not options["name"]:
            raise CommandError("还没有系统管理员，请用--name写明首名系统管理员的姓名。")
        password = _asked() if options["ask_password"] else founding.one_time_password()
        form = NewUser({"password": password, **{name: options[name] for name in ("username", "name", "phone")}})
        if not form.is_valid():
            problems = (f"{form.fields[name].label}：{errors[0]}" for name, errors in form.errors.items())
            raise CommandError("；".join(problems))
        shown = "" if options["ask_password"] else password
        return {**form.cleaned_data, "shown": shown}

    def _appoint(self, account: dict[str, str] | None) -> list[str]:
        if account is None:
            return ["系统管理员：已有，未新建。"]
        shown = account.pop("shown")
        user = founding.appoint_administrator(**account)
        words = f"一次性密码：{shown}（只显示这一次）" if shown else "密码即刚才输入的一次性密码"
        return [
            f"系统管理员：已建立用户“{user.username}”，{words}，首次登录须修改。",
            "下一步：登录后在“用户与任职”建立人员（可导入），并另设一名系统管理员（政策须由两人起草、批准）。",
        ]


def _asked() -> str:
    password = getpass.getpass("一次性密码：")
    if password != getpass.getpass("再输入一次："):
        raise CommandError("两次输入的密码不一致。")
    return password


def _papers(options: dict[str, Any]) -> Papers:
    given: dict[str, Any] = {
        name: options[name] for name in ("divisions", "departments", "categories") if options[name]
    }
    if options["divisions"]:
        given["divisions_year"] = options["year"]
    elif options["year"]:
        raise CommandError("--year须与--divisions一起使用。")
    if options["workdays"]:
        given["holidays"] = tuple(options["workdays"])
    return Papers(**given)
