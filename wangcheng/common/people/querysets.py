"""How organisations, users and posts are asked for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import BaseUserManager
from django.db import models
from django.db.models import Case, CharField, Q, Value, When
from django.db.models.functions import Concat

if TYPE_CHECKING:
    from wangcheng.common.people.models import Organisation, Post, User  # noqa: F401


def in_force(day: date) -> Q:
    """Rows whose half-open validity [valid_from, valid_to) holds `day`."""
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def in_force(self, day: date) -> OrganisationQuerySet:
        return self.filter(in_force(day))

    def in_tree(self) -> OrganisationQuerySet:
        """The centre, each town with its villages in the order of the division codes, departments; `place` says where."""
        centre, department = self.model.Kind.CENTRE, self.model.Kind.DEPARTMENT
        rank = Case(When(kind=centre, then=Value("0")), When(kind=department, then=Value("2")), default=Value("1"))
        return self.annotate(place=Concat(rank, "code", output_field=CharField())).order_by("place", "pk")

    def under(self, root: Organisation) -> OrganisationQuerySet:
        """The organisation and everything below it."""
        return self.filter(path__startswith=root.path)

    def visible_to(self, user: User) -> OrganisationQuerySet:
        """Units of the own branch; the centre and its people see all of them."""
        if user.organisation is None:
            return self.none()
        return self.under(user.organisation)


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, name: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=username, name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def visible_to(self, user: User) -> models.QuerySet[User]:
        """People who hold a post in the own branch."""
        if user.organisation is None:
            return self.none()
        return self.filter(posts__organisation__path__startswith=user.organisation.path).distinct()


class PostQuerySet(models.QuerySet["Post"]):
    def in_force(self, day: date) -> PostQuerySet:
        return self.filter(in_force(day))

    def acting(self, day: date) -> PostQuerySet:
        """The post a person acts in unless another was chosen comes first, with what its sight needs."""
        return self.in_force(day).select_related("organisation", "area").order_by("-is_primary", "pk")
