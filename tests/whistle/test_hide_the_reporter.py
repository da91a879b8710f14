"""The rater is hidden from the rated: not by a file's name either; and only the reporter's own picture verifies."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client

from tests.common.api import post
from tests.whistle.steps import HERE, dispatched, photo, take
from tests.world import World
from whistle import actions
from whistle.models import Whistle, WhistleAttachment

URL = "/api/v1/whistles/"
NAMED = "张三丰13812345678.jpg"


def named(name: str = NAMED) -> Any:
    upload = photo()
    upload.name = name
    return upload


def says(client: Client, case: Whistle) -> str:
    """All that a person reads of a whistle's file by any way."""
    (file,) = client.get(f"{URL}{case.number}/attachments/").json()["results"]
    heads = [
        client.get(url)["Content-Disposition"] for url in (file["url"], f"/whistles/{case.number}/files/{file['id']}/")
    ]
    return unquote("".join([file["name"], client.get(f"/whistles/{case.number}/").content.decode(), *heads]))


def test_a_files_name_tells_the_rated_unit_nothing_and_nobody_a_number(world: World) -> None:
    case = dispatched(world)
    actions.attach(case.pk, [named()], "report", by=world.gridofficer)
    told = says(world.client("department"), case)
    assert "张三丰" not in told
    assert f"附件{WhistleAttachment.objects.get().pk}.jpg" in told
    for who in ("gridofficer", "town", "dispatcher"):
        told = says(world.client(who), case)
        assert "张三丰138****5678.jpg" in told
        assert "13812345678" not in told


def test_a_unit_reads_its_own_names(world: World) -> None:
    case = dispatched(world)
    actions.attach(case.pk, [named("清理前.jpg")], "other", by=world.department)
    assert "清理前.jpg" in says(world.client("department"), case)


def disposed(world: World) -> Whistle:
    case = dispatched(world)
    take(world, case, "sign", "department")
    take(world, case, "arrive", "department", [photo()], **HERE)
    return take(world, case, "dispose", "department", note="已清理。")


def send(world: World, who: str, case: Whistle, **sent: Any) -> Any:
    return world.client(who).post(f"{URL}{case.number}/attachments/", {"file": photo(), **sent})


def test_a_picture_of_the_rated_unit_verifies_nothing(world: World) -> None:
    case = disposed(world)
    refused = send(world, "department", case, purpose="verify")
    assert (refused.status_code, refused.json()["errors"]["purpose"]) == (400, ["您现在不能上传“核查”环节的照片。"])
    WhistleAttachment.objects.update(purpose="verify")  # as it could be handed in before
    verify = f"{URL}{case.number}/verify/"
    assert post(world.client("gridofficer"), verify[8:], {"passed": True}).status_code == 400
    assert send(world, "gridofficer", case, purpose="verify").status_code == 201
    assert post(world.client("gridofficer"), verify[8:], {"passed": True}).json()["state"] == "closed"


def test_a_picture_sent_again_verifies_nothing(world: World) -> None:
    case = dispatched(world)
    actions.attach(case.pk, [photo(7)], "report", by=world.gridofficer)
    take(world, case, "sign", "department")
    take(world, case, "arrive", "department", [photo()], **HERE)
    take(world, case, "dispose", "department", note="已清理。")
    assert send(world, "gridofficer", case, purpose="verify", file=photo(7)).status_code == 201
    assert post(world.client("gridofficer"), f"whistles/{case.number}/verify/", {"passed": True}).status_code == 400


@pytest.mark.parametrize("purpose", ["nonsense", "arrive", "report", "self_handle"])
def test_a_file_is_only_for_what_is_open_to_who_sends_it(world: World, purpose: str) -> None:
    case = disposed(world)
    assert send(world, "department", case, purpose=purpose).status_code == 400
    assert send(world, "department", case).status_code == 201
    page = world.client("department").get(f"/whistles/{case.number}/attach/").content.decode()
    assert 'value="other"' in page
    assert f'value="{purpose}"' not in page


def test_nothing_is_added_to_a_closed_whistle(world: World) -> None:
    case = disposed(world)
    take(world, case, "verify", "gridofficer", [photo()], passed="true")
    for who in ("department", "gridofficer", "dispatcher"):
        assert send(world, who, case).status_code == 409
        assert "上传附件" not in world.client(who).get(f"/whistles/{case.number}/").content.decode()
