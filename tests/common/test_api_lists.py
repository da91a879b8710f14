"""Lists of the API: pages, counts that say whether they are exact, cursors beyond row 10,000, and nonsense refused."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import path
from rest_framework import generics, serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from tests.common.api import bearer, get
from tests.world import MORNING, World
from wangcheng.common.api import pagination
from wangcheng.common.api.pagination import page_of
from wangcheng.common.models import Message

ORDERINGS = {"text": "text", "accepted_at": "accepted_at", "id": "pk"}


@api_view(["GET"])
def messages(request: Request) -> Response:
    rows = Message.objects.values("pk", "text", "accepted_at")
    return page_of(request, rows, lambda row: {"id": row["pk"], "text": row["text"]}, order="-pk", orderings=ORDERINGS)


class Shown(serializers.ModelSerializer[Message]):
    class Meta:
        model = Message
        fields = ("id", "text")


class Generic(generics.ListAPIView[Message]):
    queryset = Message.objects.all()
    serializer_class = Shown
    order = "-pk"
    orderings = ORDERINGS


urlpatterns = [path("api/v1/messages/", messages), path("api/v1/generic/", Generic.as_view())]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def client(world: World) -> Client:
    return bearer(world, "town")


def make(count: int, **columns: Any) -> list[Message]:
    return Message.objects.bulk_create(
        Message(
            text=f"{number * 7 % count:05}", purpose="notice", phone="1", segments=1, created_at=MORNING, not_before=MORNING,
            accepted_at=MORNING if number % 3 else None,
        )
        for number in range(count)
    )  # fmt: skip


def walk(client: Client, address: str, **query: Any) -> list[dict[str, Any]]:
    """Every page from the first on, as `next` leads."""
    pages = [get(client, address, **query).json()]
    while following := pages[-1]["next"]:
        assert len(pages) < 100
        pages.append(client.get(urlsplit(following)._replace(scheme="", netloc="").geturl()).json())
    return pages


@pytest.mark.parametrize("address", ["messages/", "generic/"])
def test_a_page_says_how_many_there_are_and_where_to_go_on(client: Client, address: str) -> None:
    rows = make(5)
    said = get(client, address, page=2, page_size=2).json()
    assert (said["count"], said["count_exact"]) == (5, True)
    assert [row["id"] for row in said["results"]] == [rows[2].pk, rows[1].pk]
    assert parse_qs(urlsplit(said["next"]).query) == {"page": ["3"], "page_size": ["2"]}
    assert parse_qs(urlsplit(said["previous"]).query) == {"page": ["1"], "page_size": ["2"]}
    last = get(client, address, page=3, page_size=2).json()
    assert (len(last["results"]), last["next"]) == (1, None)


def test_a_page_holds_fifty_if_nobody_says_otherwise(client: Client) -> None:
    make(60)
    assert len(get(client, "messages/").json()["results"]) == 50
    assert len(get(client, "messages/", page_size=200).json()["results"]) == 60


def test_a_page_behind_the_last_is_empty(client: Client) -> None:
    make(1)
    assert get(client, "messages/", page=3).json()["results"] == []


@pytest.mark.parametrize("ordering", ["", "text", "-text", "accepted_at", "-accepted_at", "id", "-id"])
@pytest.mark.parametrize("address", ["messages/", "generic/"])
def test_behind_the_numbered_rows_one_walks_on_by_cursor(
    client: Client, monkeypatch: pytest.MonkeyPatch, address: str, ordering: str
) -> None:
    monkeypatch.setattr(pagination, "NUMBERED_TO", 10)
    rows = make(23)
    pages = walk(client, address, page_size=4, **({"ordering": ordering} if ordering else {}))
    found = [row["id"] for page in pages for row in page["results"]]
    assert sorted(found) == [row.pk for row in rows]
    texts = [row["text"] for page in pages for row in page["results"]]
    if ordering.endswith("text"):
        assert texts == sorted(texts, reverse=ordering.startswith("-"))
    assert {(page["count"], page["count_exact"]) for page in pages} == {(10, False)}
    assert "cursor=" in pages[3]["next"]
    assert "page=" not in pages[3]["next"].replace("page_size=", "")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"page": "0"}, "page"),
        ({"page": "-1"}, "page"),
        ({"page": "x"}, "page"),
        ({"page": "二"}, "page"),
        ({"page": "1" * 30}, "page"),
        ({"page_size": "0"}, "page_size"),
        ({"page_size": "201"}, "page_size"),
        ({"ordering": "phone"}, "ordering"),
    ],
)
def test_nonsense_is_refused_by_name(client: Client, query: dict[str, str], field: str) -> None:
    response = get(client, "messages/", **query)
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


@pytest.mark.parametrize(
    "query", [{"page": "10000", "page_size": "200"}, {"cursor": "nonsense"}, {"cursor": "WzEsMl0x"}]
)
def test_a_page_that_cannot_be_is_not_found(client: Client, query: dict[str, str]) -> None:
    response = get(client, "messages/", **query)
    assert response.status_code == 404
    assert "cursor" in response.json()["detail"] or "游标" in response.json()["detail"]


def test_a_parameter_left_empty_is_as_if_left_out(client: Client) -> None:
    make(2)
    assert len(get(client, "messages/", page="", ordering="", cursor="").json()["results"]) == 2


def test_a_cursor_of_another_order_does_no_harm(client: Client) -> None:
    make(3)
    foreign = "WyJ4eHgiLDFd"  # ["xxx", 1]
    assert get(client, "messages/", cursor=foreign, ordering="accepted_at").status_code == 404


def test_a_list_costs_the_same_queries_however_long(client: Client, django_assert_num_queries: Any) -> None:
    make(120)
    get(client, "messages/")  # the first one notes the use of the token
    with django_assert_num_queries(3):  # token, count, rows
        get(client, "messages/", page_size=100)
