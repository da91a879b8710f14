"""Programs that are not ours and judge our files: LibreOffice and poppler.  Where one is missing the test says so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest


def tool(name: str) -> str:
    """A judge from outside; where it is missing the test says so, and with STRICT=1 fails."""
    path = shutil.which(name)
    if path is None and os.environ.get("STRICT") == "1":
        pytest.fail(f"缺少外部工具 {name}")
    if path is None:
        pytest.skip(f"缺少外部工具 {name}")
    return path


def by_office(content: bytes, suffix: str, kind: str, room: Path) -> bytes:
    """What LibreOffice makes of a file: `by_office(docx, "docx", "pdf", tmp_path)`."""
    (room / f"a.{suffix}").write_bytes(content)
    command = [tool("soffice"), f"-env:UserInstallation=file://{room}/profile", "--headless", "--convert-to", kind]
    subprocess.run([*command, f"a.{suffix}"], cwd=room, check=True, capture_output=True, timeout=180)
    return (room / f"a.{kind.partition(':')[0]}").read_bytes()


def pages(pdf: bytes, room: Path) -> list[str]:
    """The text of each page without spaces."""
    (room / "pages.pdf").write_bytes(pdf)
    command = [tool("pdftotext"), "-raw", "pages.pdf", "-"]
    text = subprocess.run(command, cwd=room, check=True, capture_output=True, text=True).stdout
    return [re.sub(r"\s+", "", page) for page in text.split("\f")[:-1]]
