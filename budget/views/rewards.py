"""Rewards: settled from the final assessments, appropriated to the towns, signed for by the villages."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from budget import actions
from budget.filters import RewardFilter
from budget.forms import AppropriationForm, QuarterForm
from budget.models import Appropriation, Fund, Reward
from budget.steps import APPROPRIATION_STEPS, open_appropriation_steps
from budget.tasks import SETTLE
from budget.views.payments import refused
from wangcheng.common import clock
from wangcheng.common.figures.periods import quarter_words
from wangcheng.common.jobs.actions import start
from wangcheng.common.models import Area, AuditEntry, User
from wangcheng.common.ways import words
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.details import Moment, Term
from wangcheng.common.ways.forms import act, form_page
from wangcheng.common.ways.lists import Button, Column, Kind, ListPage, Tab
from wangcheng.common.ways.words import Toned

SEES = ("budget.view_payment", "budget.view_budget", "budget.confirm_receipt")


def standing(reward: Reward) -> Toned:
    """Where a reward stands: withdrawn, waiting, appropriated or received."""
    if reward.withdrawn_at:
        return Toned("已撤销", "muted")
    if reward.appropriation is None:
        return Toned("待拨付", "wait")
    if reward.appropriation.state != Appropriation.State.PAID:
        return Toned(f"拨付{reward.appropriation.get_state_display()}", "wait")
    return Toned("已签收", "good") if reward.received_on else Toned("待签收", "busy")


REWARDS = ListPage(
    "rewards",
    "奖励",
    columns=(
        Column("quarter", "季度", value=lambda reward: quarter_words(reward.quarter)),
        Column("kind", "类别", value=lambda reward: reward.get_kind_display()),
        Column("area.short_name", "受奖单位"),
        Column("village.short_name", "村（社区）"),
        Column("town.short_name", "街镇"),
        Column("amount", "金额（元）", Kind.MONEY),
        Column("standing", "状态", value=standing),
        Column("appropriation.document_number", "拨付文号"),
        Column("received_on", "签收日期", Kind.DAY),
    ),
    filters=RewardFilter,
    tabs=(
        Tab("all", "全部"),
        Tab("waiting", "待拨付", lambda rows, user: rows.filter(withdrawn_at=None, appropriation=None)),
        Tab("unsigned", "待签收", lambda rows, user: rows.filter(appropriation__state="paid", received_on=None)),
    ),
    buttons=(
        Button("核定季度奖励", "reward_settle", "budget.appropriate_payment"),
        Button("申请拨付", "appropriation_waiting", "budget.appropriate_payment", primary=True),
    ),
    export_permission="common.view_figure",
    empty="没有奖励。季度考核定稿后自动核定产生。",
    note="季度考核定稿后自动核定，标准取考核定稿时的政策版本。",
)


@needs(*SEES)
def reward_list(request: HttpRequest) -> HttpResponseBase:
    """奖励."""
    rows = Reward.objects.visible_to(signed_in(request))
    return REWARDS.respond(request, rows.select_related("area", "village", "town", "appropriation"))


@needs("budget.appropriate_payment")
def reward_settle(request: HttpRequest) -> HttpResponse:
    """核定季度奖励: done by a worker, with its progress on the job's page."""
    user = signed_in(request)

    def do(cleaned: dict[str, Any]) -> str:
        return reverse("job_detail", args=[start(SETTLE, {"quarter": cleaned["quarter"]}, by=user).pk])

    return form_page(
        request, QuarterForm(request.POST or None), do, title="核定季度奖励", submit="核定", done="已开始核定。",
        back=reverse("reward_list"),
    )  # fmt: skip


@needs("budget.appropriate_payment")
@require_GET
def appropriation_waiting(request: HttpRequest) -> HttpResponse:
    """待拨付: per quarter and town, with what each is due."""
    waiting = Reward.objects.standing().filter(appropriation=None).order_by("quarter", "town__code")
    columns = ("quarter", "town__code", "town__name")
    lines = list(waiting.values(*columns).annotate(count=Count("pk"), sum=Sum("amount")))
    for found in lines:
        found["label"] = quarter_words(found["quarter"])
    return render(request, "budget/waiting.html", {"lines": lines})


@needs("budget.appropriate_payment")
def appropriation_new(request: HttpRequest, quarter: str, town: str) -> HttpResponse:
    """拨付 of one town's rewards of a quarter."""
    area = _awarded_town(quarter, town)
    user = signed_in(request)

    def do(cleaned: dict[str, Any]) -> str:
        made = actions.appropriate(quarter, area, by=user, **cleaned)
        return reverse("appropriation_detail", args=[made.pk])

    public = Fund.objects.filter(kind=Fund.Kind.SPECIAL, is_public=True).first()
    initial = {"day": clock.today(), "fund": public.code if public else None}
    return form_page(
        request, AppropriationForm(request.POST or None, initial=initial), do,
        title=f"申请拨付{area.name}{quarter_words(quarter)}奖励",
        submit="提交审批", done="已提交，等待其他人员审批。", back=reverse("appropriation_waiting"),
    )  # fmt: skip


def _awarded_town(quarter: str, code: str) -> Area:
    """The town of the code as it was when it was awarded, though it be renamed or re-coded since; else as it is now."""
    towns = Area.objects.filter(code=code, level=Area.Level.TOWN)
    waiting = Reward.objects.standing().filter(quarter=quarter, appropriation=None).order_by()
    found = towns.filter(pk__in=waiting.values("town")).first() or towns.filter(valid_to=None).first()
    if found is None:
        raise Http404("没有这个街镇。")
    return found


def appropriations(user: User) -> QuerySet[Any]:
    """All for the centre; for a town or village those paid with a reward in its sight."""
    if user.has_perm("budget.view_payment") or user.has_perm("budget.view_budget"):
        return Appropriation.objects.all() if user.at_centre else Appropriation.objects.none()
    seen = Reward.objects.visible_to(user).filter(appropriation__state="paid").order_by()
    return Appropriation.objects.filter(pk__in=seen.values("appropriation"))


def _waiting(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    """What this person can do something about: to approve, to pay, or to sign for."""
    wanted = Q(pk=None)
    if user.has_perm("budget.approve_payment"):
        wanted |= Q(state="requested") & ~Q(made_by=user)
    if user.has_perm("budget.pay_payment"):
        wanted |= Q(state="approved")
    if user.has_perm("budget.confirm_receipt"):
        unsigned = Reward.objects.visible_to(user).filter(received_on=None).order_by()
        wanted |= Q(state="paid", pk__in=unsigned.values("appropriation"))
    return rows.filter(wanted)


def waiting(user: User) -> QuerySet[Any]:
    """The appropriations that wait for this person: the number in the menu."""
    return _waiting(appropriations(user), user)


TONES = {"requested": "wait", "approved": "busy", "paid": "good", "refused": "muted"}
APPROPRIATIONS = ListPage(
    "appropriations",
    "奖励拨付",
    columns=(
        Column("document_number", "拨付文号", Kind.CODE, link=True),
        Column("quarter", "季度", value=lambda found: quarter_words(found.quarter), sort="quarter"),
        Column("town.name", "街镇"),
        Column("amount", "金额（元）", Kind.MONEY, sort="amount"),
        Column(
            "state",
            "状态",
            Kind.STATE,
            value=lambda found: found.get_state_display(),
            tone=lambda found: TONES[found.state],
        ),
        Column("decided_on", "拨付日期", Kind.DAY, sort="decided_on"),
        Column("unsigned", "未签收（项）", Kind.NUMBER),
    ),
    row_url=lambda found: reverse("appropriation_detail", args=[found.pk]),
    search=lambda rows, text: rows.filter(document_number__contains=text) | rows.filter(quarter=text),
    search_hint="文号、季度",
    tabs=(
        Tab("all", "全部"),
        Tab("todo", "待我办理", _waiting, counted=True),
        Tab("paid", "已拨付", lambda rows, user: rows.filter(state="paid")),
    ),
    export_permission="common.view_figure",
    empty="还没有拨付。",
)


@needs(*SEES)
def appropriation_list(request: HttpRequest) -> HttpResponseBase:
    """奖励拨付."""
    unsigned = Count("rewards", filter=Q(rewards__received_on=None))
    rows = appropriations(signed_in(request)).select_related("town").annotate(unsigned=unsigned)
    return APPROPRIATIONS.respond(request, rows)


@needs(*SEES)
@require_GET
def appropriation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """拨付: by village what it gets, and who has signed; a town or village sees its own part."""
    user = signed_in(request)
    found = get_object_or_404(appropriations(user).select_related("town", "made_by", "approved_by"), pk=pk)
    rewards = Reward.objects.visible_to(user).filter(appropriation=found)
    by_village = rewards.order_by("village__code").values(
        "village", "village__code", "village__short_name", "received_on"
    )
    page = {
        "found": found,
        "quarter": quarter_words(found.quarter),
        "state": Toned(found.get_state_display(), TONES[found.state]),
        "terms": _terms(found),
        "timeline": _timeline(found),
        "steps": [
            (step, reverse("appropriation_step", args=[pk, step.name]))
            for step in open_appropriation_steps(found, user)
        ],
        "villages": by_village.annotate(count=Count("pk"), sum=Sum("amount")),
        "may_sign": user.has_perm("budget.confirm_receipt") and found.state == Appropriation.State.PAID,
        "may_see_payments": user.has_perm("budget.view_payment"),
        "rewards": rewards.select_related("area", "village").order_by("village__code", "kind", "area__code"),
    }
    return render(request, "budget/appropriation.html", page)


def _terms(found: Appropriation) -> list[Term]:
    return [
        Term("街镇", found.town.name),
        Term("季度", quarter_words(found.quarter)),
        Term("拨付日期", words.day(found.decided_on)),
        Term("金额", f"{words.yuan(found.amount)}元"),
        Term("经办人", found.made_by),
        Term("审批人", found.approved_by),
        Term("审批时间", found.approved_at),
        Term("支付时间", found.paid_at),
        Term("凭证号", found.voucher),
    ]


def _timeline(found: Appropriation) -> list[Moment]:
    """From the audit: what was done with it, newest first."""
    told = AuditEntry.objects.filter(object=f"appropriation {found.pk}").order_by("-pk")
    return [Moment(entry.at, entry.summary, f"{entry.organisation} · {entry.actor_name}".strip(" ·")) for entry in told]


@needs(*SEES)
def appropriation_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """One step of an appropriation."""
    user = signed_in(request)
    found, line = get_object_or_404(appropriations(user), pk=pk), APPROPRIATION_STEPS.get(step)
    if line is None:
        raise Http404("没有这个办理环节。")
    back = reverse("appropriation_detail", args=[pk])
    if problem := line.refusal(found, user):
        return refused(request, problem, f"拨付 {found.document_number}", back)

    def do(cleaned: dict[str, Any]) -> str:
        line.action(pk, by=user, **cleaned)
        return back

    return form_page(
        request, line.form(request.POST or None), do, title=f"{line.label} {found.document_number}", submit=line.label,
        done=line.done, back=back,
    )  # fmt: skip


@needs("budget.confirm_receipt")
@require_POST
def appropriation_sign(request: HttpRequest, pk: int, village: int) -> HttpResponse:
    """村（社区）签收: by the village, or by the town for it."""
    user = signed_in(request)
    mine = Reward.objects.visible_to(user).filter(appropriation=pk, village=village)
    area = get_object_or_404(Area, pk__in=mine.order_by().values("village"))
    return act(
        request,
        lambda: actions.receive_rewards(pk, area, day=clock.today(), by=user),
        done=f"{area}已签收。",
        back=reverse("appropriation_detail", args=[pk]),
    )
