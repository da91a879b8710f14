"""政策规则: versions with their document, the typed form, approval by a second person, and the diff."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.test import Client

from tests.common.hands import HANDS, at_once
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.models import AuditEntry, Policy
from wangcheng.common.policy import actions
from wangcheng.common.policy.registry import in_force, rule_set
from wangcheng.common.sms.rules import MessageRules
from wangcheng.common.workflow import NotAllowed

KEY = MessageRules.policy_key  # type: ignore[attr-defined]
DRAFT = f"/manage/policies/{KEY}/draft/"


@pytest.fixture
def admin(world: World) -> Client:
    return world.client("admin")


def entered(**changes: object) -> dict[str, object]:
    """A filled form: the values in force, a day, a document."""
    meta = {
        "starts_on": "2023-02-01",
        "document_number": "望社治〔2023〕1号",
        "basis": "短信管理办法",
        "revision": "调整",
    }
    return {**rule_set(KEY).defaults(), **meta, **changes}


def test_the_shipped_version_is_shown_as_our_default(admin: Client) -> None:
    page = admin.get(f"/manage/policies/{KEY}/").content.decode()
    assert "默认值" in page
    assert "【望城社治】" in page


def test_a_value_that_a_document_states_names_it_and_the_others_are_our_default(admin: Client) -> None:
    overview = admin.get("/manage/policies/").content.decode()
    assert "2022年度部门整体支出预算绩效自评报告（每季度优秀名额），其余为默认值" in overview
    page = admin.get("/manage/policies/grid.scheme_level3/").content.decode()
    quota = page[page.index("每季度优秀名额</td>") : page.index("合格线</td>")]
    reward = page[page.index("优秀网格每季度奖励</td>") :]
    assert ("355" in quota, "自评报告" in quota, "默认值" in quota) == (True, True, False)
    assert "默认值" in reward


def test_a_version_counts_only_when_a_second_person_has_approved_it(world: World, admin: Client) -> None:
    where = admin.post(DRAFT, entered(single=60))["Location"]
    draft = Policy.objects.get(state=Policy.State.DRAFT)
    assert where == f"/manage/policies/versions/{draft.pk}/"
    own = admin.post(f"{where}decide/", {"decision": "approve"}, follow=True).content.decode()
    assert "起草人不能批准自己起草的政策" in own
    world.client("other_admin").post(f"{where}decide/", {"decision": "approve"})
    draft.refresh_from_db()
    assert (draft.state, draft.approved_by) == (Policy.State.APPROVED, world.other_admin)
    assert in_force(MessageRules, date(2023, 1, 31)).single == 70
    assert in_force(MessageRules, date(2023, 2, 1)).single == 60
    kinds = AuditEntry.objects.filter(kind=AuditEntry.Kind.POLICY).order_by("pk").values_list("summary", flat=True)
    assert [summary[:2] for summary in kinds] == ["起草", "批准"]


def test_a_leader_finds_the_draft_and_approves_it_but_drafts_none(world: World, admin: Client) -> None:
    where = admin.post(DRAFT, entered(single=60))["Location"]
    leader = world.client("leader")
    assert where in leader.get("/manage/policies/drafts/").content.decode()
    assert 'value="approve"' in leader.get(where).content.decode()
    assert leader.post(f"{where}decide/", {"decision": "approve"}).status_code == 302
    assert Policy.objects.filter(state=Policy.State.APPROVED, approved_by=world.leader).count() == 1
    assert leader.post(DRAFT, entered(single=61)).status_code == 403
    assert 'value="approve"' not in world.client("dispatcher").get(where).content.decode()
    assert world.client("dispatcher").post(f"{where}decide/", {"decision": "approve"}).status_code == 403


def test_a_value_out_of_bounds_is_said_at_its_field(admin: Client) -> None:
    answer = admin.post(DRAFT, entered(quiet_from=24))
    assert answer.status_code == 400
    assert '<a href="#id_quiet_from">' in answer.content.decode()
    assert not Policy.objects.filter(state=Policy.State.DRAFT).exists()


def test_a_version_needs_a_reason_and_a_source(admin: Client) -> None:
    page = admin.post(DRAFT, entered(basis="", revision="")).content.decode()
    assert '<a href="#id_basis">' in page
    assert '<a href="#id_revision">' in page


def test_lines_become_a_list_and_are_checked_by_the_rule_set(admin: Client) -> None:
    hours = {"slots": "08:30-12:00\r\n14:00-17:30", "starts_on": "2023-02-01", "basis": "通知", "revision": "夏令"}
    admin.post("/manage/policies/common.working_hours/draft/", hours)
    assert Policy.objects.get(state=Policy.State.DRAFT).values == {"slots": ["08:30-12:00", "14:00-17:30"]}


def test_the_page_of_a_version_marks_what_it_changes(world: World, admin: Client) -> None:
    where = admin.post(DRAFT, entered(single=60))["Location"]
    page = world.client("other_admin").get(where).content.decode()
    assert page.count("diff-new") == 1
    assert "<del>70</del>" in page


def test_a_backdated_draft_is_shown_with_a_warning(admin: Client) -> None:
    where = admin.post(DRAFT, entered(starts_on="2022-01-01"))["Location"]
    assert "施行日期早于今天" in admin.get(where).content.decode()


def test_one_draft_at_a_time(admin: Client) -> None:
    admin.post(DRAFT, entered())
    answer = admin.post(DRAFT, entered())
    assert answer.status_code == 409
    assert "已有待批准的草稿" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_drafts_begun_at_the_same_moment_one_is_kept_and_the_others_are_told(world: World) -> None:

    def hand(number: int) -> str:
        words = {"document_number": f"{number}号", "source": "", "note": ""}
        try:
            actions.draft(KEY, rule_set(KEY).defaults(), valid_from=clock.today(), by=world.admin, **words)
        except NotAllowed as refused:
            return refused.message
        return ""

    told = Counter(at_once(hand))
    assert told == {"": 1, "该政策已有待批准的草稿，请先批准或作废。": HANDS - 1}
    assert Policy.objects.filter(state=Policy.State.DRAFT).count() == 1


def test_a_withdrawn_draft_makes_room_and_never_counts(world: World, admin: Client) -> None:
    where = admin.post(DRAFT, entered(single=60, starts_on="2023-01-03"))["Location"]
    admin.post(f"{where}decide/", {"decision": "withdraw"})
    assert in_force(MessageRules, clock.today()).single == 70
    assert admin.post(DRAFT, entered()).status_code == 302


def test_an_approved_version_is_not_withdrawn(world: World) -> None:
    version = Policy.objects.approved(KEY).first()
    assert version
    with pytest.raises(NotAllowed, match="只有草稿可以作废"):
        actions.withdraw(version.pk, by=world.admin)


def test_drafts_wait_in_the_menu_of_the_others(world: World, admin: Client) -> None:
    admin.post(DRAFT, entered())
    assert (
        'id="count-policy_drafts" hx-swap-oob="true">(1)'
        in world.client("other_admin").get("/desk/counts/").content.decode()
    )
    assert (
        'id="count-policy_drafts" hx-swap-oob="true"></span>'
        in world.client("admin").get("/desk/counts/").content.decode()
    )


def test_the_list_names_the_version_to_come(world: World, admin: Client) -> None:
    where = admin.post(DRAFT, entered(starts_on=f"{clock.today() + timedelta(days=9):%Y-%m-%d}"))["Location"]
    world.client("other_admin").post(f"{where}decide/", {"decision": "approve"})
    assert "第2版 2023年1月12日" in world.client("finance").get("/manage/policies/").content.decode()


def test_business_posts_read_policies_and_change_none(world: World) -> None:
    client = world.client("dispatcher")
    assert client.get(f"/manage/policies/{KEY}/").status_code == 200
    assert "起草新版本" not in client.get(f"/manage/policies/{KEY}/").content.decode()
    assert client.post(DRAFT, entered()).status_code == 403
    assert world.client("town").get("/manage/policies/").status_code == 403


def test_an_unknown_policy_is_not_there(admin: Client) -> None:
    assert admin.get("/manage/policies/nonsense/").status_code == 404
