"""`load_divisions` brings the tree up to a year's edition; renames, re-codes and merges keep the history."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from grid.actions.areas import confirm_urban
from wangcheng.common import clock
from wangcheng.common.models import Area, AreaSuccession, Organisation, Post, UrbanStatus, User
from wangcheng.common.territory.actions import NewGrid, add_grids

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[2] / "wangcheng/common/territory/data"
NEW_YEAR_2022, NEW_YEAR = date(2022, 1, 1), date(2023, 1, 1)
HEAD = "code,name,urban_rural_code,committee_type\n430112000000,望城区,,\n430112001000,甲街道,,\n"


def load(name: str | Path, **options: object) -> None:
    call_command("load_divisions", str(DATA / name), verbosity=0, **options)


@pytest.fixture
def edition(tmp_path: Path) -> Callable[..., None]:
    """Loads an edition of one town with the given villages ("code,name" each)."""

    def make(year: int, *villages: str, given: str = "") -> None:
        path = tmp_path / f"{year}.csv"
        path.write_text(HEAD + "".join(f"{village},111,社区\n" for village in villages))
        table = tmp_path / "map.csv"
        table.write_text("old_code,new_code\n" + given)
        load(path, year=year, given=str(table) if given else None)

    return make


def in_force(day: date) -> dict[str, str]:
    return dict(Area.objects.in_force(day).filter(level=2).values_list("code", "name"))


def test_the_tree_of_2022_has_sixteen_towns_and_their_villages() -> None:
    load("divisions_2022.csv")
    levels = [Area.objects.filter(level=level, valid_to=None).count() for level in (0, 1, 2)]
    assert levels == [1, 16, 157]
    place = Area.objects.get(name="西塘街社区居委会")
    assert (place.short_name, place.parent.name, place.kind) == ("西塘街社区", "高塘岭街道", "community")  # type: ignore[union-attr]
    assert place.path == f"{place.parent.path}{place.pk}/"  # type: ignore[union-attr]
    assert place.party_organisation == "西塘街社区党总支"


def test_towns_and_villages_come_with_their_organisations() -> None:
    load("divisions_2022.csv")
    unit = Organisation.objects.get(short_name="西塘街社区")
    assert [unit.kind, unit.parent.kind, unit.parent.parent.kind] == ["village", "town", "centre"]  # type: ignore[union-attr]
    assert unit.path == f"/{unit.parent.parent_id}/{unit.parent_id}/{unit.pk}/"  # type: ignore[union-attr]
    assert Organisation.objects.count() == 174


def test_a_community_of_class_111_is_proposed_as_urban_and_nothing_else() -> None:
    load("divisions_2022.csv")
    assert UrbanStatus.objects.filter(is_urban=True).count() == 52
    assert UrbanStatus.objects.filter(is_urban=False).count() == 157 - 52
    assert UrbanStatus.objects.filter(confirmed_by=None, source__startswith="默认值").count() == 157


def test_loading_the_same_edition_again_changes_nothing() -> None:
    load("divisions_2022.csv")
    before = [list(model.objects.order_by("pk").values()) for model in (Area, Organisation, UrbanStatus)]
    load("divisions_2022.csv")
    assert before == [list(model.objects.order_by("pk").values()) for model in (Area, Organisation, UrbanStatus)]
    assert not AreaSuccession.objects.exists()


def test_the_edition_of_2023_keeps_the_tree_of_2022() -> None:
    load("divisions_2022.csv")
    old = in_force(date(2022, 12, 31))
    load("divisions_2023.csv", year=2023)
    assert in_force(date(2022, 12, 31)) == old
    new = in_force(NEW_YEAR)
    assert len(new) == 160
    assert new["430112103203"] == "戴公桥村委会"
    assert old["430112103203"] == "代公桥村委会"
    kinds = AreaSuccession.objects.values_list("kind", flat=True)
    assert {kind: list(kinds).count(kind) for kind in kinds} == {"recode": 5, "rename": 2, "new": 3}


def test_a_recoded_town_takes_its_villages_grids_officers_and_organisation_along() -> None:
    load("divisions_2022.csv")
    village = Area.objects.get(name="长兴路社区")
    grid, building = add_grids(
        {village: [NewGrid("阳光里", Area.Kind.ESTATE, children=(NewGrid("1栋", Area.Kind.BUILDING),))]},
        day=NEW_YEAR_2022,
    )
    unit = Organisation.objects.get(area=village)
    officer = User.objects.create_user("officer", "张三")
    post = Post.objects.create(user=officer, role="gridofficer", organisation=unit, area=grid, valid_from=NEW_YEAR_2022)
    load("divisions_2023.csv", year=2023)
    moved = Area.objects.get(name="阳光里", valid_to=None)
    assert moved.code == "430112017001001"
    assert moved.parent.parent.code == "430112017000"  # type: ignore[union-attr]
    assert Area.objects.get(name="1栋", valid_to=None).code == "430112017001001001"
    assert Area.objects.get(pk=building.pk).valid_to == NEW_YEAR
    assert [origin.before for origin in moved.origins.all()] == [grid]
    unit.refresh_from_db()
    assert (unit.code, unit.area.code, unit.parent.code) == ("430112017001", "430112017001", "430112017000")  # type: ignore[union-attr]
    post.refresh_from_db()
    assert post.valid_to == NEW_YEAR
    assert Post.objects.get(user=officer, valid_to=None).area == moved
    with clock.frozen(clock.at(date(2023, 3, 1), 9)):  # open cases of the old grid stay with the officer
        assert set(officer.grid_ids()) == {grid.pk, moved.pk}


def test_a_recoded_town_still_sees_its_branch_of_before() -> None:
    load("divisions_2022.csv")
    old = set(Area.objects.under(Area.objects.get(name="白马街道")).values_list("pk", flat=True))
    load("divisions_2023.csv", year=2023)
    unit = Organisation.objects.get(short_name="白马街道")
    clerk = User.objects.create_user("clerk", "李四")
    Post.objects.create(user=clerk, role="town", organisation=unit, valid_from=NEW_YEAR_2022)
    seen = set(Area.objects.visible_to(clerk).values_list("pk", flat=True))
    new = set(Area.objects.under(unit.area).values_list("pk", flat=True)) if unit.area else set()
    assert seen == old | new
    assert len(new) == len(old) == 5


def test_urban_status_goes_over_to_the_recoded_village() -> None:
    load("divisions_2022.csv")
    load("divisions_2023.csv", year=2023)
    new = Area.objects.get(name="长兴路社区", valid_to=None)
    assert UrbanStatus.objects.get(area=new).valid_to is None
    assert UrbanStatus.objects.filter(area__name="长兴路社区", valid_to=NEW_YEAR).count() == 1


def test_what_a_person_confirmed_as_urban_is_not_overruled(edition: Callable[..., None]) -> None:
    clerk = User.objects.create_user("clerk", "李四")
    edition(2022, "430112001001,东社区")
    centre = Organisation.objects.get(kind="centre")
    Post.objects.create(user=clerk, role="admin", organisation=centre, valid_from=NEW_YEAR_2022)
    area = Area.objects.get(name="东社区")
    confirm_urban([area.pk], False, day=date(2022, 3, 1), document="区民政局函", by=clerk)
    edition(2023, "430112001009,东社区")
    status = UrbanStatus.objects.get(area__code="430112001009", valid_to=None)
    assert (status.is_urban, status.confirmed_by, status.source) == (False, clerk, "区民政局函")


def test_a_merger_by_the_map_brings_both_units_grids_together(edition: Callable[..., None]) -> None:
    edition(2022, "430112001001,东社区", "430112001002,西社区")
    east, west = Area.objects.filter(level=2)
    estate = Area.Kind.ESTATE
    add_grids({east: [NewGrid("甲", estate)], west: [NewGrid("乙", estate)]}, day=NEW_YEAR_2022)
    edition(2023, "430112001001,东社区", given="430112001002,430112001001\n")
    assert in_force(NEW_YEAR) == {"430112001001": "东社区"}
    grids = Area.objects.filter(level=3, valid_to=None, parent=east).values_list("name", "code")
    assert dict(grids) == {"甲": "430112001001001", "乙": "430112001001002"}
    assert AreaSuccession.objects.filter(kind="merge", before=west, after=east).exists()
    assert not Organisation.objects.filter(short_name="西社区", valid_to=None).exists()


def test_a_split_by_the_map_keeps_the_old_unit_and_founds_the_other(edition: Callable[..., None]) -> None:
    edition(2022, "430112001001,东社区")
    edition(
        2023,
        "430112001001,东社区",
        "430112001002,新社区",
        given="430112001001,430112001001\n430112001001,430112001002\n",
    )
    east = Area.objects.get(name="东社区")
    assert east.valid_to is None
    assert AreaSuccession.objects.get(kind="split").after == Area.objects.get(name="新社区")


def test_an_unmatched_unit_is_listed_and_nothing_is_written(edition: Callable[..., None]) -> None:
    edition(2022, "430112001001,东社区", "430112001002,西社区")
    with pytest.raises(CommandError, match=r"“西社区”（430112001002）.*去向不明"):
        edition(2023, "430112001001,东方社区", "430112001003,新社区")
    assert in_force(NEW_YEAR) == {"430112001001": "东社区", "430112001002": "西社区"}


def test_a_reused_code_is_not_taken_for_a_rename(edition: Callable[..., None]) -> None:
    edition(2022, "430112001001,白沙洲社区")
    with pytest.raises(CommandError, match="是更名还是另一单位"):
        edition(2023, "430112001001,金星社区")
    edition(2023, "430112001001,金星社区", given="430112001001,430112001001\n")
    assert AreaSuccession.objects.get().kind == "rename"


def test_a_committee_changed_into_a_community_is_a_rename(edition: Callable[..., None]) -> None:
    edition(2022, "430112001001,胜利村委会")
    edition(2023, "430112001001,胜利社区居委会")
    assert [step.kind for step in AreaSuccession.objects.all()] == ["rename"]


def test_a_unit_that_ends_by_the_map_closes_its_grids(edition: Callable[..., None]) -> None:
    edition(2022, "430112001001,东社区", "430112001002,西社区")
    add_grids({Area.objects.get(name="西社区"): [NewGrid("乙", Area.Kind.ESTATE)]}, day=NEW_YEAR_2022)
    edition(2023, "430112001001,东社区", given="430112001002,\n")
    assert not Area.objects.filter(level=3, valid_to=None).exists()
    assert AreaSuccession.objects.get().kind == "end"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name\n望城区\n", "缺少代码"),
        ("code,name\n", "没有任何数据行"),
        ("code,name\n43011200000,望城区\n", "第2行的代码“43011200000”不是12位数字"),
        ("code,name\n430112000000,\n", "第2行缺少名称"),
        ("code,name\n430112001000,甲街道\n", "恰有一行区县"),
        ("code,name\n430112000000,望城区\n430112001001,东社区\n", "上级430112001000不在文件中"),
        ("code,name\n430112000000,望城区\n430112000000,望城区\n", "重复出现"),
        ("code,name,year\n430112000000,望城区,2021\n", "与--year 2022不一致"),
    ],
)
def test_a_broken_file_is_refused_with_the_reason(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "broken.csv"
    path.write_text(text)
    with pytest.raises(CommandError, match=complaint):
        load(path, year=2022)
    assert not Area.objects.exists()


def test_a_file_without_a_year_needs_the_option() -> None:
    with pytest.raises(CommandError, match="请用--year指明年份"):
        load("divisions_2023.csv")


def test_an_older_edition_is_refused() -> None:
    load("divisions_2023.csv", year=2023)
    with pytest.raises(CommandError, match="不能再载入较早的2022年"):
        load("divisions_2022.csv")
