"""The grid app's pages: who sees which branch, and that results and ledgers open."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest

from grid.actions import assessments
from grid.models import Assessment, StaffMember
from grid.places import resolve_place
from tests.grid import quarter
from tests.grid.quarter import AFTER_PUBLICITY, final, published
from tests.world import FIRST_DAY, World
from wangcheng.common import clock
from wangcheng.common.figures.registry import get
from wangcheng.common.models import Area, Post


def test_the_tree_opens_branch_by_branch_within_the_own_branch(world: World) -> None:
    page = world.client("town").get("/grid/").content.decode()
    assert "高塘岭街道" in page
    assert "茶亭镇" not in page
    branch = world.client("town").get(f"/grid/{world.towns['高塘岭街道'].pk}/children/").content.decode()
    assert "斑马湖社区" in branch
    assert world.client("town").get(f"/grid/{world.towns['茶亭镇'].pk}/children/").status_code == 404


def test_a_grid_is_found_by_name_or_code(world: World) -> None:
    client = world.client("dispatcher")
    assert "静慎村第2网格" in client.get("/grid/", {"q": "静慎村第2"}).content.decode()
    assert "静慎村" in client.get("/grid/", {"q": "430112101201"}).content.decode()
    assert "没有名称含“不存在”的网格" in client.get("/grid/", {"q": "不存在"}).content.decode()


def test_an_area_names_its_officers_and_tells_a_vacancy(world: World) -> None:
    client = world.client("dispatcher")
    page = client.get(f"/grid/{world.grids['斑马湖社区1'].pk}/").content.decode()
    assert world.gridofficer.name in page
    assert "空岗" in client.get(f"/grid/{world.grids['斑马湖社区2'].pk}/").content.decode()


@pytest.mark.parametrize("kind", Assessment.Kind.values)
def test_an_assessment_its_results_and_its_steps_open(world: World, kind: str) -> None:
    case = assessments.compute("2022Q3", kind, by=world.assessor)
    client = world.client("assessor")
    assert case.number in client.get("/assessments/").content.decode()
    page = client.get(f"/assessments/{case.number}/").content.decode()
    assert "查看明细和排名" in page
    assert f"/assessments/{case.number}/review/" in page
    results = client.get(f"/assessments/{case.number}/results/")
    assert results.status_code == 200
    assert "斑马湖社区" in results.content.decode()


def test_a_score_shows_every_indicator_with_its_parts(world: World) -> None:
    case = assessments.compute("2022Q3", "level3", by=world.assessor)
    score = case.scores.first()
    assert score is not None
    page = world.client("assessor").get(f"/assessments/scores/{score.pk}/").content.decode()
    assert all(item["label"] in page for item in score.items)
    assert "None" not in page  # an indicator that counted nothing says so with a dash


def test_a_trial_of_a_running_quarter_is_not_offered_to_be_sent_down(world: World) -> None:
    case = assessments.compute("2023Q1", "level3", by=world.assessor)
    client = world.client("assessor")
    page = client.get(f"/assessments/{case.number}/").content.decode()
    assert "截至取数时间的试算" in page
    assert f"/assessments/{case.number}/review/" not in page
    open_steps = client.get(f"/api/v1/assessments/{case.pk}/").json()["allowed_actions"]
    assert "review" not in [action["name"] for action in open_steps]


def test_both_parts_of_an_indicator_open_the_list_that_adds_up_to_them(world: World) -> None:
    quarter.scheme("level3")
    grid = world.grids["斑马湖社区1"]
    quarter.worked(grid, visits=(7, 9), events=(1, 2))
    quarter.worked(grid, visits=(1, 2), day=date(2022, 12, 1))
    score = quarter.draft(world).scores.get(area=grid)
    client = world.client("assessor")
    page = client.get(f"/assessments/scores/{score.pk}/").content.decode()
    for label, number in (("分子", 8), ("分母", 11)):
        found = re.search(rf'data-label="{label}" class="num"><a href="([^"]+)">{number}</a>', page)
        assert found, label
        rows = client.get(found[1].replace("&amp;", "&")).content.decode()
        assert f"合计：{number}。" in rows
    assert re.findall(r'data-label="应走访" class="num">(\d+)</td>', rows) == ["2", "9"]


def test_a_step_taken_on_the_page_moves_the_assessment(world: World) -> None:
    case = assessments.compute("2022Q3", "level3", by=world.assessor)
    world.client("assessor").post(f"/assessments/{case.number}/review/", {"version": case.version})
    case.refresh_from_db()
    assert case.state == "village"


def test_ledgers_open_for_the_centre_and_not_for_a_grid_officer(world: World) -> None:
    StaffMember.objects.create(name="王测试", kind="hired", valid_from=FIRST_DAY)
    for page in ("staff", "estates", "video", "communities"):
        assert world.client("dispatcher").get(f"/ledgers/{page}/").status_code == 200
        assert world.client("gridofficer").get(f"/ledgers/{page}/").status_code == 403
    assert "王测试" in world.client("dispatcher").get("/ledgers/staff/").content.decode()


def test_zero_complaint_results_are_listed(world: World) -> None:
    assessments.compute("2022Q3", "zero", by=world.assessor)
    assessments.compute("2022Q2", "zero", by=world.assessor)
    page = world.client("assessor").get("/zero-complaints/").content.decode().partition("<tbody")[2]
    villages = ["西塘街社区", "斑马湖社区", "静慎村"]  # by division code; the newest quarter first
    found = re.findall(rf">({'|'.join(villages)})<", page)
    assert found == [*villages, *villages]
    assert page.index("第三季度") < page.index("第二季度")
    assert 'data-label="统计截止"' in page
    results = world.client("assessor").get(f"/assessments/{Assessment.objects.earliest('pk').number}/results/")
    assert "统计截止：2022年" in results.content.decode()


def test_the_tree_warns_of_grids_that_nobody_answers_for_and_lists_them(world: World) -> None:
    client = world.client("dispatcher")
    assert "个网格空岗" in client.get("/grid/").content.decode()
    listed = client.get("/grid/", {"vacant": "1"}).content.decode()
    assert f"{world.grids['斑马湖社区2'].code}<" in listed
    assert f"{world.grids['斑马湖社区1'].code}<" not in listed
    branch = client.get(f"/grid/{world.villages['斑马湖社区'].pk}/children/").content.decode()
    assert branch.count("空岗") == 1


def test_the_desk_counts_the_grids_that_nobody_answers_for(world: World) -> None:
    def told(who: str) -> list[str]:
        desk = re.sub(r"<[^>]+>|\s", "", world.client(who).get("/desk/").content.decode())
        return re.findall(r"(\d+)个空岗网格", desk)

    held = set(Post.objects.filter(area__level__gte=Area.Level.ESTATE).values_list("area__path", flat=True))
    vacant = [grid.path for grid in world.grids.values() if grid.path not in held]
    in_town = [path for path in vacant if path.startswith(world.towns["高塘岭街道"].path)]
    assert 0 < len(in_town) < len(vacant)
    assert (told("admin"), told("town"), told("department")) == ([str(len(vacant))], [str(len(in_town))], [])


def test_a_place_is_kept_with_its_other_names_and_intake_knows_it(world: World) -> None:
    client = world.client("assessor")
    village = world.villages["西塘街社区"]
    form = {"name": "润和又一城", "kind": "estate", "area": village.code, "aliases": "又一城\n润和一期"}
    where = client.post("/places/new/", form)["Location"]
    assert "润和一期" in client.get(where).content.decode()
    assert resolve_place("润和一期3栋漏水", date(2023, 1, 3))[0].village == village
    assert "没有这个代码的辖区" in client.post("/places/new/", {**form, "area": "1"}).content.decode()
    assert "已有地名" in client.post("/places/new/", form).content.decode()
    stale = {**form, "seen": client.get(f"{where}edit/").context["form"]["seen"].value()}
    assert client.post(f"{where}edit/", {**stale, "address": "先改的地址"}).status_code == 302
    assert client.post(f"{where}edit/", {**stale, "address": "后改的地址"}).status_code == 409
    assert "先改的地址" in client.get(where).content.decode()
    assert world.client("dispatcher").post(f"{where}delete/").status_code == 403
    client.post(f"{where}delete/")
    assert "润和又一城" not in client.get("/places/", {"q": "又一城"}).content.decode()


def test_a_final_result_stays_listed_until_its_correction_is_final(world: World) -> None:
    held = final(world, "zero")
    with clock.frozen(AFTER_PUBLICITY):
        correct = f"/assessments/{held.number}/correct/"
        held.refresh_from_db()
        answer = world.client("assessor").post(correct, {"version": held.version, "reason": "漏计"})
        assert answer["Location"] == "/assessments/2022Q4-zero-2/"
        new = world.client("assessor").get(answer["Location"]).content.decode()
        old = world.client("assessor").get(f"/assessments/{held.number}/").content.decode()
        assert f'href="/assessments/{held.number}/"' in new
        assert f'href="{answer["Location"]}"' in old
        for who in ("village", "town", "assessor"):
            assert "斑马湖社区" in world.client(who).get("/zero-complaints/?quarter=2022Q4").content.decode(), who
        assert answer["Location"] not in world.client("village").get(f"/assessments/{held.number}/").content.decode()
    assert list(Assessment.objects.standing()) == [held]
    Assessment.objects.filter(corrects=held).update(state="final")
    assert [found.edition for found in Assessment.objects.standing()] == [2]


def test_the_list_behind_the_excellent_grids_leads_only_to_scores_in_sight(world: World) -> None:
    quarter.scheme("level3", quota=8)
    quarter.all_worked(world)
    with clock.frozen(datetime(2022, 12, 19, 9, 0, tzinfo=clock.CHINA)):
        found = published(world)
    with clock.frozen(datetime(2022, 12, 30, 9, 0, tzinfo=clock.CHINA)):
        assessments.finalise(found.pk, by=world.assessor)
    with clock.frozen(AFTER_PUBLICITY):
        page = (
            world.client("village")
            .get("/figures/excellent_level3_per_quarter/rows/?period=2022&part=numerator")
            .content.decode()
        )
        links = re.findall(r'href="(/assessments/scores/\d+/)"', page)
        assert links
        assert {world.client("village").get(link).status_code for link in links} == {200}
    assert "您的岗位可查看其中" in page


def test_no_reason_is_chosen_beforehand(world: World) -> None:
    page = world.client("village").get("/exclusions/new/").content.decode()
    assert '<option value="" selected>请选择</option>' in page.split('name="reason"')[1].split("</select>")[0]


def test_a_scheme_is_read_as_a_table_in_chinese_and_written_with_the_codes_beside_their_names(world: World) -> None:
    admin = world.client("admin")
    page = admin.get("/manage/policies/grid.scheme_level3/").content.decode()
    cells = re.findall(r'<td class="nowrap">([^<]*)</td>', page)
    assert cells[:5] == ["信息采集", "25", get("grid_collection_rate").label, "100", "0"]
    assert "grid_collection_rate" not in page
    assert "英文名" not in page
    form = admin.get("/manage/policies/grid.scheme_level3/draft/").content.decode()
    assert "信息采集|25|grid_collection_rate|100|0" in form
    assert f"{get('grid_collection_rate').label} grid_collection_rate" in form
    villages = admin.get("/manage/policies/grid.zero_complaint/").content.decode()
    assert get("village_complaints").label in villages
    assert "village_complaints" not in villages
