"""What tickets and whistles share: the abstract case, its events, as-of rows, attachments and sight rows.

Only `workflow.move` (one case), `casework.batch` (thousands of new ones) and `casework.handing` (what a unit that ends leaves
to another) write these; everybody else reads.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.apps import apps
from django.db import connection, models
from django.db.models import Q

from wangcheng.common.casework.querysets import CategoryQuerySet
from wangcheng.common.people.masking import mask_text
from wangcheng.common.workflow import Actor, Carried, Party, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Category(models.Model):
    """诉求分类: a three-level tree in the spirit of GB/T 39666-2020 (six digits, 2+2+2), dated; a leaf carries defaults."""

    class Scheme(models.TextChoices):
        TICKET = "ticket", "工单"
        WHISTLE = "whistle", "哨单"

    scheme = models.CharField("体系", max_length=8, choices=Scheme)
    code = models.CharField("代码", max_length=6)
    name = models.CharField("名称", max_length=40)
    level = models.PositiveSmallIntegerField("层级")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    top = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="一级分类")
    unit = models.ForeignKey("common.Organisation", models.PROTECT, null=True, blank=True, verbose_name="默认承办单位")
    urgency = models.CharField("紧急程度", max_length=8, default="normal")
    handling_days = models.PositiveSmallIntegerField("办理时限（工作日）", null=True, blank=True)  # none: by the type
    village_duty = models.BooleanField(
        "村（社区）职责", default=False
    )  # the responsibility directory counts these for zero complaints
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = "诉求分类"
        ordering: ClassVar = ["scheme", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scheme", "code"], condition=Q(valid_to=None), name="category_in_force"),
        ]

    def __str__(self) -> str:
        return self.name


class NumberSequence(models.Model):
    """The last number given out for a key ("ticket-20230103"); its row is locked to give the next."""

    # One statement for both engines: whoever comes second waits for the first to commit.
    _TAKE = (
        "INSERT INTO common_numbersequence (key, last) VALUES (%s, %s) "
        "ON CONFLICT (key) DO UPDATE SET last = common_numbersequence.last + excluded.last RETURNING last"
    )

    key = models.CharField(max_length=40, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    @classmethod
    def next(cls, key: str) -> int:
        """The next number of `key`; call inside the transaction that uses it, so that a roll-back leaves no gap."""
        return cls.take(key, 1)[0]

    @classmethod
    def take(cls, key: str, count: int) -> range:
        """The next `count` numbers of `key`, for a batch."""
        with connection.cursor() as cursor:
            cursor.execute(cls._TAKE, [key, count])
            (last,) = cursor.fetchone()
        return range(last - count + 1, last + 1)


class Case(models.Model):
    """A ticket or a whistle: where it stands, whose it is, and when it is due."""

    class Urgency(models.TextChoices):
        NORMAL = "normal", "一般"
        URGENT = "urgent", "紧急"
        CRITICAL = "critical", "特急"

    # Columns of the as-of row: when one with a value is overwritten, the row is superseded (see Standing).
    TRACKED: ClassVar[frozenset[str]] = frozenset()
    # Columns that name the grids a case lies in, and the units that have to do with it: one, or a list of keys.
    GRIDS: ClassVar[tuple[str, ...]] = ("grid_id",)
    UNITS: ClassVar[tuple[str, ...]] = ("unit_id",)
    UNIT_LISTS: ClassVar[tuple[str, ...]] = ()
    # Columns that never go into an event: words and persons, which may have to be masked or erased.
    PRIVATE: ClassVar[frozenset[str]] = frozenset({"title", "content", "place", "longitude", "latitude"})

    number = models.CharField("编号", max_length=24, unique=True)
    state = models.CharField("状态", max_length=12, default="")
    version = models.PositiveIntegerField("版本", default=0)  # = number of events; a stale form is told by it
    digest = models.CharField(max_length=64, default="", editable=False)  # of the last event
    title = models.CharField("标题", max_length=200)
    content = models.TextField("内容")
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="分类")
    category_top = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="一级分类"
    )
    urgency = models.CharField("紧急程度", max_length=8, choices=Urgency, default=Urgency.NORMAL)
    confidential = models.BooleanField("保密", default=False)
    place = models.CharField("地点", max_length=200, blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=8, decimal_places=6, null=True, blank=True)
    town = models.ForeignKey(
        "common.Area", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="街镇"
    )
    village = models.ForeignKey(
        "common.Area", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="村（社区）"
    )
    grid = models.ForeignKey(
        "common.Area", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="三级网格"
    )
    unit = models.ForeignKey(
        "common.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="承办单位"
    )
    received_at = models.DateTimeField("接收时间")
    created_day = models.DateField("接收日期", editable=False)  # Beijing day of received_at, for counting by day
    closed_at = models.DateTimeField("结案时间", null=True, blank=True)

    class Meta:
        abstract = True

    def told(self, words: str) -> str:
        """Words of this case, its title or what is written on the way, as anybody may read them."""
        return mask_text(words)

    def __str__(self) -> str:
        return self.number

    @property
    def state_label(self) -> str:
        field = cast("models.Field[Any, Any]", self._meta.get_field("state"))
        return str(dict(field.flatchoices).get(self.state, self.state))

    def parties(self, actor: Actor) -> frozenset[Party]:
        """On which sides of this case the actor stands.  Pure: the batch form asks too."""
        sides = {Party.ANYONE}
        if actor.is_centre:
            sides.add(Party.CENTRE)
        if self.unit_id in actor.reach:
            sides.add(Party.UNIT)
        if self.grid_id in actor.areas:
            sides.add(Party.GRID)
        return frozenset(sides)

    # Writing: called by workflow.move alone

    def write(self, carried: Carried) -> None:
        """Save the changed columns, or the whole row when it is new, then the as-of row and the rows beside it."""
        if self._state.adding:
            self.save(force_insert=True)
        else:
            self.save(update_fields=[*carried.change.fields, "version", "digest"])
        self._write_standing(carried)
        self.write_rows(carried.change.rows)

    def write_rows(self, rows: Iterable[Row]) -> None:
        kinds = groupby(rows, lambda row: (row.model, row.once, row.match is None))
        for (label, once, new), members in kinds:
            self._write_rows(label, list(members), once=once, new=new)

    def record(self, carried: Carried) -> Event:
        return self.events.create(**carried.event)  # type: ignore[attr-defined]

    def _write_standing(self, carried: Carried) -> None:
        standings = self.standings  # type: ignore[attr-defined]
        current = standings.filter(until=None)
        if carried.supersedes:
            current.update(until=carried.event["at"])
        if carried.supersedes or carried.event["seq"] == 1:
            standings.create(since=carried.event["at"], **standing_values(self))
        elif touched := {name: getattr(self, name) for name in carried.change.fields if name in self.TRACKED}:
            current.update(**touched)

    def _write_rows(self, label: str, rows: list[Row], *, once: bool, new: bool) -> None:
        """Rows of one model that stand together in a change: inserted at once, or each changed where it matches."""
        manager = apps.get_model(label)._default_manager
        if new:
            manager.bulk_create([manager.model(case=self, **row.values) for row in rows], ignore_conflicts=once)
            return
        for row in rows:
            manager.filter(case=self, **(row.match or {})).update(**row.values)


def standing_values(case: Any) -> dict[str, Any]:
    """The tracked columns of a case, as its as-of row holds them."""
    return {name: getattr(case, name) for name in case.TRACKED}


def children(model: type[Case], name: str) -> Any:
    """The concrete model behind a case model's reverse relation: its events, standings, sights."""
    options: Any = model._meta
    return options.get_field(name).related_model


class Event(models.Model):
    """流转记录: one step taken on a case; append-only and chained by hash.  The database refuses UPDATE and DELETE."""

    case: models.ForeignKey[Any, Any]

    seq = models.PositiveIntegerField("序号")
    step = models.CharField("环节", max_length=20)
    before = models.CharField("原状态", max_length=12, blank=True)
    after = models.CharField("新状态", max_length=12)
    at = models.DateTimeField("时间")
    actor = models.ForeignKey("common.User", models.PROTECT, null=True, related_name="+", verbose_name="经办人")
    actor_name = models.CharField("经办人姓名", max_length=40)  # as it was then
    organisation = models.ForeignKey(
        "common.Organisation", models.PROTECT, null=True, related_name="+", verbose_name="经办单位"
    )
    note = models.TextField("说明", blank=True)
    data = models.JSONField("变更")  # the columns the step set, as replay reads them
    digest = models.CharField("校验值", max_length=64)

    class Meta:
        abstract = True
        ordering: ClassVar = ["seq"]


class Standing(models.Model):
    """截面行: what a case was, for counting, from `since` until `until`.

    A figure "as of" a moment reads, for every case, the one row with since ≤ moment < until, and of its dated columns only
    those ≤ moment.  A column that is filled once is filled in place; one that is overwritten supersedes the row.  So
    working today changes no figure of last year, and a figure is one pass over one table without joins.
    """

    case: models.ForeignKey[Any, Any]

    since = models.DateTimeField("自")
    until = models.DateTimeField("至", null=True, blank=True)

    class Meta:
        abstract = True

    @staticmethod
    def as_of(moment: Any) -> Q:
        return Q(since__lte=moment) & (Q(until=None) | Q(until__gt=moment))


class Sight(models.Model):
    """可见范围: an organisation to which a case was sent, or that stands above it; makes `visible_to` one plain join."""

    case: models.ForeignKey[Any, Any]
    organisation = models.ForeignKey("common.Organisation", models.PROTECT, related_name="+", verbose_name="机构")

    class Meta:
        abstract = True


class Attachment(models.Model):
    """附件: a file of a case; type and content checked, EXIF removed, thumbnail made (see casework.attachments)."""

    case: models.ForeignKey[Any, Any]
    file = models.FileField("文件", upload_to="attachments/%Y/%m/")
    thumbnail = models.FileField("缩略图", upload_to="thumbnails/%Y/%m/", blank=True)
    name = models.CharField("文件名", max_length=120)
    content_type = models.CharField("类型", max_length=80)
    size = models.PositiveIntegerField("大小（字节）")
    sha256 = models.CharField("指纹", max_length=64, db_index=True)
    purpose = models.CharField("用途", max_length=20, blank=True)
    uploaded_by = models.ForeignKey("common.User", models.PROTECT, null=True, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("上传时间")

    class Meta:
        abstract = True
        ordering: ClassVar = ["at"]


def replay(events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The columns a chain of events leaves behind, as JSON values: compared with the row by `verify_audit` and tests."""
    columns: dict[str, Any] = {}
    for event in events:
        columns.update(event["data"])
    return columns
