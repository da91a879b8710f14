"""Numbers in forms, written as people and programs write them: 50, -3.5.  For every form of pages and API."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms

_WRITTEN = re.compile(r"-?[0-9]+(\.[0-9]+)?")  # as the API's description promises


class NumberField(forms.DecimalField):
    """A decimal number.  Python's own reading takes 5_0 and 1e3 as well, which nobody means in an amount."""

    def to_python(self, value: Any) -> Any:
        words = unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else value
        if isinstance(words, str) and words and not _WRITTEN.fullmatch(words):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(words)
