"""R10: findings come while somebody types; a place is marked and a suggestion taken without a mouse."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import PHONE, Desks
from tests.support.city import Visitors


@pytest.fixture(scope="module")
def phones(browser: Browser, visitors: Visitors) -> Iterator[Desks]:
    opened = Desks(browser, visitors, viewport=dict(PHONE))
    yield opened
    opened.close()


def test_R10_a_finding_is_marked_and_mended_by_the_keyboard_beside_the_text(phones: Desks) -> None:
    page = phones.person("hexi.wang")
    page.goto(f"{phones.address}/drafts/new")
    page.locator("#title").fill("河西区推进冬季供热")
    body = page.locator("#body")
    body.fill("今年，全区😀布署冬季供热工作。各街道落实，，成效明显。")
    checks = page.get_by_role("region", name="写作检查")
    expect(checks.get_by_role("listitem")).to_have_count(2)
    checks.get_by_role("button", name=re.compile("定位.*错别字")).press("Enter")
    expect(body).to_be_focused()
    assert body.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)") == "布署"
    checks.get_by_role("button", name="改为“部署”").press("Enter")
    expect(body).to_have_value("今年，全区😀部署冬季供热工作。各街道落实，，成效明显。")
    expect(checks.get_by_role("listitem")).to_have_count(1)
    checks.get_by_role("button", name="改为“，”").press("Enter")
    expect(checks.get_by_role("status")).to_have_text("没有发现问题。")
    expect(body).to_have_value("今年，全区😀部署冬季供热工作。各街道落实，成效明显。")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert phones.complaints == []
