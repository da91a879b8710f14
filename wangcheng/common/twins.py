"""Rows that there can be only one of: the database refuses the second, and its person is told so in words.

For actions.  Asking first whether there is one already does not help when two come at the same moment.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from wangcheng.common.workflow import Code, NotAllowed

SQLITE_TWINS = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}


@contextmanager
def refused_twice(message: str, code: Code = Code.STATE, field: str = "") -> Iterator[None]:
    """NotAllowed with this sentence where the block writes what is there already; what it wrote is taken back.

    Any other IntegrityError (a check, a missing row) is a fault of ours and goes on as it is.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as problem:
        if not _is_twin(problem):
            raise
        raise NotAllowed(message, code, field) from problem


def _is_twin(problem: IntegrityError) -> bool:
    """Whether the database refused a second row of its kind: said by PostgreSQL in its code, by SQLite in its number."""
    cause = problem.__cause__
    return getattr(cause, "pgcode", "") == "23505" or getattr(cause, "sqlite_errorcode", 0) in SQLITE_TWINS
