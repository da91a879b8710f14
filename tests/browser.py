"""A real browser on a live server: what a person would see, and the judge of accessibility (axe-core) on every page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, sync_playwright

from tests.world import PASSWORD

AXE = Path(settings.BASE_DIR) / "node_modules/axe-core/axe.min.js"
WIDE, NARROW = 1440, 390
SERIOUS = {"serious", "critical"}
JUDGE = "axe.run().then(found => found.violations.map(v => [v.impact, v.id, v.nodes[0].html]))"


def chromium() -> str:
    """Debian's Chromium and axe-core; where one is missing the test says so, and with STRICT=1 fails."""
    path = shutil.which("chromium")
    if path and AXE.exists():
        return path
    missing = "缺少 chromium 或 axe-core"
    if os.environ.get("STRICT") == "1":
        pytest.fail(missing)
    pytest.skip(missing)


class Person:
    """Somebody in front of the browser: `see` opens a page and judges it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.complaints: list[str] = []
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def log_in(self, username: str) -> None:
        self.page.goto(f"{self.address}/login/")
        self.page.fill("#id_username", username)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("button[type=submit]")
        self.page.wait_for_url("**/desk/")

    def see(self, path: str) -> list[str]:
        """What is wrong with a page, at both widths: axe, the console, and what sticks out at the side."""
        found: list[str] = []
        for width in (WIDE, NARROW):
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.goto(self.address + path)
            found += [f"{path} {width}: {problem}" for problem in self._judge(width)]
        return found

    def _judge(self, width: int) -> list[str]:
        sticks_out = self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        said, self.complaints = self.complaints, []
        axe = self._axe() if width == WIDE else []  # the same elements, only placed otherwise
        return [*axe, *said, *(["wider than the window"] if sticks_out else [])]

    def _axe(self) -> list[str]:
        """axe-core, put in past the page's policy against foreign scripts."""
        session: Any = self.page.context.new_cdp_session(self.page)
        session.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
        answer = session.send("Runtime.evaluate", {"expression": JUDGE, "awaitPromise": True, "returnByValue": True})
        session.detach()
        return [f"{name} {html}" for impact, name, html in answer["result"]["value"] if impact in SERIOUS]


@contextmanager
def person(address: str) -> Iterator[Person]:
    """A fresh browser that knows no cookie."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        try:
            yield Person(browser.new_page(locale="zh-CN"), address)
        finally:
            browser.close()
