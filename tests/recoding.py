"""茶亭镇 and its villages get new codes with the edition of 2023; for tests of what must stay theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.management import call_command

from wangcheng.common.models import Area, AreaSuccession, User

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from tests.world import World

STAY = [
    "430112000000,望城区,,",
    "430112001000,高塘岭街道,,",
    "430112001010,斑马湖社区,111,社区",
    "430112001001,西塘街社区,111,社区",
]
MOVED = ["430112102000,茶亭镇,,", "430112102201,静慎村,220,村", "430112102202,狮子岭村,220,村"]


def recode(world: World, tmp_path: Path) -> None:
    """Valid from 1 January 2023; the people of the cast are read anew."""
    file, table = tmp_path / "2023.csv", tmp_path / "map.csv"
    file.write_text("\n".join(["code,name,urban_rural_code,committee_type", *STAY, *MOVED]) + "\n")
    pairs = [f"430112101{line[9:12]},{line[:12]}" for line in MOVED]
    table.write_text("\n".join(["old_code,new_code", *pairs]) + "\n")
    call_command("load_divisions", str(file), year=2023, given=str(table), verbosity=0)
    world.people = {name: User.objects.get(pk=user.pk) for name, user in world.people.items()}


def recode_town(world: World, day: date) -> Area:
    """茶亭镇 alone, on a day within a year; its organisation follows."""
    old = world.towns["茶亭镇"]
    Area.objects.filter(pk=old.pk).update(valid_to=day)
    new = Area.objects.create(
        level=1, kind=old.kind, code="430112102000", name=old.name, short_name=old.short_name, parent=old.parent,
        path=old.path, valid_from=day,
    )  # fmt: skip
    Area.objects.filter(pk=new.pk).update(path=f"{world.district.path}{new.pk}/")
    AreaSuccession.objects.create(kind="recode", before=old, after=new, day=day)
    world.units["茶亭镇"].area = new
    world.units["茶亭镇"].save()
    return Area.objects.get(pk=new.pk)
