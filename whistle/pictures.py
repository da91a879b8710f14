"""Pictures of whistles: kept with the whistle, and recognised when one is used again for another."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from PIL import Image

from wangcheng.common.casework.attachments import attach, checked
from whistle.models import Whistle, WhistleAttachment

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.db.models import QuerySet

    from wangcheng.common.casework.contents import Content
    from wangcheng.common.people.models import User

_SIDE = 8  # the fingerprint compares 8 × 8 neighbouring patches: one bit each
_TOLERANCE = 3  # bits; two prints so near share one of the four quarters that the database looks for


def fingerprint(content: Content) -> str:
    """64 bits as 16 hex digits that survive compression and scaling; "" for what is no picture.

    A difference hash: each bit says whether a patch is brighter than the one to its right.  A picture without any
    contrast has no fingerprint, lest all dark pictures count as one.
    """
    if not content.is_picture:
        return ""
    with Image.open(io.BytesIO(content.thumbnail)) as picture:
        patches = picture.convert("L").resize((_SIDE + 1, _SIDE)).tobytes()
    rows = [patches[start : start + _SIDE + 1] for start in range(0, len(patches), _SIDE + 1)]
    bits = "".join("1" if left > right else "0" for row in rows for left, right in pairwise(row))
    return f"{int(bits, 2):016x}" if "1" in bits else ""


def used_before(photos: Iterable[UploadedFile | Content], whistle_id: int | None = None) -> int | None:
    """The key of the first other whistle one of these pictures was handed in with, or None."""
    prints = sorted({found for found in _prints(photos) if found})
    if not prints:
        return None
    known = WhistleAttachment.objects.exclude(case_id=whistle_id).like(prints, _TOLERANCE)
    return known.order_by("case_id").values_list("case_id", flat=True).first()


def _same(known: str, prints: Iterable[str]) -> bool:
    """Whether one of `prints` is the known one, give or take the few bits that compression turns over."""
    return any((int(known, 16) ^ int(found, 16)).bit_count() <= _TOLERANCE for found in prints)


def unseen(whistle: Whistle, photos: Iterable[UploadedFile | Content]) -> int:
    """How many of these pictures this whistle does not have already."""
    known = [found for found in whistle.attachments.values_list("fingerprint", flat=True) if found]
    return sum(not _same(found, known) for found in _prints(photos) if found)


def _prints(photos: Iterable[UploadedFile | Content]) -> Iterator[str]:
    return (fingerprint(checked(photo)) for photo in photos)


def keep(
    whistle: Whistle, photos: Iterable[UploadedFile | Content], purpose: str, *, by: User | None
) -> list[WhistleAttachment]:
    """Attach the pictures to the whistle and remember their fingerprints.  ValidationError for a bad file."""
    kept = []
    for content in map(checked, photos):
        attachment = attach(WhistleAttachment, whistle, content, by=by, purpose=purpose)
        WhistleAttachment.objects.filter(pk=attachment.pk).update(fingerprint=fingerprint(content))
        kept.append(attachment)
    return kept


def fresh(whistle: Whistle, purpose: str, by: User | None) -> int:
    """How many pictures `by` or the reporter handed in for this step since the last one, by the attachments of the API."""
    return _handed_in(whistle, purpose, by).count()


def fresh_unseen(whistle: Whistle, purpose: str, by: User | None) -> int:
    """Those of them that this whistle does not have from elsewhere."""
    own = dict(_handed_in(whistle, purpose, by).values_list("pk", "fingerprint"))
    others = whistle.attachments.exclude(pk__in=own).values_list("fingerprint", flat=True)
    known = [found for found in others if found]
    return sum(not _same(found, known) for found in own.values() if found)


def _handed_in(whistle: Whistle, purpose: str, by: User | None) -> QuerySet[WhistleAttachment]:
    last = whistle.events.order_by("-seq").values_list("at", flat=True).first()
    if last is None or by is None:
        return WhistleAttachment.objects.none()
    own = whistle.attachments.filter(purpose=purpose, uploaded_by__in={by.pk, whistle.reporter_id})
    return own.filter(content_type__startswith="image/", at__gte=last)
