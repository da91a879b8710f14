"""雷锋哨: what a grid officer finds on the ground, from the report to the rating.  Import it from whistle.models."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from wangcheng.common.casework.models import Attachment, Case, Event, Sight, Standing
from wangcheng.common.workflow import Actor, Party
from whistle.querysets import QUARTERS, AttachmentQuerySet, WhistleQuerySet


class Grade(models.TextChoices):
    """一哨一评 knows three grades, for each aspect and overall."""

    SATISFIED = "satisfied", "满意"
    BASICALLY = "basically", "基本满意"
    DISSATISFIED = "dissatisfied", "不满意"


class Whistle(Case):
    """哨单: reported by a grid officer, filtered by the village, handled by the town or blown to a department."""

    class State(models.TextChoices):
        REPORTED = "reported", "待初核"
        TOWN = "town", "街镇处置"
        FILING = "filing", "待立案"
        DECLINED = "declined", "不予立案"
        DISPATCHED = "dispatched", "待签收"
        SIGNED = "signed", "待到场"
        HANDLING = "handling", "处置中"
        VERIFYING = "verifying", "待核查"
        CLOSED = "closed", "已办结"

    class Disposer(models.TextChoices):
        """Who disposed of it last; the share of departments is counted by it."""

        SELF = "self", "自行处置"
        VILLAGE = "village", "村（社区）处置"
        TOWN = "town", "街镇处置"
        DEPARTMENT = "department", "部门处置"

    OPEN = frozenset(set(State) - {State.CLOSED, State.DECLINED})
    WITH_UNIT = frozenset({State.DISPATCHED, State.SIGNED, State.HANDLING})  # the unit's clock runs

    TRACKED: ClassVar[frozenset[str]] = frozenset({
        "town_id", "village_id", "grid_id", "building_id", "category_id", "category_top_id", "unit_id", "unit_kind",
        "received_at", "filed_at", "dispatched_at", "arrive_due_at", "arrived_at", "due_at", "disposed_at",
        "last_disposed_at", "disposer_id", "disposer_kind", "suspended_at", "closed_at", "rating", "rated_at",
    })  # fmt: skip
    GRIDS: ClassVar[tuple[str, ...]] = ("grid_id", "building_id")
    UNITS: ClassVar[tuple[str, ...]] = ("unit_id", "village_unit_id", "town_unit_id", "asked_unit_id", "return_unit_id")
    PRIVATE: ClassVar[frozenset[str]] = Case.PRIVATE | {
        "reporter_name", "decline_reason", "disposal", "arrived_longitude", "arrived_latitude", "rating_text",
    }  # fmt: skip

    state = models.CharField("状态", max_length=12, choices=State, default="")
    reporter = models.ForeignKey(
        "common.User", models.PROTECT, null=True, related_name="whistles", verbose_name="上报人"
    )
    reporter_name = models.CharField("上报人姓名", max_length=40)  # as it was then
    building = models.ForeignKey(
        "common.Area", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="四级网格"
    )
    village_unit = models.ForeignKey(
        "common.Organisation", models.PROTECT, null=True, related_name="+", verbose_name="初核单位"
    )
    town_unit = models.ForeignKey(
        "common.Organisation", models.PROTECT, null=True, related_name="+", verbose_name="吹哨街镇"
    )
    # `unit` is whoever holds the whistle: the village, then the town, then the department; so it is never empty and
    # every change of hands supersedes the as-of row.
    unit_kind = models.CharField("承办单位类别", max_length=12, blank=True)
    filtered_at = models.DateTimeField("初核时间", null=True, blank=True)
    blown_at = models.DateTimeField("吹哨时间", null=True, blank=True)
    asked_unit = models.ForeignKey(
        "common.Organisation", models.PROTECT, null=True, related_name="+", verbose_name="建议承办单位"
    )
    filed_at = models.DateTimeField("立案时间", null=True, blank=True)
    declined_at = models.DateTimeField("不予立案时间", null=True, blank=True)
    declined_from = models.CharField(
        "不予立案环节", max_length=12, blank=True
    )  # where a re-submitted whistle goes back
    decline_reason = models.CharField("不予立案理由", max_length=500, blank=True)
    dispatched_at = models.DateTimeField("派单时间", null=True, blank=True)
    sign_due_at = models.DateTimeField("签收时限", null=True, blank=True)
    signed_at = models.DateTimeField("签收时间", null=True, blank=True)
    arrive_due_at = models.DateTimeField("到场时限", null=True, blank=True)
    arrived_at = models.DateTimeField("到场时间", null=True, blank=True)
    arrived_longitude = models.DecimalField("到场经度", max_digits=9, decimal_places=6, null=True, blank=True)
    arrived_latitude = models.DecimalField("到场纬度", max_digits=8, decimal_places=6, null=True, blank=True)
    arrived_metres = models.PositiveIntegerField("到场定位距事发地点（米）", null=True, blank=True)
    due_at = models.DateTimeField("处置时限", null=True, blank=True)
    limits = models.ForeignKey("common.Policy", models.PROTECT, null=True, related_name="+", verbose_name="时限依据")
    disposed_at = models.DateTimeField("处置时间", null=True, blank=True)  # of this round: empty while it is worked on
    last_disposed_at = models.DateTimeField("最近处置时间", null=True, blank=True)  # when `disposer` did, in any round
    disposer = models.ForeignKey(
        "common.Organisation", models.PROTECT, null=True, related_name="+", verbose_name="最后处置单位"
    )
    disposer_kind = models.CharField("处置类别", max_length=12, choices=Disposer, blank=True)
    disposal = models.CharField("处置情况", max_length=1000, blank=True)
    verified_at = models.DateTimeField("核查时间", null=True, blank=True)
    round = models.PositiveSmallIntegerField("处置轮次", default=1)
    returns = models.PositiveSmallIntegerField("退单次数", default=0)
    return_asked_at = models.DateTimeField("申请退单时间", null=True, blank=True)
    return_unit = models.ForeignKey(
        "common.Organisation", models.PROTECT, null=True, related_name="+", verbose_name="建议改派单位"
    )
    rating = models.CharField("评价", max_length=12, choices=Grade, blank=True)
    rating_text = models.CharField("评价意见", max_length=500, blank=True)
    rated_at = models.DateTimeField("评价时间", null=True, blank=True)
    rated_round = models.PositiveSmallIntegerField("已评价轮次", default=0)
    rating_reminders = models.PositiveSmallIntegerField("提醒评价次数", default=0)
    rating_reminded_at = models.DateTimeField("最近提醒评价时间", null=True, blank=True)
    appealed_at = models.DateTimeField("申诉时间", null=True, blank=True)
    appeal_ruled_at = models.DateTimeField("申诉裁定时间", null=True, blank=True)
    appeal_upheld = models.BooleanField("申诉成立", null=True, blank=True)
    suspended_at = models.DateTimeField("挂账时间", null=True, blank=True)
    repeat_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="repeats", verbose_name="疑似重复于"
    )
    repeat_reason = models.CharField("疑似重复原因", max_length=40, blank=True)

    objects = WhistleQuerySet.as_manager()

    class Meta:
        verbose_name = "雷锋哨"
        ordering: ClassVar = ["-received_at", "-id"]
        indexes: ClassVar = [
            # The list in its order; word search has an index of its own (migration 0003, casework.wordsearch).
            models.Index(fields=["-received_at", "-id"], name="whistle_newest"),
            models.Index(fields=["state", "-received_at", "-id"], name="whistle_state"),
            models.Index(fields=["unit", "state", "-received_at"], name="whistle_unit"),
            models.Index(fields=["town", "-received_at"], name="whistle_town"),
            models.Index(fields=["village", "category", "-received_at"], name="whistle_same_place"),
            models.Index(fields=["grid", "-received_at"], name="whistle_grid"),
            models.Index(fields=["reporter", "-received_at"], name="whistle_reporter"),
            models.Index(fields=["due_at"], name="whistle_due", condition=Q(closed_at=None, due_at__isnull=False)),
            models.Index(
                fields=["closed_at"],
                name="whistle_unrated",
                condition=Q(state="closed", rated_round__lt=F("round")),
            ),
            models.Index(fields=["closed_at"], name="whistle_closed", condition=Q(closed_at__isnull=False)),  # today's
            # 待办 of the dispatcher: what a unit asked for and nobody has ruled on
            models.Index(fields=["return_asked_at"], name="whistle_return", condition=Q(return_asked_at__isnull=False)),
            models.Index(
                fields=["appealed_at"],
                name="whistle_appeal",
                condition=Q(appealed_at__isnull=False, appeal_ruled_at=None),
            ),
        ]

    @property
    def carried(self) -> bool:
        """挂账: put on the book because it cannot be solved for now; its clocks stand still."""
        return self.suspended_at is not None

    @property
    def state_label(self) -> str:
        return label_of(self.state, filed=self.filed_at is not None)

    def parties(self, actor: Actor) -> frozenset[Party]:
        sides = set(super().parties(actor))
        if self.village_unit_id in actor.reach:
            sides.add(Party.VILLAGE)
        if self.town_unit_id in actor.reach:
            sides.add(Party.TOWN)
        if self.building_id in actor.areas:
            sides.add(Party.GRID)
        if self._reports(actor, sides):
            sides.add(Party.REPORTER)
        return frozenset(sides)

    def _reports(self, actor: Actor, sides: set[Party]) -> bool:
        """The reporter, the colleagues of the grid (AB岗), or the village where the whistle has no grid."""
        if actor.user_id is not None and actor.user_id == self.reporter_id:
            return True
        return Party.GRID in sides or (self.grid_id is None and Party.VILLAGE in sides)


def label_of(state: str, *, filed: bool) -> str:
    """The state in words.  A filed whistle without a unit waits no longer for the filing but for the dispatch."""
    if state == Whistle.State.FILING and filed:
        return "待派单"
    return str(Whistle.State(state).label) if state else "未上报"


class WhistleEvent(Event):
    case = models.ForeignKey(Whistle, models.PROTECT, related_name="events", verbose_name="哨单")

    class Meta(Event.Meta):
        verbose_name = "哨单流转记录"
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "seq"], name="whistle_event_once")]


class WhistleStanding(Standing):
    """What a whistle was for counting; the columns are Whistle.TRACKED."""

    case = models.ForeignKey(Whistle, models.CASCADE, related_name="standings")
    town = models.ForeignKey("common.Area", models.PROTECT, null=True, related_name="+", verbose_name="街镇")
    village = models.ForeignKey("common.Area", models.PROTECT, null=True, related_name="+", verbose_name="村（社区）")
    grid = models.ForeignKey("common.Area", models.PROTECT, null=True, related_name="+", verbose_name="三级网格")
    building = models.ForeignKey("common.Area", models.PROTECT, null=True, related_name="+", verbose_name="四级网格")
    category = models.ForeignKey("common.Category", models.PROTECT, null=True, related_name="+", verbose_name="分类")
    category_top = models.ForeignKey(
        "common.Category", models.PROTECT, null=True, related_name="+", verbose_name="类别"
    )
    unit = models.ForeignKey(
        "common.Organisation", models.PROTECT, null=True, related_name="+", verbose_name="承办单位"
    )
    unit_kind = models.CharField("承办单位类别", max_length=12, blank=True)
    received_at = models.DateTimeField("上报时间")
    filed_at = models.DateTimeField("立案时间", null=True)
    dispatched_at = models.DateTimeField("派单时间", null=True)
    arrive_due_at = models.DateTimeField("到场时限", null=True)
    arrived_at = models.DateTimeField("到场时间", null=True)
    due_at = models.DateTimeField("处置时限", null=True)
    disposed_at = models.DateTimeField("处置时间", null=True)
    last_disposed_at = models.DateTimeField("最近处置时间", null=True)
    disposer = models.ForeignKey(
        "common.Organisation", models.PROTECT, null=True, related_name="+", verbose_name="处置单位"
    )
    disposer_kind = models.CharField("处置类别", max_length=12, choices=Whistle.Disposer, blank=True)
    suspended_at = models.DateTimeField("挂账时间", null=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    rating = models.CharField("评价", max_length=12, choices=Grade, blank=True)
    rated_at = models.DateTimeField("评价时间", null=True)

    class Meta:
        verbose_name = "哨单截面"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case"], condition=Q(until=None), name="whistle_standing_now"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["received_at", "since"], name="whistle_standing_cohort"),
            models.Index(fields=["grid", "received_at"], name="whistle_standing_grid"),
        ]


class WhistleSight(Sight):
    case = models.ForeignKey(Whistle, models.CASCADE, related_name="sights")

    class Meta:
        verbose_name = "哨单可见范围"
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "organisation"], name="whistle_sight_once")]
        indexes: ClassVar = [models.Index(fields=["organisation", "case"], name="whistle_sight_of")]


class WhistleAttachment(Attachment):
    """照片与附件.  `fingerprint` recognises a picture that was compressed or cut anew (see pictures.py)."""

    class Purpose(models.TextChoices):
        REPORT = "report", "上报"
        SELF = "self_handle", "自行处置"
        ARRIVE = "arrive", "到场"
        DISPOSE = "dispose", "处置"
        VERIFY = "verify", "核查"
        OTHER = "other", "其他"

    case = models.ForeignKey(Whistle, models.PROTECT, related_name="attachments", verbose_name="哨单")
    fingerprint = models.CharField("图像指纹", max_length=16, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta(Attachment.Meta):
        verbose_name = "哨单附件"
        indexes: ClassVar = [
            models.Index(part, name=f"whistle_photo_{place}") for place, part in enumerate(QUARTERS, start=1)
        ]

    @property
    def purpose_label(self) -> str:
        return dict(self.Purpose.choices).get(self.purpose, "其他")


class WhistleRating(models.Model):
    """一哨一评: how the reporter judges one round of disposal.  Who rated is never shown to the rated."""

    case = models.ForeignKey(Whistle, models.PROTECT, related_name="ratings", verbose_name="哨单")
    round = models.PositiveSmallIntegerField("处置轮次")
    rater = models.ForeignKey("common.User", models.PROTECT, related_name="+", verbose_name="评价人")
    unit = models.ForeignKey("common.Organisation", models.PROTECT, related_name="+", verbose_name="被评价单位")
    arrival = models.CharField("到场", max_length=12, choices=Grade)
    quality = models.CharField("质量", max_length=12, choices=Grade)
    attitude = models.CharField("态度", max_length=12, choices=Grade)
    overall = models.CharField("总体评价", max_length=12, choices=Grade)
    text = models.CharField("评价意见", max_length=500, blank=True)
    at = models.DateTimeField("评价时间")
    set_aside = models.BooleanField("经申诉撤销", default=False)

    class Meta:
        verbose_name = "一哨一评"
        ordering: ClassVar = ["round"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "round"], name="whistle_rating_once")]
