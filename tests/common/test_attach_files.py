"""Files of a case: what they really are decides, hidden data goes, and a refusal is a Chinese sentence."""

from __future__ import annotations

import contextlib
import hashlib
import io
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict
from docx import Document
from openpyxl import Workbook
from PIL import Image
from PIL.ExifTags import IFD, Base

from tests.whistle.steps import reported
from tests.world import MORNING, World
from wangcheng.common.casework import attachments
from wangcheng.common.casework.attachments import AttachmentRules, CheckedFile, CheckedFiles, attach, checked, deliver
from wangcheng.common.casework.contents import MOST_UNPACKED
from wangcheng.common.policy.actions import approve, draft
from whistle.models import Whistle, WhistleAttachment


def picture(form: str = "JPEG", size: tuple[int, int] = (400, 300), mode: str = "RGB", **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, color=128 if mode == "L" else "teal").save(out, form, **more)
    return out.getvalue()


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def office(kind: str) -> bytes:
    out = io.BytesIO()
    Document().save(out) if kind == "docx" else Workbook().save(out)
    return out.getvalue()


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), data)
    return out.getvalue()


def refusal(name: str, data: bytes) -> str:
    with pytest.raises(ValidationError) as found:
        checked(upload(name, data))
    return str(found.value.messages[0])


@pytest.fixture
def case(world: World) -> Whistle:
    return reported(world)


# What is kept


@pytest.mark.parametrize(
    ("name", "form", "kept", "content_type"),
    [
        ("现场.jpg", "JPEG", ".jpg", "image/jpeg"),
        ("现场.JPEG", "JPEG", ".jpg", "image/jpeg"),
        ("截图.png", "PNG", ".png", "image/png"),
        ("照片.webp", "WEBP", ".webp", "image/webp"),
    ],
)
def test_a_picture_is_kept_with_a_thumbnail(
    world: World, case: Whistle, name: str, form: str, kept: str, content_type: str
) -> None:
    row = attach(WhistleAttachment, case, upload(name, picture(form)), by=world.town, purpose="photo")
    row.refresh_from_db()
    stored = row.file.read()
    assert (row.name, row.content_type, row.at, row.uploaded_by) == (
        Path(name).stem + kept,
        content_type,
        MORNING,
        world.town,
    )
    assert (row.size, row.sha256) == (len(stored), hashlib.sha256(stored).hexdigest())
    assert Image.open(row.thumbnail).size == (320, 240)
    assert name not in row.file.name


@pytest.mark.parametrize(
    ("name", "data"), [("报告.docx", office("docx")), ("表.xlsx", office("xlsx")), ("文.pdf", b"%PDF-1.7\n")]
)
def test_office_files_and_pdf_are_kept_as_they_are(world: World, case: Whistle, name: str, data: bytes) -> None:
    row = attach(WhistleAttachment, case, upload(name, data), by=world.town)
    assert row.file.read() == data
    assert not row.thumbnail


def test_a_photo_loses_where_and_with_what_it_was_taken_and_stands_upright(world: World) -> None:
    exif = Image.Exif()
    exif[Base.Orientation], exif[Base.Model], exif[Base.Artist] = 6, "Phone 12", "张三"
    exif.get_ifd(IFD.GPSInfo)[2] = (28.0, 21.0, 0.0)
    photo = picture(size=(400, 300), exif=exif, comment=b"secret") + b"<script>appended</script>"
    kept = checked(upload("现场.jpg", photo))
    found = Image.open(io.BytesIO(kept.data))
    assert found.size == (300, 400)
    assert dict(found.getexif()) == {}
    assert [word for word in (b"Phone 12", b"secret", b"appended") if word in kept.data] == []


def test_the_same_photo_with_other_hidden_data_has_the_same_fingerprint(world: World, case: Whistle) -> None:
    exif = Image.Exif()
    exif[Base.Model] = "Phone 12"
    rows = [attach(WhistleAttachment, case, upload("a.jpg", data), by=None) for data in (picture(), picture(exif=exif))]
    assert rows[0].sha256 == rows[1].sha256


def test_a_large_photo_is_made_smaller(world: World) -> None:
    kept = checked(upload("大图.jpg", picture(size=(4000, 1000))))
    assert Image.open(io.BytesIO(kept.data)).size == (2560, 640)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_unusual_colour_modes_are_kept(world: World, mode: str) -> None:
    assert checked(upload("现场.jpg", picture(mode=mode))).content_type == "image/jpeg"


# What is refused


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("假.jpg", b"MZ\x90\x00program", "文件“假.jpg”的内容不是JPEG图片，可能被改过扩展名，请上传原文件。"),
        ("假.jpg", picture("PNG"), "文件“假.jpg”的内容不是JPEG图片，可能被改过扩展名，请上传原文件。"),
        ("假.pdf", picture(), "文件“假.pdf”的内容不是PDF文件，可能被改过扩展名，请上传原文件。"),
        ("假.docx", office("xlsx"), "文件“假.docx”的内容不是Word文件，可能被改过扩展名，请上传原文件。"),
        ("坏.jpg", picture()[:300], "图片“坏.jpg”已损坏，无法打开，请重新上传。"),
        ("坏.xlsx", b"PK\x03\x04broken", "文件“坏.xlsx”已损坏，无法打开，请重新上传。"),
        ("空.pdf", b"", "文件“空.pdf”是空的。"),
        ("程序.exe", b"MZ", "不支持文件“程序.exe”的类型，可上传jpg、jpeg、png、webp、pdf、docx、xlsx。"),
        ("页.svg", b"<svg/>", "不支持文件“页.svg”的类型，可上传jpg、jpeg、png、webp、pdf、docx、xlsx。"),
        (
            "宏.docx",
            zipped(word__document_xml=b"<w/>", word__vbaProject_bin=b"macro"),
            "文件“宏.docx”含有宏，不能上传。",
        ),
        (
            "炸弹.xlsx",
            zipped(xl__workbook_xml=b"<w/>", xl__sheet_xml=bytes(MOST_UNPACKED)),
            "文件“炸弹.xlsx”解压后过大，可能是压缩炸弹，不能上传。",
        ),
    ],
)
def test_what_is_not_what_it_says_is_refused(world: World, name: str, data: bytes, sentence: str) -> None:
    assert refusal(name, data) == sentence


def test_a_picture_of_too_many_pixels_is_refused_unopened(world: World) -> None:
    flood = picture("PNG", size=(6_401, 6_400), mode="1")
    assert refusal("大.png", flood) == "图片“大.png”的像素过多（6401×6400），请缩小后再上传。"


def test_a_photo_of_a_hundred_million_pixels_is_opened_at_a_part_of_its_size(world: World) -> None:
    kept = checked(upload("大图.jpg", picture(size=(10_000, 8_000), mode="L")))
    assert Image.open(io.BytesIO(kept.data)).size == (2560, 2048)
    slow = picture(size=(10_000, 8_000), mode="L", progressive=True)
    assert refusal("大.jpg", slow) == "图片“大.jpg”的像素过多（10000×8000），请缩小后再上传。"


EXIF = b"Exif\0\0"
BROKEN = {
    "no byte order": EXIF + b"XX\0*\0\0\0\x08",
    "cut short": EXIF + b"MM\0*\0\0",
    "a directory beyond the end": EXIF + b"MM\0*\0\0\xff\x08",
    "an orientation of words": EXIF + b"MM\0*\0\0\0\x08\0\1\1\x12\0\2\0\0\0\3ab\0\0\0\0\0\0",
}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("broken", BROKEN)
def test_a_sound_picture_with_broken_exif_is_kept_without_it(world: World, form: str, broken: str) -> None:
    kept = checked(upload(f"现场.{form.lower()}", picture(form, exif=BROKEN[broken])))
    assert Image.open(io.BytesIO(kept.data)).size == (400, 300)
    assert b"Exif" not in kept.data


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_bytes_changed_at_random_are_a_picture_or_a_sentence(world: World, form: str) -> None:
    chance, exif = random.Random(9), Image.Exif()
    exif[Base.Orientation], exif[Base.Model] = 6, "Phone 12"
    exif.get_ifd(IFD.GPSInfo)[2] = (28.0, 21.0, 0.0)
    sound = picture(form, size=(20, 15), exif=exif)
    for _ in range(300):
        data = bytearray(sound)
        for _ in range(4):
            data[chance.randrange(16, len(data))] = chance.randrange(256)
        with contextlib.suppress(ValidationError):
            assert checked(upload(f"现场.{form.lower()}", bytes(data))).thumbnail


def test_the_limit_of_size_is_a_policy(world: World) -> None:
    values = {"megabytes": 1, "files": 30, "side": 2560, "thumbnail": 320}
    words = {"valid_from": MORNING.date(), "document_number": "望社治〔2023〕1号", "source": "", "note": ""}
    version = draft("common.attachments", values, **words, by=world.admin)  # type: ignore[arg-type]
    approve(version.pk, by=world.other_admin)
    assert refusal("大.pdf", b"%PDF-" + bytes(1024 * 1024)) == "文件“大.pdf”超过1MB，请压缩后再上传。"


def test_a_case_holds_only_so_many_files(world: World, case: Whistle) -> None:
    most = AttachmentRules().files
    for _ in range(most):
        attach(WhistleAttachment, case, upload("文.pdf", b"%PDF-1.7"), by=None)
    with pytest.raises(ValidationError, match=f"每件事项最多{most}个附件"):
        attach(WhistleAttachment, case, upload("文.pdf", b"%PDF-1.7"), by=None)
    assert WhistleAttachment.objects.filter(case=case).count() == most


@pytest.mark.parametrize("name", ["../../etc/现场.jpg", "C:\\图片\\现场.jpg", "现场.jpg"])
def test_a_name_brings_no_path_with_it(world: World, case: Whistle, name: str) -> None:
    file = upload("x.jpg", picture())
    file._name = name  # as a browser of bad will sends it
    assert attach(WhistleAttachment, case, file, by=None).name == "现场.jpg"


# Forms and downloads


class Photos(forms.Form):
    photos = CheckedFiles(label="照片")
    main = CheckedFile(label="主图", required=False)


def test_a_form_says_at_the_field_which_files_are_wrong(world: World) -> None:
    files = MultiValueDict(
        {"photos": [upload("好.jpg", picture()), upload("假.jpg", b"MZ"), upload("程序.exe", b"MZ")]}
    )
    form = Photos({}, files)
    assert not form.is_valid()
    assert len(form.errors["photos"]) == 2


def test_a_form_hands_on_files_that_need_no_second_look(
    world: World, case: Whistle, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = MultiValueDict(
        {
            "photos": [upload("一.jpg", picture()), upload("二.png", picture("PNG"))],
            "main": [upload("三.jpg", picture())],
        }
    )
    form = Photos({}, files)
    assert form.is_valid()
    monkeypatch.delattr(attachments, "read")  # pictures are drawn before the transaction, and once
    contents = [*form.cleaned_data["photos"], form.cleaned_data["main"]]
    rows = [attach(WhistleAttachment, case, content, by=None) for content in contents]
    assert [row.name for row in rows] == ["一.jpg", "二.png", "三.jpg"]


def wrong(*uploads: SimpleUploadedFile) -> list[str]:
    form = Photos({}, MultiValueDict({"photos": list(uploads)}))
    return list(form.errors["photos"])


def test_files_too_many_or_too_large_together_are_refused_unopened(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(attachments, "read")
    assert wrong(*(upload("文.pdf", b"%PDF-1.7") for _ in range(31))) == ["每件事项最多30个附件。"]
    large = picture("PNG", size=(6_000, 6_000), mode="1")
    assert wrong(*(upload("大.png", large) for _ in range(12))) == ["这些图片的像素合计超过4亿，请缩小或分几次上传。"]


def test_a_document_is_saved_and_a_picture_shown_and_neither_guessed_at(world: World, case: Whistle) -> None:
    paper = deliver(attach(WhistleAttachment, case, upload("文.pdf", b"%PDF-1.7"), by=None))
    photo = deliver(attach(WhistleAttachment, case, upload("现场.png", picture("PNG")), by=None), small=True)
    assert paper["Content-Disposition"].startswith("attachment")
    assert photo["Content-Disposition"].startswith("inline")
    assert photo["Content-Type"] == "image/jpeg"
    assert {paper["X-Content-Type-Options"], photo["X-Content-Type-Options"]} == {"nosniff"}
