"""Log lines of production: one JSON object each, with the number of the request that caused it."""

import json
import logging
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings
from structlog.contextvars import bound_contextvars

from tests.common.api import bearer, get, post
from tests.hotline import desk
from tests.world import World
from wangcheng.common.logs import OnceOnly, PlainFormatter, RequestNumber, json_formatter


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


# Refusals


@pytest.fixture
def lines() -> Iterator[list[dict[str, object]]]:
    """What the console would be told while the test runs."""
    kept = Kept()
    kept.addFilter(OnceOnly())
    logging.getLogger().addHandler(kept)
    yield kept.lines
    logging.getLogger().removeHandler(kept)


def refused(lines: list[dict[str, object]], response: HttpResponse, status: int) -> str:
    """The one line about an answer, without a trace and with the number of the request."""
    (line,) = lines
    assert response.status_code == status
    assert "exception" not in line
    assert line["level"] in {"info", "warning"}
    assert line["request"] == response["X-Request-ID"]
    lines.clear()
    return str(line["event"])


def test_the_console_is_told_of_a_refusal_once() -> None:
    kinds = [type(found) for handler in logging.getLogger().handlers for found in handler.filters]
    assert OnceOnly in kinds


def test_pages_that_are_refused_are_one_line_with_user_path_and_reason(
    world: World, lines: list[dict[str, object]]
) -> None:
    town = world.client("town")
    ticket = desk.dispatched(world)
    lines.clear()
    said = refused(lines, town.get("/manage/users/"), 403)
    assert said == "refused 403 GET /manage/users/ user=town: 您的岗位没有打开本页面的权限。"
    said = refused(lines, town.get("/tickets/WC1/"), 404)
    assert said.startswith("refused 404 GET /tickets/WC1/ user=town: ")
    assert "/nowhere/ user=town: Not Found" in refused(lines, town.get("/nowhere/"), 404)
    address = f"/tickets/{ticket.number}/"
    assert "当前状态为“待签收”" in refused(lines, town.post(f"{address}finish/"), 409)
    assert "没有“派单”的权限" in refused(lines, town.post(f"{address}dispatch/"), 403)
    assert refused(lines, town.post(f"{address}return/"), 400).endswith(
        "有误：建议改派单位、退单依据（法律法规或职责文件）"
    )
    assert "user=-" in refused(lines, Client().get("/tickets/%00/"), 400)


def test_a_foreign_host_and_a_forged_form_are_one_line(
    world: World, lines: list[dict[str, object]], settings: Settings
) -> None:
    client = Client(enforce_csrf_checks=True)
    assert "CSRF" in refused(lines, client.post("/login/"), 403)
    settings.ALLOWED_HOSTS = ["wangcheng.invalid"]
    assert "HTTP_HOST" in refused(lines, Client().get("/login/", HTTP_HOST="evil.invalid"), 400)


def test_programs_that_are_refused_are_one_line_with_the_detail(world: World, lines: list[dict[str, object]]) -> None:
    client = bearer(world, "town")
    ticket = desk.dispatched(world)
    lines.clear()
    assert "user=town: 没有找到" in refused(lines, get(client, "tickets/WC1/"), 404)
    assert "user=town: 您的岗位没有“派单”的权限" in refused(
        lines, post(client, f"tickets/{ticket.number}/dispatch/"), 403
    )
    assert "user=-: 请先登录" in refused(lines, get(Client(), "tickets/"), 401)
    assert "没有找到" in refused(lines, get(client, "nowhere/"), 404)
    wrong = post(client, f"tickets/{ticket.number}/contact/", {"way": "13812345678", "outcome": "connected"})
    assert "13812345678" not in refused(lines, wrong, 400)


def test_an_upload_that_is_refused_is_one_line(world: World, lines: list[dict[str, object]]) -> None:
    ticket = desk.dispatched(world)
    lines.clear()
    file = SimpleUploadedFile("病毒.exe", b"MZ", "application/octet-stream")
    answer = world.client("town").post(f"/tickets/{ticket.number}/attach/", {"files_to_add": file})
    assert "有误：照片或文件" in refused(lines, answer, 400)


def test_a_fault_of_the_program_keeps_its_trace(
    world: World, lines: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("wangcheng.common.api.trees.day_of", broken)
    client = bearer(world, "town")
    client.raise_request_exception = False
    assert get(client, "regions/").status_code == 500
    (line,) = lines
    assert (line["level"], "a fault of ours" in str(line["exception"])) == ("error", True)


def test_a_line_for_the_terminal_carries_the_number_as_well() -> None:
    record = logging.makeLogRecord({"msg": "一行", "levelname": "INFO"})
    with bound_contextvars(request="abc"):
        assert PlainFormatter("%(message)s").format(record) == "一行 [abc]"
    assert PlainFormatter("%(message)s").format(record) == "一行"
