"""Places in free text: town, village and grid by name, alias and dictionary, with confidence and reason."""

import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from grid.actions.places import delete_place, keep_place
from grid.models import Place
from grid.places import Resolved, resolve_place
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.models import Area, AreaSuccession
from wangcheng.common.territory.actions import NewGrid, add_grids
from wangcheng.common.workflow import NotAllowed

TODAY = date(2023, 1, 3)


def best(text: str) -> Resolved:
    return resolve_place(text, TODAY)[0]


def place(world: World, name: str, village: str, *aliases: str) -> Place:
    return keep_place(None, name=name, kind="estate", area=world.villages[village], aliases=aliases, by=world.assessor)


def test_a_village_is_known_by_its_name_and_leads_to_its_town(world: World) -> None:
    found = best("反映斑马湖社区楼下噪音扰民")
    assert (found.village, found.town) == (world.villages["斑马湖社区"], world.towns["高塘岭街道"])
    assert found.confidence > 0.9
    assert found.reason == "文中“斑马湖社区”是村（社区）"


def test_the_short_name_is_less_sure_and_the_town_beside_it_makes_it_surer(world: World) -> None:
    alone, with_town = best("斑马湖边上有人烧垃圾"), best("高塘岭街道斑马湖边上有人烧垃圾")
    assert alone.village == with_town.village == world.villages["斑马湖社区"]
    assert alone.confidence < with_town.confidence
    assert "与文中街镇“高塘岭街道”一致" in with_town.reason


def test_a_town_alone_gives_the_town_only(world: World) -> None:
    found = best("茶亭镇有人占道经营")
    assert (found.town, found.village) == (world.towns["茶亭镇"], None)


def test_a_town_that_contradicts_the_village_makes_it_doubtful(world: World) -> None:
    found = {one.village: one for one in resolve_place("茶亭镇斑马湖社区", TODAY)}
    assert found[world.villages["斑马湖社区"]].confidence < 0.5


def test_an_estate_is_found_by_every_name_it_goes_by(world: World) -> None:
    place(world, "润和又一城一期", "西塘街社区", "又一城", "润和一期")
    for text in ("润和又一城一期3栋漏水", "又 一 城漏水", "润和一期漏水"):
        assert best(text).village == world.villages["西塘街社区"], text


def test_the_longest_name_wins(world: World) -> None:
    place(world, "斑马湖社区西苑", "西塘街社区")
    assert [one.village for one in resolve_place("斑马湖社区西苑2栋", TODAY)] == [world.villages["西塘街社区"]]


def test_a_name_borne_by_two_places_is_told_apart_by_the_town(world: World) -> None:
    place(world, "幸福小区", "斑马湖社区")
    place(world, "幸福小区", "静慎村")
    alone = resolve_place("幸福小区停电", TODAY)
    assert len(alone) == 2
    assert alone[0].confidence < 0.6
    assert best("茶亭镇幸福小区停电").village == world.villages["静慎村"]


def test_a_second_place_in_the_text_makes_the_first_less_sure(world: World) -> None:
    one, two = best("斑马湖社区"), best("斑马湖社区与静慎村之间的路灯不亮")
    assert two.confidence < one.confidence


def test_a_level_3_grid_is_found_with_its_village(world: World) -> None:
    grid = world.grids["静慎村2"]
    found = best(f"{grid.name}有人乱倒垃圾")
    assert (found.grid, found.village) == (grid, world.villages["静慎村"])


def test_a_text_without_a_known_place_has_no_candidate(world: World) -> None:
    assert resolve_place("我家楼下很吵", TODAY) == []
    assert resolve_place("", TODAY) == []


def test_a_place_follows_its_village_into_the_next_year(world: World) -> None:
    place(world, "阳光里", "静慎村")
    old = world.villages["静慎村"]
    Area.objects.filter(pk=old.pk).update(valid_to=date(2023, 1, 1))
    new = Area.objects.create(
        level=2, kind="village", code=old.code, name="静慎新村", short_name="静慎新村", parent=old.parent, path="",
        valid_from=date(2023, 1, 1),
    )  # fmt: skip
    Area.objects.filter(pk=new.pk).update(path=f"{old.parent.path}{new.pk}/")  # type: ignore[union-attr]
    AreaSuccession.objects.create(kind="rename", before=old, after=new, day=date(2023, 1, 1))
    assert best("阳光里").village == new
    assert resolve_place("阳光里", date(2022, 12, 31))[0].village == old


def test_a_new_name_is_known_at_once(world: World) -> None:
    assert resolve_place("星河湾", TODAY) == []
    row = place(world, "星河湾", "静慎村")
    assert best("星河湾").village == world.villages["静慎村"]
    keep_place(row, name="星河湾", kind="estate", area=world.villages["狮子岭村"], aliases=["星河"], by=world.assessor)
    assert best("星河北门").village == world.villages["狮子岭村"]
    delete_place(row.pk, by=world.assessor)
    assert resolve_place("星河湾", TODAY) == []
    add_grids({world.villages["静慎村"]: [NewGrid("星河湾", Area.Kind.ESTATE)]}, day=date(2023, 1, 1))
    assert best("星河湾").village == world.villages["静慎村"]


def test_a_place_is_kept_once_in_an_area(world: World) -> None:
    place(world, "阳光里", "静慎村")
    with pytest.raises(NotAllowed, match="已有地名“阳光里”"):
        place(world, "阳光里", "静慎村")


def test_the_command_resolves_a_file(world: World, tmp_path: Path) -> None:
    file = tmp_path / "texts.csv"
    file.write_text("id,title,content\n1,噪音,斑马湖社区楼下\n2,咨询,社保怎么办\n", encoding="utf-8")
    out = StringIO()
    with clock.frozen(clock.at(TODAY, 9)):
        call_command("resolve_place", "--input", str(file), "--json", stdout=out)
    first, second = json.loads(out.getvalue())
    assert (first["id"], first["town"], first["village"], first["unit"]) == (
        "1",
        "高塘岭街道",
        "斑马湖社区",
        "高塘岭街道",
    )
    assert first["candidates"][0]["reason"] == first["reason"]
    assert (second["village"], second["confidence"], second["candidates"]) == ("", 0.0, [])


def test_the_command_refuses_a_file_without_its_columns(tmp_path: Path) -> None:
    file = tmp_path / "texts.csv"
    file.write_text("id,text\n1,x\n")
    with pytest.raises(CommandError, match="应有id、title、content三列"):
        next(iter(_read(file)))


def _read(file: Path) -> list[dict[str, str]]:
    from grid.management.commands.resolve_place import _rows

    return list(_rows(file))


def test_a_village_beside_a_name_that_many_villages_share_decides(world: World) -> None:
    day = date(2022, 1, 1)
    shared = [NewGrid("第3片区", Area.Kind.PATCH)]
    add_grids({world.villages[name]: shared for name in ("静慎村", "狮子岭村")}, day=day)
    found = best("茶亭镇狮子岭村第3片区路灯不亮")
    assert (found.village, found.grid and found.grid.name) == (world.villages["狮子岭村"], "第3片区")
    assert found.confidence > 0.85
    assert "与文中村（社区）“狮子岭村”一致" in found.reason
    assert best("茶亭镇第3片区路灯不亮").confidence < 0.5
