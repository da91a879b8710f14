"""The command line as a clerk reads it: whatever is refused is one Chinese sentence on stderr.  Called by manage.py only."""

from __future__ import annotations

import errno
import os
import re
import sys
from typing import Any, NoReturn

from django.core.exceptions import ImproperlyConfigured
from django.core.management import ManagementUtility, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper

# what argparse says of arguments → what a clerk reads
_SAID = [
    (re.compile(r"the following arguments are required: (.+)"), r"缺少必填的参数：\1。"),
    (re.compile(r"one of the arguments (.+) is required"), r"以下参数须填写一个：\1。"),
    (re.compile(r"unrecognized arguments: (.+)"), r"没有这样的参数：\1。"),
    (re.compile(r"argument (.+?): expected .*argument.*"), r"参数\1缺少取值。"),
    (re.compile(r"argument (.+?): invalid choice: (.+?) \(choose from (.+)\)"), r"参数\1不能是\2，可选：\3。"),
    (re.compile(r"argument (.+?): invalid int value: (.+)"), r"参数\1应为整数，不能是\2。"),
    (re.compile(r"argument (.+?): invalid .+? value: (.+)"), r"参数\1的取值\2不正确。"),
    (re.compile(r"argument (.+?): not allowed with argument (.+)"), r"参数\1不能与\2同时使用。"),
]
# what the system says of files → the same
_SYSTEM = {
    os.strerror(code): words
    for code, words in (
        (errno.ENOENT, "没有这个文件或目录"),
        (errno.EACCES, "没有读写权限"),
        (errno.EISDIR, "这是目录，不是文件"),
        (errno.ENOTDIR, "路径中有不是目录的部分"),
        (errno.ENOSPC, "磁盘空间不足"),
    )
}


def execute(argv: list[str]) -> None:
    """Run one command; exits with 1 where it was refused, with 2 where its arguments are wrong."""
    try:
        _Office(argv).execute()
    except ImproperlyConfigured as problem:
        _refuse(str(problem), 1)


def in_chinese(message: str) -> str:
    """What argparse complains of, in Chinese; unknown complaints stay as they are."""
    for pattern, words in _SAID:
        if pattern.fullmatch(message):
            return pattern.sub(words, message)
    return message


def _refuse(message: str, code: int) -> NoReturn:
    sys.stderr.write(f"{message}\n")
    sys.exit(code)


class _Sentence(OutputWrapper):
    """Standard error without the name of the exception before the sentence."""

    def write(self, msg: str = "", *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        sentence = msg.removeprefix(f"{CommandError.__name__}: ")
        for said, words in _SYSTEM.items():
            sentence = sentence.replace(said, words)
        super().write(sentence, *args, **kwargs)


class _Office(ManagementUtility):
    def fetch_command(self, subcommand: str) -> BaseCommand:
        if subcommand not in get_commands():
            _refuse(f"没有“{subcommand}”这个命令，用 manage.py help 查看全部命令。", 1)
        command = super().fetch_command(subcommand)
        command.stderr = _Sentence(sys.stderr)
        make = command.create_parser

        def create_parser(prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
            parser = make(prog_name, subcommand, **kwargs)
            parser.error = lambda message: _refuse(in_chinese(message), 2)  # type: ignore[method-assign]
            return parser

        command.create_parser = create_parser  # type: ignore[method-assign]
        return command
