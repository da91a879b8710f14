"""What a file really is, whatever its name says.  Pure: bytes in, cleaned bytes out.  Called by casework.attachments.

A picture is drawn anew, so that its EXIF (place, device, owner) and anything appended to it are gone; an office file is
opened as the zip it is, and refused if it holds macros or unpacks to too much.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from django.core.exceptions import ValidationError
from PIL import Image, ImageOps

# Of what is unpacked at once: 160 MB at four bytes each.  A phone's photo has 12 million, and one of 50 or 100 million is a
# JPEG, which is unpacked at a half or a quarter of its size; a PNG of one colour unpacks to thousands of times its size.
MOST_PIXELS = 40_000_000
MOST_PIXELS_TOGETHER = 10 * MOST_PIXELS  # of one form's pictures as they come: some ten seconds of work
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 200  # unpacked to packed: office files stay far below
QUALITY = 88
_OFFICE = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True, slots=True)
class Content:
    """A file that may be kept, by the name it came with; a picture with its thumbnail, a JPEG."""

    name: str
    data: bytes
    suffix: str
    content_type: str
    thumbnail: bytes = b""

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file we keep: how it begins and how it is called."""

    label: str
    content_type: str
    suffixes: tuple[str, ...]
    begins: Callable[[bytes], bool]
    picture: str = ""  # Pillow's name of the format
    part: str = ""  # the part that makes a zip this kind of office file


def _starts(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(marks)


KINDS = (
    Kind("JPEG图片", "image/jpeg", (".jpg", ".jpeg"), _starts(b"\xff\xd8\xff"), picture="JPEG"),
    Kind("PNG图片", "image/png", (".png",), _starts(b"\x89PNG\r\n\x1a\n"), picture="PNG"),
    Kind(
        "WebP图片", "image/webp", (".webp",), lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP", picture="WEBP"
    ),
    Kind("PDF文件", "application/pdf", (".pdf",), _starts(b"%PDF-")),
    Kind(
        "Word文件", f"{_OFFICE}wordprocessingml.document", (".docx",), _starts(b"PK\x03\x04"), part="word/document.xml"
    ),
    Kind("Excel文件", f"{_OFFICE}spreadsheetml.sheet", (".xlsx",), _starts(b"PK\x03\x04"), part="xl/workbook.xml"),
)
ALLOWED = "、".join(suffix.lstrip(".") for kind in KINDS for suffix in kind.suffixes)


def read(name: str, data: bytes, *, side: int, small: int) -> Content:
    """The file as it may be kept; ValidationError with a Chinese sentence otherwise.

    A picture becomes no larger than `side`, its thumbnail than `small`, both in pixels.
    """
    if not data:
        raise ValidationError(f"文件“{name}”是空的。")
    kind = _named(name)
    if not kind.begins(data[:16]):
        raise ValidationError(f"文件“{name}”的内容不是{kind.label}，可能被改过扩展名，请上传原文件。")
    little = b""
    if kind.picture:
        data, little = _clean_picture(name, data, kind, side, small)
    elif kind.part:
        check_zip(name, data, kind.part, kind.label)
    return Content(name, data, kind.suffixes[0], kind.content_type, little)


def pixels(file: IO[bytes]) -> int:
    """How many pixels a picture says it has, unopened; 0 for what is none.  The file is left at its beginning."""
    file.seek(0)
    try:
        with Image.open(file, formats=[kind.picture for kind in KINDS if kind.picture]) as picture:
            return picture.width * picture.height
    except Exception:  # noqa: BLE001  as in `_damaged`; `read` says what is wrong with it
        return 0
    finally:
        file.seek(0)


def _named(name: str) -> Kind:
    suffix = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    for kind in KINDS:
        if suffix in kind.suffixes:
            return kind
    raise ValidationError(f"不支持文件“{name}”的类型，可上传{ALLOWED}。")


def _clean_picture(name: str, data: bytes, kind: Kind, side: int, small: int) -> tuple[bytes, bytes]:
    """The picture drawn anew, upright and no larger than `side`, without any of its hidden data; and its thumbnail."""
    with _damaged(name), _opened(name, data, kind, side) as picture:
        picture.thumbnail((side, side))
        _turn_upright(picture)
        little = picture.convert("RGB")
        little.thumbnail((small, small))
        return _saved(picture, kind.picture), _saved(little, "JPEG")


@contextmanager
def _damaged(name: str) -> Iterator[None]:
    """Whatever Pillow raises on bytes made to break it: SyntaxError, struct.error, TypeError, KeyError … there is no list."""
    try:
        yield
    except ValidationError:
        raise
    except Exception as problem:
        raise ValidationError(f"图片“{name}”已损坏，无法打开，请重新上传。") from problem


def _opened(name: str, data: bytes, kind: Kind, side: int) -> Image.Image:
    picture = Image.open(io.BytesIO(data), formats=[kind.picture])
    width, height = picture.size
    if not picture.info.get("progressive"):  # such a JPEG is unpacked whole, however small it is wanted
        picture.draft(None, (side, side))
    if picture.width * picture.height > MOST_PIXELS:
        raise ValidationError(f"图片“{name}”的像素过多（{width}×{height}），请缩小后再上传。")
    picture.load()
    return picture


def _turn_upright(picture: Image.Image) -> None:
    """As its EXIF says it was held; it stays as it lies where that cannot be read, for the picture itself may be sound."""
    with suppress(Exception):  # as in `_damaged`
        ImageOps.exif_transpose(picture, in_place=True)


def _saved(picture: Image.Image, form: str) -> bytes:
    flat = picture if form != "JPEG" or picture.mode in {"RGB", "L"} else picture.convert("RGB")
    flat.info = {}  # comments, profiles and EXIF would be written back from here
    out = io.BytesIO()
    flat.save(out, form, quality=QUALITY) if form != "PNG" else flat.save(out, form, optimize=False)
    return out.getvalue()


def check_zip(name: str, data: bytes, part: str, label: str) -> None:
    """An office file must hold its main part, no macros, and must not unpack to a flood.  Used by imports as well."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as problem:
        raise ValidationError(f"文件“{name}”已损坏，无法打开，请重新上传。") from problem
    names = {member.filename for member in members}
    if part not in names:
        raise ValidationError(f"文件“{name}”的内容不是{label}，可能被改过扩展名，请上传原文件。")
    if any(member.lower().endswith("vbaproject.bin") for member in names):
        raise ValidationError(f"文件“{name}”含有宏，不能上传。")
    if any(member.flag_bits & 1 for member in members):
        raise ValidationError(f"文件“{name}”有密码保护，请取消密码后再上传。")
    unpacked = sum(member.file_size for member in members)
    if unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(len(data), 1):
        raise ValidationError(f"文件“{name}”解压后过大，可能是压缩炸弹，不能上传。")
