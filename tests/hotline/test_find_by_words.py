"""Finding tickets by words: the same rows as reading every title and place, and on PostgreSQL through the index."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Q

from hotline.models import Ticket
from tests.hotline.desk import received
from tests.world import World

PLACES = ("斑马湖社区3栋", "西塘街社区A座", "静慎村50%路口", "狮子岭村a_b巷")
TITLES = ("占道经营", "道路占用，经营扰民", "WIFI信号塔", "wifi 无信号", "垃圾堆放", "油烟\n直排")
WORDS = (
    "占道", "占道经营", "道经", "营占", "烟", "WiFi", "wifi ", "%", "_", "0%", "a_B", "油烟\n直排", "烟\n", "不存在的词",
    "社区A", "社区", "湖社区3栋",
)  # fmt: skip


@pytest.fixture
def tickets(world: World) -> None:
    for number, title in enumerate(TITLES):
        received(world, title=title, place=PLACES[number % len(PLACES)])


@pytest.mark.usefixtures("tickets")
@pytest.mark.parametrize("word", WORDS)
def test_words_find_what_reading_every_row_finds(word: str) -> None:
    read = Ticket.objects.filter(Q(title__icontains=word.strip()) | Q(place__icontains=word.strip()))
    assert set(Ticket.objects.search(word).values_list("pk")) == set(read.values_list("pk"))


@pytest.mark.usefixtures("tickets")
def test_a_corrected_title_is_found_by_its_new_words_only() -> None:
    ticket = Ticket.objects.search("占道经营").get()
    Ticket.objects.filter(pk=ticket.pk).update(title="路灯不亮")
    assert Ticket.objects.search("路灯").get() == ticket
    assert not Ticket.objects.search("占道").exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite reads the rows of a year")
@pytest.mark.usefixtures("tickets")
@pytest.mark.parametrize("word", ["占道", "烟", "占道经营"])
def test_the_index_serves_words_of_any_length(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    assert "hotline_ticket_words" in Ticket.objects.order_by().search(word).explain()


@pytest.mark.usefixtures("tickets")
def test_a_number_is_found_by_how_it_begins() -> None:
    ticket = Ticket.objects.order_by("pk")[0]
    assert ticket in Ticket.objects.search(ticket.number[:10].lower())
    assert list(Ticket.objects.search(ticket.number)) == [ticket]
