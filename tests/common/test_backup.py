"""backup and restore: what was saved comes back whole, and nothing is overwritten by mistake."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django.fixtures import Settings

from wangcheng.common.jobs.keeping import FOLDER
from wangcheng.common.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    return settings.MEDIA_ROOT


@pytest.fixture
def saved(media: Path, tmp_path: Path) -> Path:
    """A backup with one person and one photo in it; the originals are gone afterwards."""
    (media / "2022" / "12").mkdir(parents=True)
    (media / "2022" / "12" / "现场.jpg").write_bytes(b"photo")
    person = User.objects.create(username="saved", name="张三")
    call_command("backup", tmp_path / "saved")
    person.delete()
    (media / "2022" / "12" / "现场.jpg").unlink()
    (media / "2022" / "12").rmdir()
    (media / "2022").rmdir()
    return tmp_path / "saved"


def test_a_restored_backup_has_the_same_rows_and_files(saved: Path, media: Path) -> None:
    call_command("restore", saved)
    assert User.objects.get(username="saved").name == "张三"
    assert (media / "2022" / "12" / "现场.jpg").read_bytes() == b"photo"
    assert [entry.name for entry in media.iterdir()] == ["2022"]


def test_what_jobs_make_for_some_days_is_no_part_of_a_backup(media: Path, tmp_path: Path) -> None:
    (media / FOLDER / "1").mkdir(parents=True)
    (media / FOLDER / "1" / "工单.xlsx").write_bytes(b"cases")
    call_command("backup", tmp_path / "saved")
    assert not list((tmp_path / "saved").rglob("*.xlsx"))


def test_new_rows_can_be_added_after_a_restore(saved: Path) -> None:
    call_command("restore", saved)
    assert User.objects.create(username="new", name="李四").pk != User.objects.get(username="saved").pk


def test_a_database_in_use_is_not_overwritten(saved: Path) -> None:
    User.objects.create(username="working", name="李四")
    with pytest.raises(CommandError, match="数据库中已有数据"):
        call_command("restore", saved)
    assert [user.username for user in User.objects.all()] == ["working"]


def test_attachments_in_use_are_not_overwritten(saved: Path, media: Path) -> None:
    (media / "other.jpg").write_bytes(b"other")
    with pytest.raises(CommandError, match="不是空的"):
        call_command("restore", saved)
    assert not User.objects.exists()


def test_replace_leaves_nothing_of_what_was_there(saved: Path, media: Path) -> None:
    User.objects.create(username="working", name="李四")
    (media / "other.jpg").write_bytes(b"other")
    call_command("restore", saved, replace=True)
    assert [user.username for user in User.objects.all()] == ["saved"]
    assert [entry.name for entry in media.iterdir()] == ["2022"]


def test_a_damaged_file_is_noticed_before_anything_is_touched(saved: Path) -> None:
    (saved / "media" / "2022" / "12" / "现场.jpg").write_bytes(b"other")
    with pytest.raises(CommandError, match="备份已损坏"):
        call_command("restore", saved)
    assert not User.objects.exists()


def test_a_backup_of_newer_code_is_refused(saved: Path) -> None:
    change_manifest(saved, migrations=["common.9999_tomorrow"])
    with pytest.raises(CommandError, match="请先升级程序"):
        call_command("restore", saved)


def test_a_backup_of_the_other_engine_is_refused(saved: Path) -> None:
    change_manifest(saved, engine="postgresql" if connection.vendor == "sqlite" else "sqlite")
    with pytest.raises(CommandError, match="不能相互恢复"):
        call_command("restore", saved)


def test_a_dump_that_cannot_be_loaded_leaves_the_old_rows(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.create(username="working", name="李四")
    (dump,) = saved.glob("database.*")
    dump.write_bytes(b"\0" * 4096)
    monkeypatch.setattr("wangcheng.common.backup._check", lambda *_: None)  # a dump bad from the beginning
    with pytest.raises(CommandError, match="没有恢复"):
        call_command("restore", saved, replace=True)
    assert [user.username for user in User.objects.all()] == ["working"]


def test_a_backup_is_never_written_into_a_directory_with_files(media: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "something").touch()
    with pytest.raises(CommandError, match="不是空的"):
        call_command("backup", tmp_path / "full")
    assert [entry.name for entry in (tmp_path / "full").iterdir()] == ["something"]


def test_a_backup_that_fails_leaves_nothing_half_written(
    media: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object) -> None:
        raise OSError("磁盘已满")

    monkeypatch.setattr("wangcheng.common.backup._copy_media", full_disk)
    with pytest.raises(CommandError, match="磁盘已满"):
        call_command("backup", tmp_path / "saved")
    assert not list(tmp_path.glob("saved*"))


def change_manifest(place: Path, **changes: object) -> None:
    manifest = json.loads((place / "manifest.json").read_text())
    (place / "manifest.json").write_text(json.dumps(manifest | changes))
