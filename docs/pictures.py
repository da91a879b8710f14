"""The pictures of README.md and docs/guide.md, taken from the demonstration by a headless Chromium: `make pictures`.

It works on a scratch directory (or a copy of a loaded one, `--copy VAR_DIR`), walks one ticket and one whistle through
their whole process as the guide tells it, and moves the demonstration clock itself, so that the same code and data give
the same pictures.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs/pictures"
DESK, PHONE = (1440, 900), (390, 844)
LARGEST = 150_000  # bytes of one picture


def prepare(copied: str) -> None:
    """A scratch VAR_DIR with the demonstration year in it; must come before anything of Django."""
    scratch = tempfile.mkdtemp(prefix="pictures-")
    if copied:
        for file in ("wangcheng.sqlite3", "secret_key"):
            shutil.copy(Path(copied, file), scratch)
    os.environ |= {"VAR_DIR": scratch, "DEMO": "1", "DJANGO_SETTINGS_MODULE": "wangcheng.settings"}
    sys.path.insert(0, str(ROOT))
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    if not copied:
        call_command("demo_year", "2022", verbosity=0)


def few_colours(picture: Image) -> Image:
    """The picture with a palette of its own: every colour of the style sheet, then what is most frequent."""
    from PIL import Image

    named = re.findall(r"#([0-9a-f]{6})\b", (ROOT / "static/app.css").read_text(encoding="utf-8"))
    counted = sorted(picture.getcolors(picture.width * picture.height), reverse=True)
    colours = list(dict.fromkeys([*(tuple(bytes.fromhex(each)) for each in named), *(colour for _, colour in counted)]))
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in colours[:256] for part in colour])
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


class Clock:
    """The demonstration clock, standing still between the steps of the story."""

    def __init__(self) -> None:
        from wangcheng.common import clock

        self.moment = started = clock.system_now()
        clock._shift = clock.DEMO_START - started
        clock.system_now = lambda: self.moment

    def later(self, minutes: int) -> None:
        self.moment += timedelta(minutes=minutes)


@contextmanager
def served() -> Iterator[str]:
    """The pages on a free port of this machine."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler, get_internal_wsgi_application

    class Silent(WSGIRequestHandler):
        def log_message(self, *args: object) -> None:
            """No line per request."""

    server = ThreadedWSGIServer(("127.0.0.1", 0), Silent)
    server.set_app(get_internal_wsgi_application())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


class Visitor:
    """Somebody with a browser: logs in, takes steps, takes pictures."""

    def __init__(
        self, browser: Browser, address: str, clock: Clock, name: str = "", size: tuple[int, int] = DESK
    ) -> None:
        from django.conf import settings

        self.address, self.clock = address, clock
        context = browser.new_context(
            locale="zh-CN", viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
        )
        self.page = context.new_page()
        if name:
            self.go("/login/")
            self.page.fill("#id_username", name)
            self.page.fill("#id_password", settings.DEMO_PASSWORD)
            self.page.click("button[type=submit]")
            self.page.wait_for_url("**/desk/")

    def go(self, path: str) -> Visitor:
        self.page.goto(self.address + path, wait_until="networkidle")
        return self

    def open(self, step: str) -> None:
        """A step's dialog."""
        self.page.click(f".stepbar >> text='{step}'")
        self.page.wait_for_selector("dialog[open] form")

    def take(self, step: str, **entered: str) -> None:
        """A step, filled in and sent."""
        self.open(step)
        for name, value in entered.items():
            self._fill(f"dialog [name={name}]", value)
        self.send()

    def _fill(self, field: str, value: str) -> None:
        first = self.page.locator(field).first
        kind = first.evaluate("e => e.type")
        if kind == "radio":
            self.page.check(f"{field}[value={value}]")
        elif kind == "file":
            first.set_input_files(value)
        elif kind.startswith("select"):
            first.select_option(value)
        else:
            first.fill(value)

    def send(self) -> None:
        self.clock.later(6)
        self.page.click("dialog button[type=submit]")
        self.page.wait_for_selector(".notice-success")
        self.page.wait_for_load_state("networkidle")

    def picture(self, name: str, whole: bool = False) -> None:
        """docs/pictures/NAME.png, with as few colours as it takes."""
        from PIL import Image

        self.page.evaluate("document.activeElement && document.activeElement.blur()")
        if whole:  # a higher window, so that the bar of steps stays at the bottom
            height = self.page.evaluate("document.documentElement.scrollHeight")
            self.page.set_viewport_size({"width": DESK[0], "height": height})
        raw = self.page.screenshot(animations="disabled", caret="hide")
        small = few_colours(Image.open(io.BytesIO(raw)).convert("RGB"))
        target = PICTURES / f"{name}.png"
        small.save(target, optimize=True)
        if target.stat().st_size > LARGEST:
            raise SystemExit(f"{target} is larger than {LARGEST} bytes")
        sys.stdout.write(f"{target.relative_to(ROOT)} {target.stat().st_size}\n")

    def leave(self) -> None:
        self.page.context.close()


def photo(name: str, seed: int) -> str:
    """A made-up photograph: coloured fields that no two photographs share."""
    from PIL import Image

    tones = bytes((seed * 37 + 91 * n * n + 13 * n) % 200 + 40 for n in range(48))
    file = Path(tempfile.gettempdir(), f"picture-{name}.jpg")
    Image.frombytes("RGB", (4, 4), tones).resize((1200, 900), Image.Resampling.BICUBIC).save(file, quality=85)
    return str(file)


def ticket_story(visit: Callable[..., Visitor]) -> None:
    """受理 to 已办结, each step by whom it belongs to."""
    clerk = visit("dispatcher")
    clerk.picture("desk")
    clerk.go("/tickets/").picture("tickets")
    clerk.go("/tickets/new/")
    for field, value in {
        "title": "袁家湖社区东门路灯连续三天不亮", "content": "小区东门路灯连续三天不亮，夜间出行不便，请尽快维修。",
        "place": "铜官街道袁家湖社区东门", "caller_name": "张某", "caller_phone": "17000000001",
    }.items():  # fmt: skip
        clerk.page.fill(f"#id_{field}", value)
    for field, label in {"type": "求助", "category": "路灯不亮", "village": "袁家湖社区"}.items():
        clerk.page.select_option(f"#id_{field}", label=label)
    clerk.picture("ticket-new", whole=True)
    clerk.page.click("main button[type=submit]")
    clerk.page.wait_for_selector(".stepbar")
    path = clerk.page.url.removeprefix(clerk.address)
    clerk.clock.later(6)
    clerk.open("派单")
    clerk.page.select_option("dialog [name=unit]", label="铜官街道")
    clerk.picture("ticket-dispatch")
    clerk.send()
    clerk.leave()
    town = visit("town", path)
    town.take("签收")
    town.take("联系", way="phone", outcome="connected", note="已约定当日到场查看。")
    town.picture("ticket-town")
    town.take("阶段反馈", note="现场核实系灯泡损坏，已安排更换。")
    town.open("办结申请")
    town.picture("ticket-finish")
    town.page.click("dialog [data-closes]")
    town.take(
        "办结申请", confirmed="yes", facts="东门路灯灯泡损坏2只。", measures="已更换灯泡2只，当晚恢复照明。",
        legal_basis="《城市照明管理规定》", resolved="yes", reply="您反映的路灯已修复，感谢您的监督。",
    )  # fmt: skip
    town.leave()
    reviewer = visit("reviewer", path)
    reviewer.take("审核", passed="true")
    reviewer.leave()
    caller = visit("caller", path)
    caller.take("回访", resolved="yes", satisfaction="satisfied")
    caller.go(path).picture("ticket", whole=True)
    caller.leave()


def whistle_story(visit: Callable[..., Visitor]) -> None:
    """上报 to 评价; the grid officer has a phone."""
    officer = visit("gridofficer", size=PHONE)
    officer.picture("phone-desk")
    officer.go("/whistles/new/")
    officer.page.set_input_files("#id_photos", photo("found", 1))
    officer.page.wait_for_selector("text=已选 1 张照片")
    officer.page.select_option("#id_category", "010101")
    officer.page.fill("#id_content", "三栋一单元楼道堆放杂物，影响通行。")
    officer.page.fill("#id_place", "三栋一单元")
    officer.picture("phone-report")
    officer.page.click("button:has-text('上报')")
    officer.page.wait_for_url("**/whistles/LF*/**")
    path = officer.page.url.removeprefix(officer.address).partition("#")[0]
    officer.clock.later(6)
    officer.leave()
    for name, step, entered in (
        ("village", "初核", {"passed": "true"}), ("town", "吹哨", {"asked_unit": "D01"}), ("dispatcher", "立案", {}),
        ("dispatcher", "派单", {"unit": "D01"}), ("department", "签收", {}),
        ("department", "到场", {"longitude": "112.8", "latitude": "28.4", "photos": photo("there", 5)}),
        ("department", "处置", {"note": "已清理完毕。", "photos": photo("done", 9)}),
    ):  # fmt: skip
        hand = visit(name, path)
        if step == "吹哨":
            hand.open(step)
            hand.picture("whistle-blow")
            hand.page.click("dialog [data-closes]")
        hand.take(step, **entered)
        hand.leave()
    officer = visit("gridofficer", path, size=PHONE)
    officer.take("核查", passed="true", photos=photo("seen", 14))
    officer.open("评价")
    officer.picture("phone-rate")
    officer.leave()
    clerk = visit("dispatcher", path)
    clerk.picture("whistle", whole=True)
    clerk.leave()


def figures_story(visit: Callable[..., Visitor]) -> None:
    """What the assessor, the finance officer and the leader look at."""
    assessor = visit("assessor", "/assessments/2022Q4-level3-1/results/")
    assessor.picture("ranking")
    assessor.go("/zero-complaints/?quarter=2022Q4").picture("zero-complaint")
    assessor.go("/figures/?year=2022&by=none").picture("figures")
    assessor.leave()
    finance = visit("finance", "/budget/funds/")
    finance.picture("funds")
    finance.go("/self-evaluations/")
    if not finance.page.locator("tbody tr").count():
        finance.go("/self-evaluations/new/")
        finance.page.click("main form button[type=submit]")
        finance.page.wait_for_load_state("networkidle")
    else:
        finance.page.click("tbody tr >> nth=0 >> a >> nth=0")
        finance.page.wait_for_load_state("networkidle")
    finance.picture("report")
    finance.leave()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copy", default="", metavar="VAR_DIR", help="a directory with a loaded demonstration year")
    prepare(parser.parse_args().copy)
    PICTURES.mkdir(exist_ok=True)
    clock = Clock()
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--lang=zh-CN", "--font-render-hinting=none"],
            env={**os.environ, "LANGUAGE": "zh_CN"},
        )  # fmt: skip

        def visit(name: str, path: str = "", size: tuple[int, int] = DESK) -> Visitor:
            visitor = Visitor(browser, address, clock, name, size)
            return visitor.go(path) if path else visitor

        stranger = visit("", "/login/")
        stranger.picture("login")
        stranger.leave()
        ticket_story(visit)
        whistle_story(visit)
        figures_story(visit)
        browser.close()
    shutil.rmtree(os.environ["VAR_DIR"], ignore_errors=True)


if __name__ == "__main__":
    main()
