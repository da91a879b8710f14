"""Payments: list, detail, a new request, and each step of the table in budget.steps."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from budget import actions
from budget.filters import PaymentFilter
from budget.forms import PaymentForm
from budget.models import Payment
from budget.steps import STEPS, open_steps, state_words
from wangcheng.common.models import AuditEntry, User
from wangcheng.common.ways import words
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.details import Moment, Term
from wangcheng.common.ways.forms import STATUS, form_page
from wangcheng.common.ways.lists import Button, Column, Kind, ListPage, Tab
from wangcheng.common.workflow import Code, NotAllowed

TONES = {"requested": "wait", "approved": "busy", "paid": "good", "refused": "muted"}


def tone(payment: Payment) -> str:
    return TONES[payment.state] if payment.live or payment.state == "refused" else "muted"


def _url(payment: Payment) -> str:
    return reverse("payment_detail", args=[payment.number])


def _find(rows: QuerySet[Payment], text: str) -> QuerySet[Payment]:
    return rows.filter(Q(number__iexact=text) | Q(voucher=text) | Q(payee__contains=text) | Q(purpose__contains=text))


def _waiting(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    """What this person can do something about: to approve, or to pay."""
    wanted = Q(pk=None)
    if user.has_perm("budget.approve_payment"):
        wanted |= Q(state="requested") & ~Q(requested_by=user)
    if user.has_perm("budget.pay_payment"):
        wanted |= Q(state="approved")
    return rows.filter(wanted, appropriation=None)  # rewards go with their appropriation


def waiting(user: User) -> QuerySet[Any]:
    """The payments that wait for this person: the number in the menu."""
    return _waiting(Payment.objects.visible_to(user), user)


PAYMENTS = ListPage(
    "payments",
    "支付",
    columns=(
        Column("number", "编号", Kind.CODE, link=True, sort="number"),
        Column("fund.name", "资金项目"),
        Column("purpose", "事由", Kind.LONG),
        Column("payee", "收款单位"),
        Column("amount", "金额（元）", Kind.MONEY, sort="amount"),
        Column("state", "状态", Kind.STATE, value=state_words, tone=tone),
        Column("budget_year", "归属年度", value=lambda payment: str(payment.budget_year)),
        Column("paid_at", "支付时间", Kind.MOMENT, sort="paid_at"),
        Column("voucher", "凭证号", Kind.CODE, shown=False),
        Column("kind", "用途", value=lambda payment: payment.get_kind_display(), shown=False),
        Column("three_public", "三公经费", Kind.YES_NO, shown=False),
    ),
    row_url=_url,
    filters=PaymentFilter,
    search=_find,
    search_hint="编号、凭证号、收款单位、事由",
    tabs=(
        Tab("todo", "待办", _waiting, counted=True),
        Tab("requested", "待审批", lambda rows, user: rows.filter(state="requested")),
        Tab("paid", "已支付", lambda rows, user: rows.filter(state="paid")),
        Tab("all", "全部"),
    ),
    buttons=(
        Button("申请支付", "payment_new", "budget.request_payment", primary=True),
        Button("导入已支付款项", "sheet_import", "budget.request_payment", arguments=("payments",)),
    ),
    export_permission="budget.view_payment",
    empty="没有符合条件的支付。可放宽筛选条件后重试。",
    note="金额按元记账，冲销以负数相抵；预算执行按归属年度计算，与支付日期无关。",
)


def _rows(user: User) -> QuerySet[Any]:
    return Payment.objects.visible_to(user).select_related("fund")


@needs("budget.view_payment")
def payment_list(request: HttpRequest) -> HttpResponseBase:
    """支付."""
    return PAYMENTS.respond(request, _rows(signed_in(request)))


@needs("budget.view_payment")
def payment_detail(request: HttpRequest, number: str) -> HttpResponse:
    user = signed_in(request)
    joined = _rows(user).select_related("requested_by", "approved_by", "reversal_of", "node__contract", "appropriation")
    payment = get_object_or_404(joined, number=number)
    page = {
        "case": payment,
        "state": words.Toned(state_words(payment), tone(payment)),
        "terms": _terms(payment),
        "timeline": _timeline(payment),
        "steps": [(step, reverse("payment_step", args=[number, step.name])) for step in open_steps(payment, user)],
    }
    return render(request, "budget/payment.html", page)


def _terms(payment: Payment) -> list[Term]:
    return [
        Term("资金项目", payment.fund.name, url=reverse("fund_detail", args=[payment.fund.code, payment.budget_year])),
        Term("归属年度", f"{payment.budget_year}年"),
        Term("用途", payment.get_kind_display()),
        Term("金额", f"{words.yuan(payment.amount)}元"),
        Term("收款单位", payment.payee),
        Term("计入三公经费", words.yes_no(payment.three_public)),
        Term("申请人", payment.requested_by),
        Term("申请时间", payment.requested_at),
        Term("审批人", payment.approved_by),
        Term("审批时间", payment.approved_at),
        Term("支付时间", payment.paid_at),
        *([Term("实际支付日期", f"{words.day(payment.made_on)}（导入）")] if payment.made_on else []),
        Term("凭证号", payment.voucher),
        *_links(payment),
        Term("事由", payment.purpose, wide=True),
    ]


def _links(payment: Payment) -> list[Term]:
    """What the payment hangs on, where it hangs on something."""
    found = []
    if payment.node:
        contract = payment.node.contract
        found.append(Term("合同", contract.name, url=reverse("contract_detail", args=[contract.pk])))
    if payment.appropriation:
        url = reverse("appropriation_detail", args=[payment.appropriation.pk])
        found.append(Term("拨付", payment.appropriation.document_number, url=url))
    if payment.reversal_of:
        found.append(Term("冲销的支付", payment.reversal_of.number, url=_url(payment.reversal_of)))
    entry = Payment.objects.filter(reversal_of=payment).first()
    if entry:
        found.append(Term("冲销记录", entry.number, url=_url(entry)))
    return found


def _timeline(payment: Payment) -> list[Moment]:
    """From the audit: what was done with it, with its reversal and with the appropriation it is part of, newest first."""
    entries = Payment.objects.filter(reversal_of=payment).values_list("number", flat=True)
    objects = [f"payment {number}" for number in (payment.number, *entries)]
    objects += [f"appropriation {payment.appropriation_id}"] if payment.appropriation_id else []
    told = AuditEntry.objects.filter(object__in=objects).order_by("-pk")
    return [Moment(entry.at, entry.summary, f"{entry.organisation} · {entry.actor_name}".strip(" ·")) for entry in told]


@needs("budget.request_payment")
def payment_new(request: HttpRequest) -> HttpResponse:
    """申请支付."""
    user = signed_in(request)

    def do(cleaned: dict[str, Any]) -> str:
        return _url(actions.request_payment(**cleaned, by=user))

    return form_page(
        request, PaymentForm(request.POST or None), do, title="申请支付", submit="提交审批", done="已提交，等待其他人员审批。",
        back=reverse("payment_list"),
    )  # fmt: skip


def refused(request: HttpRequest, problem: NotAllowed, title: str, back: str) -> HttpResponse:
    """A step that cannot be taken, in words; PermissionDenied where the right is missing."""
    if problem.code == Code.RIGHT:
        raise PermissionDenied(problem.message)
    page = {"title": title, "refused": problem.message, "back": back}
    return render(request, "budget/refused.html", page, status=STATUS[problem.code])


@needs("budget.view_payment")
def payment_step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """One step of a payment."""
    user = signed_in(request)
    payment = get_object_or_404(_rows(user), number=number)
    found = STEPS.get(step)
    if found is None:
        raise Http404("没有这个办理环节。")
    back = _url(payment)
    if problem := found.refusal(payment, user):
        return refused(request, problem, f"支付 {number}", back)

    def do(cleaned: dict[str, Any]) -> str:
        found.take(payment, user, cleaned)
        return back

    return form_page(
        request, found.form(request.POST or None), do, title=f"{found.label} {number}", submit=found.label,
        done=found.done, back=back, template="budget/payment_step.html", payment=payment,
    )  # fmt: skip
