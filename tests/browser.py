"""A real browser on a live server: what a person would see, and the judge of accessibility (axe-core) on every page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect, sync_playwright

from tests.world import PASSWORD
from wangcheng.common.models import User

expect.set_options(timeout=20_000)  # milliseconds; a busy machine is no defect of a page
BACKEND = "wangcheng.common.people.auth.PostBackend"
AXE = Path(settings.BASE_DIR) / "node_modules/axe-core/axe.min.js"
WIDE, NARROW = 1440, 390
ON_PHONE = {"gridofficer", "village"}  # who mostly reads on one
SERIOUS = {"serious", "critical"}
JUDGE = (
    "axe.run({resultTypes: ['violations']}).then(found => found.violations.map(v => [v.impact, v.id, v.nodes[0].html]))"
)


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
        """As after the form, which one test fills in for all."""
        client, context = Client(), self.page.context
        client.force_login(User.objects.get(username=username), backend=BACKEND)
        context.clear_cookies()
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self.address}])

    def fill_in_login(self, username: str) -> None:
        self.page.goto(f"{self.address}/login/")
        self.page.fill("#id_username", username)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("button[type=submit]")
        self.page.wait_for_url("**/desk/")

    def see(self, path: str, *, on_phone: bool = False) -> list[str]:
        """What is wrong with a page: that it does not open, what axe and the console say, and what sticks out."""
        self._as_wide_as(WIDE)
        answer = self.page.goto(self.address + path)
        status = answer.status if answer else 0
        return self.judge(path, on_phone=on_phone) if status == 200 else [f"{path}: {status}"]

    def judge(self, what: str, *, on_phone: bool = False) -> list[str]:
        """The page that is open, at both widths; the pages that are made for a phone are read there as well."""
        found = [f"{what}: {problem}" for problem in [*self._axe(), *self._sticks_out()]]
        self._as_wide_as(NARROW)
        narrow = [*(self._axe() if on_phone else []), *self._sticks_out()]  # else the same elements, placed otherwise
        said, self.complaints = self.complaints, []
        self._as_wide_as(WIDE)
        return found + [f"{what} {NARROW}: {problem}" for problem in narrow] + [f"{what}: {text}" for text in said]

    def _as_wide_as(self, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": 900})

    def _sticks_out(self) -> list[str]:
        wide = self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        return ["wider than the window"] if wide else []

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


def problems(address: str, pages: Mapping[str, Sequence[str]], keys: Mapping[str, object]) -> list[str]:
    """What is wrong with the pages of one app, by who opens them ("" a stranger), in one browser."""
    found: list[str] = []
    with person(address) as reader:
        for name, paths in pages.items():
            if name:
                reader.log_in(name)
            for path in paths:
                found += reader.see(path.format(**keys), on_phone=name in ON_PHONE)
    return found
