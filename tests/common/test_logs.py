"""Log lines of production: one JSON object each, with the number of the request that caused it."""

import json
import logging

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from wangcheng.common.logs import RequestNumber, json_formatter


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(json_formatter())
        self.lines: list[dict[str, object]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))


@pytest.fixture
def log() -> tuple[logging.Logger, list[dict[str, object]]]:
    logger, kept = logging.Logger("trial"), Kept()
    logger.addHandler(kept)
    return logger, kept.lines


def test_every_answer_tells_its_number(client: Client) -> None:
    first, second = (client.get("/healthz").headers["X-Request-ID"] for _ in range(2))
    assert first != second


def test_a_line_carries_the_number_of_its_request(log: tuple[logging.Logger, list[dict[str, object]]]) -> None:
    logger, lines = log

    def view(request: HttpRequest) -> HttpResponse:
        logger.warning("第 %s 件", 3)
        return HttpResponse()

    response = RequestNumber(view)(RequestFactory().get("/"))
    logger.warning("以后")
    assert lines[0]["event"] == "第 3 件"
    assert lines[0]["request"] == response["X-Request-ID"]
    assert "request" not in lines[1]


def test_a_failure_is_one_line_with_its_trace(log: tuple[logging.Logger, list[dict[str, object]]]) -> None:
    logger, lines = log
    try:
        raise ValueError("坏数据")
    except ValueError:
        logger.exception("没有读出")
    assert "ValueError: 坏数据" in str(lines[0]["exception"])
    assert lines[0]["level"] == "error"


@pytest.mark.parametrize(("given", "kept"), [("proxy-12345678", True), ("short", False), ("x" * 65, False)])
def test_only_a_sensible_number_of_the_proxy_is_kept(client: Client, given: str, kept: bool) -> None:
    response = client.get("/healthz", headers={"X-Request-ID": given})
    assert (response.headers["X-Request-ID"] == given) is kept
