"""Sessions in the database, renewed by one statement without a transaction around it.  Named in settings.SESSION_ENGINE."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError


class SessionStore(db.SessionStore):
    """Django's own, except that a session which is already there costs one query to save instead of three."""

    def save(self, must_create: bool = False) -> None:
        if must_create or self.session_key is None:
            super().save(must_create)
            return
        row = self.create_model_instance(dict(self.items()))
        there = self.model.objects.filter(pk=row.pk)
        if not there.update(session_data=row.session_data, expire_date=row.expire_date):
            raise UpdateError  # it was ended meanwhile
