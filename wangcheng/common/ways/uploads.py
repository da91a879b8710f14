"""An uploaded sheet kept from one page to the next: looked at first, taken in after; one at a time for each purpose.

For pages.  In the session, under the key of the purpose, stand the file's name in the storage and as the person knows it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.storage import default_storage
from django.http import HttpRequest

from wangcheng.common.sheets.reading import FileProblem, check_named

FOLDER = "imports"


def keep(request: HttpRequest, key: str, sheet: Any, look: Callable[[Path], object]) -> None:
    """Keep the upload; the one before it is forgotten.  ValidationError at the field where `look` refuses the file."""
    forget(request, key)
    stored = default_storage.save(f"{FOLDER}/{uuid.uuid4().hex}", sheet)
    try:
        path = Path(default_storage.path(stored))
        check_named(sheet.name, path)
        look(path)
    except FileProblem as problem:
        default_storage.delete(stored)
        raise forms.ValidationError({"sheet": str(problem)}) from problem
    request.session[key] = [stored, Path(sheet.name).name[:100]]


def kept(request: HttpRequest, key: str) -> tuple[Path, str] | None:
    """Where the upload lies and what it is called; None where there is none any more."""
    stored, name = request.session.get(key) or ("", "")
    return (Path(default_storage.path(stored)), name) if stored and default_storage.exists(stored) else None


def forget(request: HttpRequest, key: str) -> None:
    """It was taken in, or another takes its place."""
    if found := request.session.pop(key, None):
        default_storage.delete(found[0])


def forget_left(before: datetime) -> int:
    """What was uploaded before this moment (machine time) and never taken in holds personal data and goes.  How many."""
    if not default_storage.exists(FOLDER):
        return 0
    names = [f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[1]]
    left = [name for name in names if default_storage.get_modified_time(name) < before]
    for name in left:
        default_storage.delete(name)
    return len(left)
