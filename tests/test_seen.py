"""Every page is opened by a browser that judges it: whoever adds a page adds it to the PAGES of its app's tests."""

from __future__ import annotations

import re

from django.urls import get_resolver, resolve

from tests.budget import test_see_money_pages
from tests.common import test_see_pages
from tests.grid import test_see_grid_pages
from tests.hotline import test_see_pages as test_see_hotline_pages
from tests.test_house import addresses
from tests.whistle import test_see_whistle_pages

SEEN_BY = (test_see_pages, test_see_grid_pages, test_see_hotline_pages, test_see_whistle_pages, test_see_money_pages)
NO_PAGES = {
    "for machines": {"healthz", "readyz", "metrics", "sms_receipts"},
    "lead on": {"home", "logout"},
    "part of a page": {"menu_counts", "area_children", "grid_options", "knowledge_answer", "user_suggestions"},
    "files": {"job_file", "sheet_template", "ticket_file", "whistle_file", "hardwhistle_file", "report_file"},
    "buttons, without a page of their own": {
        "filter_save", "filter_remove", "switch_post", "user_active", "post_end", "policy_decide", "token_revoke",
        "token_collect",
        "message_resend", "message_settle", "job_cancel", "place_delete", "ticket_receipt", "knowledge_retire",
        "knowledge_review", "appropriation_sign", "performance_open", "indicator_delete",
    },
}  # fmt: skip


def pages() -> set[str]:
    """The names of all addresses that a person may open."""
    names = {name for address, name in addresses(get_resolver()) if not address.startswith("api/")}
    return names - set().union(*NO_PAGES.values())


def seen() -> set[str]:
    """The names that the browser's tests open, by the paths they list."""
    paths = [path for module in SEEN_BY for listed in module.PAGES.values() for path in listed]
    examples = [re.sub(r"{\w+}", "1", path).partition("?")[0] for path in paths]
    also = [getattr(module, "ALSO", set()) for module in SEEN_BY]
    return {resolve(path).url_name or "" for path in examples}.union(*also)


def test_every_page_is_judged_by_axe() -> None:
    assert pages() - seen() == set()


def test_what_is_said_to_be_no_page_is_an_address() -> None:
    names = {name for _, name in addresses(get_resolver())}
    assert set().union(*NO_PAGES.values()) - names == set()
