"""Rows that there can be only one of: the database refuses the second, and its person is told so in words.

For actions.  Asking first whether there is one already does not help when two come at the same moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from wangcheng.common.workflow import Code, NotAllowed


@contextmanager
def refused_twice(message: str, code: Code = Code.STATE, field: str = "") -> Iterator[None]:
    """NotAllowed with this sentence where the block writes what is there already; what it wrote is taken back."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as twin:
        raise NotAllowed(message, code, field) from twin
