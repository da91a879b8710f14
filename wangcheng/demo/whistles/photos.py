"""The photos of the invented whistles: a few drawn pictures, each marked 演示, that many whistles show.

The pictures are kept as `casework.attachments` keeps an upload (cleaned, with thumbnail and fingerprint), once under a name of
their own; the product never deletes the file of an attachment, so that rows may share it.  A load that is rolled back leaves
the files behind; the next one writes the same over them.
"""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw

from wangcheng.common.casework.attachments import AttachmentRules
from wangcheng.common.casework.contents import read
from wangcheng.common.workflow import Facts, Step
from wangcheng.demo.chance import dice
from whistle import workflow
from whistle.models import Whistle, WhistleAttachment
from whistle.pictures import fingerprint

EACH = 12  # pictures of a purpose
WIDTH, HEIGHT = 640, 480
Line = tuple[tuple[float, float], ...]
# 演示 as strokes on a grid of 12 × 12 a character: no font has to be installed.
ACT: tuple[Line, ...] = (
    ((1, 1), (2, 2)), ((0, 4), (1, 5)), ((0, 11), (2, 7)), ((7, 0), (7, 1)), ((3, 4), (3, 2), (11, 2), (11, 4)),
    ((4.5, 4), (9.5, 4)), ((4.5, 5.5), (9.5, 5.5), (9.5, 9), (4.5, 9), (4.5, 5.5)), ((4.5, 7.2), (9.5, 7.2)),
    ((7, 4), (7, 9)), ((5.5, 9.5), (3.5, 11.5)), ((8.5, 9.5), (10.5, 11.5)),
)  # fmt: skip
SHOW: tuple[Line, ...] = (
    ((3, 2), (9, 2)), ((1, 5), (11, 5)), ((6, 5), (6, 11), (5, 10.5)), ((3, 7), (1, 10)), ((9, 7), (11, 10)),
)  # fmt: skip
NAMES = {
    WhistleAttachment.Purpose.REPORT: "上报照片.jpg",
    WhistleAttachment.Purpose.ARRIVE: "到场照片.jpg",
    WhistleAttachment.Purpose.VERIFY: "核查照片.jpg",
}
PURPOSES = {
    workflow.REPORT.name: WhistleAttachment.Purpose.REPORT,
    workflow.ARRIVE.name: WhistleAttachment.Purpose.ARRIVE,
    workflow.VERIFY.name: WhistleAttachment.Purpose.VERIFY,
}


@dataclass(frozen=True)
class Photos:
    """The columns that all rows of a picture share, by purpose: a whistle never shows one picture for two purposes."""

    kept: dict[str, list[dict[str, Any]]]

    @classmethod
    def draw(cls, seed: int) -> Photos:
        """Draw and keep them."""
        return cls({str(purpose): [_keep(purpose, n, seed) for n in range(EACH)] for purpose in NAMES})

    def rows(self, whistle: Whistle, beats: Iterable[tuple[Step, Facts]]) -> Iterator[dict[str, Any]]:
        """The attachments of a whistle: what was handed in with the report, on arrival and with every verification."""
        for place, (step, facts) in enumerate(beats):
            if purpose := PURPOSES.get(step.name):
                kept = self.kept[str(purpose)]
                shared = kept[(whistle.pk * 7 + place) % EACH]
                yield {"case_id": whistle.pk, "uploaded_by_id": facts.actor.user_id, "at": facts.at, **shared}


def _keep(purpose: WhistleAttachment.Purpose, number: int, seed: int) -> dict[str, Any]:
    rules = AttachmentRules()
    out = io.BytesIO()
    _scene(dice(seed, "photo", str(purpose), number), purpose).save(out, "JPEG", quality=80)
    content = read(NAMES[purpose], out.getvalue(), side=rules.side, small=rules.thumbnail)
    stem = f"demo-{purpose}-{number + 1:02}"
    return {
        "file": _stored(f"attachments/2022/12/{stem}{content.suffix}", content.data),
        "thumbnail": _stored(f"thumbnails/2022/12/{stem}.jpg", content.thumbnail),
        "name": NAMES[purpose],
        "content_type": content.content_type,
        "size": len(content.data),
        "sha256": hashlib.sha256(content.data).hexdigest(),
        "purpose": str(purpose),
        "fingerprint": fingerprint(content),
    }


def _stored(name: str, data: bytes) -> str:
    default_storage.delete(name)  # of an earlier load
    return default_storage.save(name, ContentFile(data))


def _scene(chance: random.Random, purpose: WhistleAttachment.Purpose) -> Image.Image:
    """A street: sky, houses, road, and rubbish lying about unless it has been seen to."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), _colour(chance, 170, 230))
    pen = ImageDraw.Draw(picture)
    left = -chance.randrange(40)
    while left < WIDTH:
        right = left + chance.randrange(60, 170)
        pen.rectangle((left, chance.randrange(60, 260), right, 330), fill=_colour(chance, 90, 210))
        left = right
    pen.rectangle((0, 330, WIDTH, HEIGHT), fill=_colour(chance, 80, 130))
    if purpose != WhistleAttachment.Purpose.VERIFY:
        for _ in range(chance.randrange(6, 14)):
            x, y, size = chance.randrange(WIDTH), chance.randrange(350, 450), chance.randrange(14, 60)
            pen.ellipse((x, y, x + size, y + size // 2), fill=_colour(chance, 20, 160))
    _mark(pen)
    return picture


def _colour(chance: random.Random, least: int, most: int) -> tuple[int, int, int]:
    return chance.randrange(least, most), chance.randrange(least, most), chance.randrange(least, most)


def _mark(pen: ImageDraw.ImageDraw) -> None:
    """演示 in the corner, white on red."""
    pen.rectangle((16, 16, 176, 100), fill=(190, 20, 20))
    for place, strokes in enumerate((ACT, SHOW)):
        for line in strokes:
            pen.line([(28 + place * 76 + x * 5, 28 + y * 5) for x, y in line], fill=(255, 255, 255), width=4)
