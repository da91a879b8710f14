"""People: organisations, users and the posts they hold.

Changed by people.actions, people.offices and people.importing, at log-in by people.sessions, and by territory and
grid.actions.areas where a town, village or grid begins, ends or passes to another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from wangcheng.common import clock
from wangcheng.common.people.querysets import OrganisationQuerySet, PostQuerySet, UserManager
from wangcheng.common.people.roles import GRANTS
from wangcheng.common.people.roles import Role as RoleTable
from wangcheng.common.territory.names import full_name

if TYPE_CHECKING:
    from datetime import date


class Organisation(models.Model):
    """机构: a unit that tickets are sent to; one tree, centre above towns and departments, towns above villages."""

    class Kind(models.TextChoices):
        CENTRE = "centre", "区社会治理服务中心"
        TOWN = "town", "街镇"
        DEPARTMENT = "department", "区直部门"
        VILLAGE = "village", "村（社区）"

    code = models.CharField("代码", max_length=20)
    name = models.CharField("名称", max_length=60)
    short_name = models.CharField("简称", max_length=30)
    kind = models.CharField("类别", max_length=12, choices=Kind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    path = models.CharField("路径", max_length=80, editable=False)  # "/1/17/": ids from the root, for sight by prefix
    area = models.ForeignKey("common.Area", models.PROTECT, null=True, blank=True, verbose_name="辖区")
    phone = models.CharField("联系电话", max_length=20, blank=True)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "机构"
        ordering: ClassVar = ["path"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], condition=Q(valid_to=None), name="organisation_code_in_force"),
        ]
        indexes: ClassVar = [models.Index(fields=["path"], name="organisation_path", opclasses=["text_pattern_ops"])]

    def __str__(self) -> str:
        return self.short_name or self.name

    @property
    def full_name(self) -> str:
        """For detail pages and documents; a village goes by its committee."""
        return full_name(self.name) if self.kind == self.Kind.VILLAGE else self.name


class User(AbstractBaseUser):
    """用户: one person with one log-in; what the person may do hangs on the post held, never on the person."""

    username = models.CharField("用户名", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("手机", max_length=20, blank=True)
    is_active = models.BooleanField("启用", default=True)
    left_on = models.DateField("离岗日期", null=True, blank=True)
    must_change_password = models.BooleanField("须改密码", default=True)
    session_key = models.CharField(max_length=40, blank=True, editable=False)  # one session per user

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        verbose_name = "用户"
        ordering: ClassVar = ["username"]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def acting(self) -> Post | None:
        """The post the person acts in now: chosen for the session or token, else the primary one in force."""
        return self.posts.acting(clock.today()).first()

    @property
    def organisation(self) -> Organisation | None:
        return self.acting.organisation if self.acting else None

    @property
    def at_centre(self) -> bool:
        """Whether the acting post is one of the district's centre, which sees all cases whole."""
        unit = self.organisation
        return unit is not None and unit.kind == unit.Kind.CENTRE

    def has_perm(self, permission: str, obj: object = None) -> bool:
        """Whether the acting post's role grants `permission` ("hotline.dispatch_ticket")."""
        return self.is_active and self.acting is not None and permission in GRANTS[RoleTable(self.acting.role)]

    def grid_ids(self) -> list[int]:
        """The grids the person answers for today, as officer, leader or deputy of a colleague on leave.

        With what a grid was before it was renamed, re-coded or merged: its open cases keep the grid of their time.
        Asked for once per request and day, as the actor is.
        """
        today = clock.today()
        known: dict[date, list[int]] = self.__dict__.setdefault("_grids", {})
        if today not in known:
            known[today] = self._grids_on(today)
        return known[today]

    def _grids_on(self, today: date) -> list[int]:
        held = Post.objects.in_force(today).filter(area__isnull=False)
        stands_in = Q(deputy=self, on_leave_until__gte=today)
        asked = held.filter(Q(user=self) | stands_in).values_list("area_id", "area__origins__before_id")
        pairs: list[tuple[int | None, int | None]] = list(asked)
        known: dict[int, None] = {}
        while layer := {key for pair in pairs for key in pair if key is not None} - known.keys():
            known |= dict.fromkeys(sorted(layer))
            before = {before for _, before in pairs if before is not None}
            pairs = _origins(before) if before else []
        return list(known)

    def has_perms(self, permissions: list[str], obj: object = None) -> bool:
        return all(self.has_perm(permission) for permission in permissions)


def _origins(areas: set[int]) -> list[tuple[int | None, int | None]]:
    """Each of these areas, with what it was before."""
    areas_model = apps.get_model("common", "Area")._default_manager
    return list(areas_model.filter(pk__in=areas).values_list("pk", "origins__before_id"))


class Post(models.Model):
    """任职: a person in a role at an organisation, for grid posts also at a grid; dated, so old records keep their names."""

    Role = RoleTable

    user = models.ForeignKey(User, models.PROTECT, related_name="posts", verbose_name="人员")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="posts", verbose_name="机构")
    role = models.CharField("角色", max_length=20, choices=RoleTable)
    area = models.ForeignKey(
        "common.Area", models.PROTECT, null=True, blank=True, related_name="posts", verbose_name="网格"
    )
    title = models.CharField("职务", max_length=30, blank=True)  # 网格长, 网格员, 专干 …
    is_primary = models.BooleanField("主岗", default=True)
    deputy = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="AB岗")
    on_leave_until = models.DateField("休假至", null=True, blank=True)
    valid_from = models.DateField("任职日期")
    valid_to = models.DateField("离任日期", null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = "任职"
        ordering: ClassVar = ["-is_primary", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"], condition=Q(valid_to=None, area=None), name="post_once"
            ),
            models.UniqueConstraint(
                fields=["user", "organisation", "role", "area"],
                condition=Q(valid_to=None, area__isnull=False),
                name="grid_post_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["area", "valid_to"], name="post_area")]

    def __str__(self) -> str:
        return f"{self.organisation.short_name}·{self.get_role_display()}"

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class HandOver(models.Model):
    """工作移交: the open work of a person who leaves, given to another; the record of who had it stays."""

    giver = models.ForeignKey(User, models.PROTECT, related_name="given", verbose_name="移交人")
    taker = models.ForeignKey(User, models.PROTECT, related_name="taken", verbose_name="接收人")
    at = models.DateTimeField("移交时间")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办人")
    posts = models.ManyToManyField(Post, verbose_name="移交岗位")
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "工作移交"
        ordering: ClassVar = ["-at"]
