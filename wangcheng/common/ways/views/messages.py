"""The outbox of text messages: what was sent, what failed, and what a person does about it.

Who keeps the outbox reads no case (三员分立): of a message about a case its number and purpose are shown, not its words.
"""

from __future__ import annotations

from urllib.parse import urlencode

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from wangcheng.common.models import Message, User
from wangcheng.common.people.masking import mask_name, mask_phone
from wangcheng.common.sms import actions
from wangcheng.common.sms.gateways import receipt_key
from wangcheng.common.ways import words
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.details import Term
from wangcheng.common.ways.forms import act
from wangcheng.common.ways.lists import Column, DateSpan, Kind, ListPage, Tab

TONES = {
    Message.State.WAITING: "wait",
    Message.State.SENDING: "busy",
    Message.State.ACCEPTED: "busy",
    Message.State.DELIVERED: "good",
    Message.State.FAILED: "late",
    Message.State.UNSURE: "near",
    Message.State.MANUAL: "",
}


class MessageFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(label="状态", choices=Message.State.choices)
    purpose = django_filters.ChoiceFilter(label="用途", choices=Message.Purpose.choices)
    created = DateSpan(label="生成日期", field_name="created_at")

    class Meta:
        model = Message
        fields = ()


def find(rows: QuerySet[Message], text: str) -> QuerySet[Message]:
    """By the number of the case or the whole phone number."""
    return rows.filter(Q(about__iexact=text) | Q(phone=text))


def _recipient(message: Message) -> str:
    name = mask_name(message.recipient.name) if message.recipient else ""
    return f"{name} {mask_phone(message.phone)}".strip()


def _said(message: Message) -> str:
    """The words of a message that is about no case; those of the others hold the case's title."""
    return "业务内容不予显示" if message.about else message.text


def _url(message: Message) -> str:
    return reverse("message_detail", args=[message.pk])


MESSAGES = ListPage(
    "messages",
    "短信",
    columns=(
        Column("created_at", "生成时间", Kind.MOMENT),
        Column("recipient", "收件人", value=_recipient),
        Column("organisation.short_name", "单位"),
        Column("text", "内容", Kind.LONG, value=_said, link=True),
        Column("get_purpose_display", "用途", value=lambda message: message.get_purpose_display()),
        Column(
            "state",
            "状态",
            Kind.STATE,
            value=lambda message: message.get_state_display(),
            tone=lambda message: TONES[message.state],
        ),
        Column("segments", "条数", Kind.NUMBER),
        Column("about", "事项编号", Kind.CODE),
        Column("accepted_at", "受理时间", Kind.MOMENT, shown=False),
        Column("error", "失败原因"),
    ),
    row_url=_url,
    filters=MessageFilter,
    search=find,
    search_hint="事项编号、手机号码",
    tabs=(
        Tab("all", "全部"),
        Tab("failed", "失败", lambda rows, user: rows.filter(state=Message.State.FAILED), counted=True),
        Tab("unsure", "待核实", lambda rows, user: rows.filter(state=Message.State.UNSURE), counted=True),
        Tab("waiting", "待发", lambda rows, user: rows.filter(state=Message.State.WAITING), counted=True),
    ),
    empty="没有符合条件的短信。短信由系统在办理过程中自动生成。",
    note="“已提交”指运营商已受理，不等于送达；条数按70字一条、超长每67字一条计算。关于具体事项的短信不显示内容。",
    template="common/messages.html",
)


@needs("common.view_message")
def message_list(request: HttpRequest) -> HttpResponseBase:
    """短信."""
    rows = Message.objects.select_related("recipient", "organisation")
    return MESSAGES.respond(request, rows, receipts_path=_receipts_path(signed_in(request)))


def _receipts_path(user: User) -> str:
    """Where the carrier is to send its receipts; for who manages messages alone, as it holds a key."""
    if not user.has_perm("common.manage_message"):
        return ""
    return f"{reverse('sms_receipts')}?{urlencode({'key': receipt_key()})}"


@needs("common.view_message")
@require_GET
def message_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """短信详情: its states and the carrier's receipts."""
    message = get_object_or_404(Message.objects.select_related("recipient", "organisation"), pk=pk)
    terms = [
        Term("收件人", _recipient(message)),
        Term("单位", message.organisation.full_name if message.organisation else ""),
        Term("用途", message.get_purpose_display()),
        Term("事项编号", message.about),
        Term("条数", message.segments),
        Term("紧急", words.yes_no(message.urgent)),
        Term("生成时间", message.created_at),
        Term("最早发送", message.not_before),
        Term("受理时间", message.accepted_at),
        Term("送达时间", message.delivered_at),
        Term("尝试次数", message.attempts),
        Term("失败原因", message.error),
        Term("内容", _said(message), wide=True),
    ]
    page = {
        "message": message,
        "terms": terms,
        "tone": TONES[Message.State(message.state)],
        "receipts": message.receipts.all(),
    }
    return render(request, "common/message.html", page)


@needs("common.manage_message")
@require_POST
def message_resend(request: HttpRequest, pk: int) -> HttpResponse:
    """重发."""
    message = get_object_or_404(Message, pk=pk)
    return act(request, lambda: actions.resend(pk, by=signed_in(request)), done="已重新排队发送。", back=_url(message))


@needs("common.manage_message")
@require_POST
def message_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """人工核实: arrived or not, as a person found out."""
    message = get_object_or_404(Message, pk=pk)
    arrived = request.POST.get("arrived") == "yes"

    def settle() -> None:
        actions.settle_by_hand(pk, arrived=arrived, by=signed_in(request))

    return act(request, settle, done="已记录核实结果。", back=_url(message))
