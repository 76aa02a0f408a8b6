"""What the console must not do, whoever types what."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.test_road import sign, until_shown, write_urgent_report
from tests.support.browser import Desks
from tests.support.city import Visitors

EVIL = "<script>document.title='boo'</script><img src=x onerror=\"document.title='boo'\">'\"=1+1"


@pytest.fixture(scope="module")
def console(browser: Browser, visitors: Visitors) -> Iterator[Desks]:
    opened = Desks(browser, visitors)
    yield opened
    opened.close()


def test_R24_script_in_any_field_is_shown_as_text(console: Desks) -> None:
    officer = console.person("hexi.wang")
    officer.goto(f"{console.address}/drafts/new")
    officer.get_by_label("标题").fill(EVIL)
    officer.get_by_label("正文").fill(EVIL)
    officer.get_by_label("主题（可不填）").fill(EVIL)
    officer.get_by_role("button", name="保存并送签").click()
    expect(officer.get_by_text("已送签").first).to_be_visible()
    number = sign(console.person("hexi.li"), EVIL)
    editor = console.person("editor")
    editor.goto(f"{console.address}/queue")
    until_shown(editor, EVIL)
    editor.get_by_role("link", name=EVIL).click()
    expect(editor.get_by_text(EVIL).first).to_be_visible()
    assert number
    assert "boo" not in {editor.title(), officer.title()}
    assert console.complaints == []


def test_R09_a_double_click_signs_once(console: Desks) -> None:
    title = "双击签发只报送一次"
    write_urgent_report(console.person("hexi.wang"), title)
    leader = console.person("hexi.li")
    leader.get_by_role("link", name=title).first.click()
    leader.get_by_role("button", name="同意，签发并报送").dblclick()
    expect(leader.get_by_role("heading", name="回执", exact=True)).to_be_visible()
    leader.goto(f"{console.address}/receipts")
    assert leader.get_by_role("row").filter(has_text=title).count() == 1


def test_R09_the_author_is_offered_no_button_to_sign(console: Desks) -> None:
    title = "本人起草不能本人签发"
    officer = console.person("hexi.wang")
    write_urgent_report(officer, title)
    assert officer.get_by_role("button", name=re.compile("签发并报送")).count() == 0


def test_R24_a_form_of_another_site_is_refused(console: Desks) -> None:
    page = console.person("hexi.wang")
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    with httpx.Client(base_url=console.address, cookies=cookies, trust_env=False) as other_site:
        answer = other_site.post("/drafts", data={"kind": "development", "title": "x", "body": "y", "act": "save"})
    assert answer.status_code == 403
