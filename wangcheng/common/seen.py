"""Telling a stale form of a row that has no version: by what it was drawn from.  For actions and the forms they read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any


def digest_of(values: Iterable[Any]) -> str:
    """What a form carries hidden and brings back; another one when somebody else has changed a value meanwhile."""
    return hashlib.sha256("\x1f".join(map(str, values)).encode()).hexdigest()[:16]
