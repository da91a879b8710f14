"""Idempotency-Key: the work is done once, the reply is the same, and a key is not lent to another request."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import path
from rest_framework.decorators import api_view, parser_classes
from rest_framework.exceptions import Throttled
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from tests.common.api import bearer, post
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.api.idempotency import LONGEST
from wangcheng.common.api.tasks import KEPT, forget_replies
from wangcheng.common.models import IdempotentReply, NumberSequence, Post
from wangcheng.common.workflow import Code, NotAllowed

entered, leave = threading.Event(), threading.Event()


@api_view(["POST", "GET"])
@parser_classes([JSONParser, MultiPartParser])
def work(request: Request, how: str) -> Response:
    """Counts how often it was done, then ends as it was told."""
    done = NumberSequence.next(f"work-{how}")
    if how == "slowly":
        entered.set()
        leave.wait(10)
    if how == "refused":
        raise NotAllowed("当前状态不能派单。", Code.STATE)
    if how == "throttled":
        raise Throttled
    if how == "broken":
        raise RuntimeError("a fault of ours")
    if how == "secretly":
        return Response({"token": "wc_secret"}, headers={"Cache-Control": "no-store"})
    files = {name: file.read().decode() for name, file in request.FILES.items()}
    return Response({"done": done, "files": files}, status=201)


urlpatterns = [path("api/v1/work/<str:how>/", work)]
pytestmark = pytest.mark.urls(__name__)


def done(how: str) -> int:
    row = NumberSequence.objects.filter(key=f"work-{how}").first()
    return row.last if row else 0


@pytest.fixture
def client(world: World) -> Client:
    return bearer(world, "town")


def test_the_same_key_and_body_give_the_same_reply_and_no_second_work(client: Client) -> None:
    first, second = (post(client, "work/well/", {"a": 1}, idempotency_key="k1") for _ in range(2))
    assert done("well") == 1
    assert (second.status_code, second.content) == (first.status_code, first.content) == (201, first.content)
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert second["Content-Type"] == first["Content-Type"] == "application/json"


def test_without_a_key_the_work_is_done_each_time(client: Client) -> None:
    for _ in range(2):
        post(client, "work/well/", {"a": 1})
    assert done("well") == 2
    assert not IdempotentReply.objects.exists()


@pytest.mark.parametrize(("address", "body"), [("work/well/", {"a": 2}), ("work/other/", {"a": 1})])
def test_the_same_key_for_another_request_is_refused(client: Client, address: str, body: Any) -> None:
    post(client, "work/well/", {"a": 1}, idempotency_key="k1")
    response = post(client, address, body, idempotency_key="k1")
    assert (response.status_code, response["Content-Type"]) == (409, "application/problem+json")
    assert (done("well"), done("other")) == (1, 0)


def test_keys_of_two_people_do_not_meet(world: World, client: Client) -> None:
    post(client, "work/well/", {"a": 1}, idempotency_key="k1")
    assert post(bearer(world, "village"), "work/well/", {"a": 1}, idempotency_key="k1").status_code == 201
    assert done("well") == 2


def test_a_refusal_is_repeated_as_well(client: Client) -> None:
    replies = [post(client, "work/refused/", idempotency_key="k1") for _ in range(2)]
    assert [reply.status_code for reply in replies] == [409, 409]
    assert replies[0].content == replies[1].content
    assert replies[1]["Content-Type"] == "application/problem+json"
    assert done("refused") == 1


def test_a_reply_that_is_a_secret_is_not_kept(client: Client) -> None:
    for times in (1, 2):
        assert post(client, "work/secretly/", {}, idempotency_key="k1").json() == {"token": "wc_secret"}
        assert done("secretly") == times
    assert not IdempotentReply.objects.exists()


def test_a_fault_of_ours_undoes_the_work_and_frees_the_key(client: Client) -> None:
    client.raise_request_exception = False
    assert [post(client, "work/broken/", idempotency_key="k1").status_code for _ in range(2)] == [500, 500]
    assert done("broken") == 0
    assert not IdempotentReply.objects.exists()


def test_who_was_slowed_down_may_come_again_with_the_same_key(client: Client) -> None:
    assert post(client, "work/throttled/", idempotency_key="k1").status_code == 429
    assert not IdempotentReply.objects.exists()


@pytest.mark.parametrize("key", ["", "  ", "a b", "é", "x" * (LONGEST + 1)])
def test_a_key_that_is_none_is_refused(client: Client, key: str) -> None:
    assert post(client, "work/well/", idempotency_key=key).status_code == 400
    assert done("well") == 0


def test_a_stranger_is_refused_as_ever(world: World) -> None:
    for client in (Client(), Client(headers={"Authorization": "Bearer wrong"})):
        assert post(client, "work/well/", idempotency_key="k1").status_code == 401
    assert done("well") == 0


def test_the_session_of_a_page_may_use_keys(world: World) -> None:
    replies = [post(world.client("town"), "work/well/", idempotency_key="k1") for _ in range(2)]
    assert [reply.status_code for reply in replies] == [201, 201]
    assert done("well") == 1


def test_a_reply_is_not_given_again_to_who_could_not_ask_for_it(world: World, client: Client) -> None:
    post(client, "work/well/", {"a": 1}, idempotency_key="k1")
    read_only = bearer(world, "town", scope="read")
    assert post(read_only, "work/well/", {"a": 1}, idempotency_key="k1").status_code == 403
    page = Client(enforce_csrf_checks=True)
    page.force_login(world.town, backend="wangcheng.common.people.auth.PostBackend")
    assert post(page, "work/well/", {"a": 1}, idempotency_key="k1").status_code == 403
    page.cookies["csrftoken"] = "a" * 32
    asked = post(page, "work/well/", {"a": 1}, idempotency_key="k1", x_csrftoken="a" * 32)
    assert asked["Idempotency-Replayed"] == "true"
    assert done("well") == 1


def test_another_post_of_the_same_person_gets_no_reply_of_the_first(world: World, client: Client) -> None:
    post(client, "work/well/", {"a": 1}, idempotency_key="k1")
    world.town.posts.update(valid_to=clock.today())
    Post.objects.create(user=world.town, organisation=world.units["茶亭镇"], role="town", valid_from=clock.today())
    del world.town.acting
    assert post(bearer(world, "town"), "work/well/", {"a": 1}, idempotency_key="k1").status_code == 409
    assert done("well") == 1


def test_a_form_with_files_is_the_same_if_its_files_are(client: Client) -> None:
    def send(text: str) -> Any:
        body = {"note": "x", "file": SimpleUploadedFile("a.csv", text.encode())}
        return client.post("/api/v1/work/well/", body, headers={"Idempotency-Key": "k1"})

    assert [send("一").json(), send("一").json()] == [{"done": 1, "files": {"file": "一"}}] * 2
    assert send("二").status_code == 409
    assert done("well") == 1


def test_old_replies_are_forgotten(client: Client) -> None:
    post(client, "work/well/", idempotency_key="old")
    IdempotentReply.objects.update(created_at=clock.system_now() - KEPT * 2)
    post(client, "work/well/", idempotency_key="new")
    assert forget_replies() == 1
    assert list(IdempotentReply.objects.values_list("key", flat=True)) == ["new"]


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_do_the_work_once(world: World, client: Client) -> None:
    """PostgreSQL refuses the second (409); SQLite lets it wait for the first and gives it the same reply."""
    entered.clear()
    leave.clear()
    answers: list[int] = []

    def send() -> None:
        answers.append(post(client, "work/slowly/", idempotency_key="k1").status_code)
        connection.close()

    first, second = threading.Thread(target=send), threading.Thread(target=send)
    first.start()
    assert entered.wait(10)
    second.start()
    if connection.vendor == "postgresql":
        second.join()
    time.sleep(0.2)
    leave.set()
    first.join()
    second.join()
    assert sorted(answers) == ([201, 409] if connection.vendor == "postgresql" else [201, 201])
    assert done("slowly") == 1
