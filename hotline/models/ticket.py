"""工单: the ticket, its events, as-of rows and sight rows.

Written only by workflow.move, and many at once by casework.batch and casework.handing.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hotline.models import choices
from hotline.querysets import TicketQuerySet
from wangcheng.common.casework.models import Case, Event, Sight, Standing
from wangcheng.common.people.masking import mask_text
from wangcheng.common.workflow import Actor, Party


class Ticket(Case):
    """12345工单: a request of a citizen, with the city's number and deadline beside the district's own."""

    State, Type, Source, Mark = choices.State, choices.Type, choices.Source, choices.Mark
    RejectReason, Resolved, Satisfaction = choices.RejectReason, choices.Resolved, choices.Satisfaction
    Confirmed, Asked = choices.Confirmed, choices.Asked
    OPEN, WITH_UNIT, FINAL = choices.OPEN, choices.WITH_UNIT, choices.FINAL

    TRACKED: ClassVar[frozenset[str]] = frozenset({
        "received_at", "type", "anonymous", "category_id", "category_top_id", "town_id", "village_id", "grid_id",
        "placed_at", "unit_id", "dispatched_at", "first_dispatched_at", "returns", "sign_due_at", "signed_at",
        "contact_due_at", "first_contact_at", "due_at", "suspended_at", "finished_at", "first_finished_at", "closed_at",
        "called_back_at", "resolved", "satisfaction", "confirmed", "round", "send_backs", "pushed_at",
        "push_contacted_at", "excluded_at", "repeat_of_id", "handle_seconds", "unreachable_at",
    })  # fmt: skip
    UNITS: ClassVar[tuple[str, ...]] = ("unit_id", "return_unit_id")
    UNIT_LISTS: ClassVar[tuple[str, ...]] = ("co_unit_ids", "co_waiting_ids")
    PRIVATE: ClassVar[frozenset[str]] = Case.PRIVATE | {"caller_name", "caller_phone"}

    state = models.CharField("状态", max_length=12, choices=State, default="")
    city_number = models.CharField("市级编号", max_length=40, blank=True)
    type = models.CharField("诉求类型", max_length=12, choices=Type)
    source = models.CharField("信息来源", max_length=12, choices=Source)
    caller_name = models.CharField("来电人", max_length=40, blank=True)
    caller_phone = models.CharField("来电人电话", max_length=30, blank=True)
    anonymous = models.BooleanField("匿名", default=False)
    marks = models.JSONField("标记", default=list, blank=True)
    repeat_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="repeats", verbose_name="重复于"
    )
    import_job = models.ForeignKey(
        "common.Job", models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name="导入批次"
    )
    delivered = models.JSONField("市级来件", default=dict, blank=True)  # what the city last said (Intake.delivered)
    limits_version = models.ForeignKey(
        "common.Policy", models.PROTECT, null=True, related_name="+", verbose_name="时限版本"
    )

    # where it is, and by when: the city's deadline counts from receipt, the unit's from dispatch
    placed_at = models.DateTimeField(
        "定位分类时间", null=True, blank=True
    )  # set anew whenever place or category changes
    city_due_at = models.DateTimeField("市级时限", null=True, blank=True)
    category_days = models.PositiveSmallIntegerField("分类的办理时限（工作日）", null=True, blank=True)
    internal_due_at = models.DateTimeField("内部时限", null=True, blank=True)
    due_at = models.DateTimeField(
        "办理时限", null=True, blank=True
    )  # the city's where there is one, else the internal one
    suggested_unit = models.ForeignKey(
        "common.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="系统建议单位"
    )
    co_unit_ids = models.JSONField("协办单位", default=list, blank=True)
    co_waiting_ids = models.JSONField("未答复的协办单位", default=list, blank=True)
    dispatched_at = models.DateTimeField("派单时间", null=True, blank=True)
    first_dispatched_at = models.DateTimeField("首次派单时间", null=True, blank=True)
    sign_due_at = models.DateTimeField("签收时限", null=True, blank=True)
    signed_at = models.DateTimeField("签收时间", null=True, blank=True)
    return_due_at = models.DateTimeField("退单时限", null=True, blank=True)
    contact_due_at = models.DateTimeField("联系时限", null=True, blank=True)
    first_contact_at = models.DateTimeField("首次联系", null=True, blank=True)
    failed_contacts = models.PositiveSmallIntegerField("未接通次数", default=0)  # of different half-days
    contact_failed_at = models.DateTimeField("最近一次未接通", null=True, blank=True)
    unreachable_at = models.DateTimeField("认定联系不上", null=True, blank=True)
    report_due_at = models.DateTimeField("首次反馈时限", null=True, blank=True)
    reported_at = models.DateTimeField("首次反馈", null=True, blank=True)

    # 退单: a request and its ruling
    returns = models.PositiveSmallIntegerField("退单次数", default=0)  # granted
    return_requests = models.PositiveSmallIntegerField("申请退单次数", default=0)
    return_asked_at = models.DateTimeField("申请退单时间", null=True, blank=True)
    return_unit = models.ForeignKey(
        "common.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="建议改派单位"
    )
    return_basis = models.CharField("退单依据", max_length=500, blank=True)
    return_final = models.BooleanField("不得再退", default=False)

    # 延期, 挂起
    extension = models.CharField("延期", max_length=8, choices=Asked, blank=True)
    extension_days = models.PositiveSmallIntegerField("延期工作日", null=True, blank=True)
    extensions = models.PositiveSmallIntegerField("本轮延期次数", default=0)
    extension_final = models.BooleanField("本轮不得再延期", default=False)
    suspended_at = models.DateTimeField("挂起时间", null=True, blank=True)
    suspended_seconds = models.PositiveIntegerField("挂起工作秒", default=0)  # of this round

    # how it ended
    round = models.PositiveSmallIntegerField("轮次", default=1)
    round_started_at = models.DateTimeField("本轮起始", null=True, blank=True)
    finished_at = models.DateTimeField("办结申请时间", null=True, blank=True)
    first_finished_at = models.DateTimeField("首次办结申请", null=True, blank=True)
    handle_seconds = models.PositiveIntegerField("办理工作秒", null=True, blank=True)
    confirmed = models.CharField("属实情况", max_length=8, choices=Confirmed, blank=True)
    send_backs = models.PositiveSmallIntegerField("审核退回次数", default=0)
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True)
    called_back_at = models.DateTimeField("回访时间", null=True, blank=True)
    resolved = models.CharField("是否解决", max_length=8, choices=Resolved, blank=True)
    satisfaction = models.CharField("是否满意", max_length=12, choices=Satisfaction, blank=True)
    city_unhappy_at = models.DateTimeField(
        "市级回访待裁定", null=True, blank=True
    )  # an unhappy answer of the city that nobody has ruled on
    reject_reason = models.CharField("不予受理情形", max_length=16, choices=RejectReason, blank=True)
    right_channel = models.CharField("应走渠道", max_length=200, blank=True)
    hard = models.BooleanField("疑难", default=False)

    # 双推送, 合并, 剔除
    pushed_at = models.DateTimeField("推送网格时间", null=True, blank=True)
    push_contacted_at = models.DateTimeField("网格联系时间", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name="并入"
    )
    merged_from = models.CharField("并单前状态", max_length=12, blank=True)
    exclusion = models.CharField("剔除", max_length=8, choices=Asked, blank=True)
    excluded_at = models.DateTimeField("剔除时间", null=True, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = "工单"
        ordering: ClassVar = ["-received_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["city_number"], condition=~Q(city_number=""), name="ticket_city_number"),
        ]
        indexes: ClassVar = [
            # The list in its order, keyset; word search has an index of its own (migration 0002, casework.wordsearch).
            models.Index(fields=["-received_at", "-id"], name="ticket_list"),
            models.Index(fields=["state", "-received_at", "-id"], name="ticket_state"),  # tabs
            # 待办, 超期 and the desk: few among a million, which a plan by date would have to walk through
            models.Index(
                fields=["-received_at", "-id"], name="ticket_open", condition=Q(state__in=sorted(choices.OPEN))
            ),
            models.Index(  # 待办 as well, whatever the state
                fields=["-received_at", "-id"], name="ticket_exclusion_asked", condition=Q(exclusion="asked")
            ),
            models.Index(  # and this
                fields=["-received_at", "-id"], name="ticket_city_unhappy", condition=Q(city_unhappy_at__isnull=False)
            ),
            # filters by what few tickets are
            models.Index(
                fields=["import_job", "-received_at", "-id"],
                name="ticket_import",
                condition=Q(import_job__isnull=False),
            ),
            models.Index(fields=["type", "-received_at", "-id"], name="ticket_type"),
            models.Index(fields=["source", "-received_at", "-id"], name="ticket_source"),
            models.Index(
                fields=["satisfaction", "-received_at", "-id"],
                name="ticket_satisfaction",
                condition=~Q(satisfaction=""),
            ),
            models.Index(
                fields=["urgency", "-received_at", "-id"], name="ticket_urgent", condition=~Q(urgency="normal")
            ),
            models.Index(fields=["-received_at", "-id"], name="ticket_hard", condition=Q(hard=True)),
            models.Index(fields=["unit", "state", "-received_at"], name="ticket_unit"),
            models.Index(fields=["due_at"], name="ticket_due", condition=Q(state__in=["dispatched", "handling"])),
            models.Index(
                fields=["internal_due_at"], name="ticket_remind", condition=Q(state__in=["dispatched", "handling"])
            ),
            models.Index(fields=["closed_at"], name="ticket_to_archive", condition=Q(state="closed")),
            models.Index(fields=["closed_at"], name="ticket_closed", condition=Q(closed_at__isnull=False)),  # today's
            models.Index(fields=["caller_phone", "-received_at"], name="ticket_caller", condition=~Q(caller_phone="")),
        ]

    def parties(self, actor: Actor) -> frozenset[Party]:
        """As any case, and the co-units of the present dispatch; who stands on any side is concerned."""
        sides = super().parties(actor)
        if actor.reach.intersection(self.co_unit_ids):
            sides |= {Party.CO_UNIT}
        return sides if sides == {Party.ANYONE} else sides | {Party.CONCERNED}

    def concerns(self, actor: Actor) -> bool:
        """Whether the caller and the files are the actor's business: of whoever works on it now; at the end, who had it last.

        A unit that gave the ticket away sees on what it saw, and no more.
        """
        sides = self.parties(actor)
        over = self.state not in choices.OPEN | {self.State.MERGED}
        return bool(sides & ({Party.CENTRE, Party.UNIT} if over else {Party.CONCERNED}))

    @property
    def is_secret(self) -> bool:
        """举报 and 保密: the caller's identity never reaches the unit."""
        return self.confidential or self.type == self.Type.REPORT

    def told(self, words: str) -> str:
        """Masked like any case's, and its own caller as well: people say who they are in the middle of a sentence."""
        return mask_text(words, name=self.caller_name, phone=self.caller_phone, secret=self.is_secret)


class TicketEvent(Event):
    """工单流转记录."""

    case = models.ForeignKey(Ticket, models.PROTECT, related_name="events")

    class Meta(Event.Meta):
        verbose_name = "工单流转记录"
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "seq"], name="ticket_event_seq")]


class TicketStanding(Standing):
    """工单截面行: the columns figures count (Ticket.TRACKED), under the same names."""

    case = models.ForeignKey(Ticket, models.CASCADE, related_name="standings")
    received_at = models.DateTimeField("接收时间")
    type = models.CharField("诉求类型", max_length=12)
    anonymous = models.BooleanField("匿名")
    category = models.ForeignKey("common.Category", models.PROTECT, null=True, related_name="+", db_index=False)
    category_top = models.ForeignKey("common.Category", models.PROTECT, null=True, related_name="+", db_index=False)
    town = models.ForeignKey("common.Area", models.PROTECT, null=True, related_name="+", db_index=False)
    village = models.ForeignKey("common.Area", models.PROTECT, null=True, related_name="+", db_index=False)
    grid = models.ForeignKey("common.Area", models.PROTECT, null=True, related_name="+", db_index=False)
    placed_at = models.DateTimeField(null=True)
    unit = models.ForeignKey("common.Organisation", models.PROTECT, null=True, related_name="+", db_index=False)
    dispatched_at = models.DateTimeField(null=True)
    first_dispatched_at = models.DateTimeField(null=True)
    returns = models.PositiveSmallIntegerField()
    sign_due_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    contact_due_at = models.DateTimeField(null=True)
    first_contact_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    first_finished_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    called_back_at = models.DateTimeField(null=True)
    resolved = models.CharField(max_length=8, blank=True)
    satisfaction = models.CharField(max_length=12, blank=True)
    confirmed = models.CharField(max_length=8, blank=True)
    round = models.PositiveSmallIntegerField()
    send_backs = models.PositiveSmallIntegerField()
    pushed_at = models.DateTimeField(null=True)
    push_contacted_at = models.DateTimeField(null=True)
    excluded_at = models.DateTimeField(null=True)
    handle_seconds = models.PositiveIntegerField(null=True)
    unreachable_at = models.DateTimeField(null=True)
    repeat_of = models.ForeignKey(Ticket, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = "工单截面行"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case"], condition=Q(until=None), name="ticket_standing_current"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["received_at"], name="ticket_standing_received"),
            models.Index(fields=["due_at"], name="ticket_standing_due"),
            models.Index(fields=["first_finished_at"], name="ticket_standing_found_out"),
            models.Index(fields=["pushed_at"], name="ticket_standing_pushed", condition=Q(pushed_at__isnull=False)),
            models.Index(fields=["called_back_at"], name="ticket_standing_callback"),
        ]


class TicketSight(Sight):
    """工单可见范围: the unit, the co-units and the towns above them; carries the list's order."""

    case = models.ForeignKey(Ticket, models.CASCADE, related_name="sights")
    received_at = models.DateTimeField("接收时间")

    class Meta:
        verbose_name = "工单可见范围"
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "organisation"], name="ticket_sight_once")]
        indexes: ClassVar = [models.Index(fields=["organisation", "-received_at", "-case"], name="ticket_sight_list")]
