"""Files of a case: checked by their content, cleaned of hidden data, kept with a fingerprint, given out as downloads.

Called by forms (`CheckedFile`), whose cleaned values are checked contents, by the apps' actions inside their transaction
(`attach`) and by views that have found the attachment through `visible_to` (`deliver`).  Pictures are drawn anew by the
form, before the transaction: that takes up to a second each, and a case's row, on SQLite the whole database, is locked then.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.http import FileResponse

from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.audit.models import AuditEntry
from wangcheng.common.casework.contents import MOST_PIXELS_TOGETHER, Content, pixels, read
from wangcheng.common.casework.models import Attachment, Case
from wangcheng.common.policy.registry import in_force, rule, rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files.uploadedfile import UploadedFile

    from wangcheng.common.people.models import User

A = TypeVar("A", bound=Attachment)


@rules("common.attachments", "附件")
@dataclass(frozen=True)
class AttachmentRules:
    """附件规则: what may be kept with a case."""

    megabytes: int = rule(20, "单个附件大小上限", unit="MB", least=1, most=200)
    files: int = rule(30, "每件事项附件数上限", unit="个", least=1)
    side: int = rule(2560, "照片长边上限（超过则缩小）", unit="像素", least=640)
    thumbnail: int = rule(320, "缩略图边长", unit="像素", least=64, most=1024)


def checked(upload: UploadedFile | Content) -> Content:
    """The cleaned content of an upload.  ValidationError with a Chinese sentence if it may not be kept."""
    if isinstance(upload, Content):
        return upload
    limits = in_force(AttachmentRules, clock.today())
    name = upload.name or "文件"
    if (upload.size or 0) > limits.megabytes * 1024 * 1024:
        raise ValidationError(f"文件“{name}”超过{limits.megabytes}MB，请压缩后再上传。")
    upload.seek(0)
    content = upload.read()
    upload.seek(0)
    return read(name, content, side=limits.side, small=limits.thumbnail)


def attach(model: type[A], case: Case, upload: UploadedFile | Content, *, by: User | None, purpose: str = "") -> A:
    """加附件: keep one file of `case`, cleaned here if no form has done it.  ValidationError if it may not be kept."""
    limits = in_force(AttachmentRules, clock.today())
    if model._default_manager.filter(case=case).count() >= limits.files:
        raise ValidationError(f"每件事项最多{limits.files}个附件。")
    content = checked(upload)
    stem = uuid.uuid4().hex
    row = model(
        case=case,
        name=_plain_name(content.name, content.suffix),
        content_type=content.content_type,
        size=len(content.data),
        sha256=hashlib.sha256(content.data).hexdigest(),
        purpose=purpose,
        uploaded_by=by,
        at=clock.now(),
    )
    row.file.save(f"{stem}{content.suffix}", ContentFile(content.data), save=False)
    if content.is_picture:
        row.thumbnail.save(f"{stem}.jpg", ContentFile(content.thumbnail), save=False)
    row.save(force_insert=True)
    return row


def record_kept(case: Case, kept: Sequence[Attachment], *, by: User) -> None:
    """Tell the audit of files that came beside the steps, which no event names."""
    kind = case._meta
    words = f"为{kind.verbose_name}{case.number}上传附件{len(kept)}个"
    data = {"attachments": [file.pk for file in kept]}
    record(AuditEntry.Kind.DATA, words, by=by, object=f"{kind.model_name} {case.number}", data=data)


def _plain_name(name: str, suffix: str) -> str:
    """The name as the person knows it, without a path, at most 120 characters, with the suffix of its content."""
    stem = PurePosixPath(name.replace("\\", "/")).stem or "附件"
    return stem[: 120 - len(suffix)] + suffix


def deliver(attachment: Attachment, *, small: bool = False) -> FileResponse:
    """The file (or its thumbnail) as a response; anything but a picture is always saved, never opened in the page."""
    file = attachment.thumbnail if small and attachment.thumbnail else attachment.file
    picture = small or attachment.content_type.startswith("image/")
    response = FileResponse(
        file.open("rb"),
        as_attachment=not picture,
        filename=attachment.name,
        content_type="image/jpeg" if small and attachment.thumbnail else attachment.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response


class _ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class CheckedFile(forms.FileField):
    """One file in a form, as its content; what may not be kept is refused at the field, before the step is taken."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        return checked(upload) if upload else upload


class CheckedFiles(forms.FileField):
    """Any number of files in a form; the cleaned value is the list of their contents."""

    widget = _ManyFiles

    def __init__(self, *args: Any, required: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, required=required, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        uploads = [super(CheckedFiles, self).clean(each, initial) for each in data or [None]]
        found = [upload for upload in uploads if upload]
        _check_together(found)
        contents, problems = [], []
        for upload in found:
            try:
                contents.append(checked(upload))
            except ValidationError as problem:
                problems.append(problem)
        if problems:
            raise ValidationError(problems)
        return contents


def _check_together(uploads: list[UploadedFile]) -> None:
    """Before any is opened: ValidationError for more files than a case holds, or for hours of drawing."""
    if len(uploads) <= 1:
        return
    if len(uploads) > (most := in_force(AttachmentRules, clock.today()).files):
        raise ValidationError(f"每件事项最多{most}个附件。")
    if sum(pixels(upload) for upload in uploads) > MOST_PIXELS_TOGETHER:
        raise ValidationError(f"这些图片的像素合计超过{MOST_PIXELS_TOGETHER // 10**8}亿，请缩小或分几次上传。")
