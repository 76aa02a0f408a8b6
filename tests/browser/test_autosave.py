"""R08: a text that is being written saves itself, survives the network, and never overwrites another's unseen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import Desks
from tests.support.city import Visitors

OFFICER = "hexi.wang"


@pytest.fixture
def desks(browser: Browser, visitors: Visitors) -> Iterator[Desks]:
    opened = Desks(browser, visitors)
    yield opened
    opened.close()


def begin(desks: Desks, title: str) -> Page:
    """A new text, saved by itself for the first time."""
    page = desks.person(OFFICER)
    page.goto(f"{desks.address}/drafts/new")
    page.get_by_label("标题", exact=True).fill(title)
    expect(page.locator("#autosave")).to_contain_text("填好标题和正文后开始自动保存")
    page.get_by_label("正文", exact=True).fill("全区已改造三十二个小区。")
    expect(page.locator("#autosave")).to_contain_text("已自动保存")
    return page


def test_R08_what_is_typed_without_network_is_saved_once_it_is_back(desks: Desks) -> None:
    page = begin(desks, "断网时接着写")
    page.context.set_offline(True)
    body = page.get_by_label("正文", exact=True)
    body.fill("全区已改造三十二个小区，惠及九千户。")
    expect(page.locator("#autosave")).to_have_text("离线，已存在本机")
    body.fill("全区已改造三十二个小区，惠及九千二百户。")
    page.context.set_offline(False)
    expect(page.locator("#autosave")).to_contain_text("已自动保存")
    expect(page).to_have_url(f"{desks.address}{page.locator('form[data-autosave]').get_attribute('action')}")
    page.reload()
    expect(body).to_have_value("全区已改造三十二个小区，惠及九千二百户。")
    expect(page.get_by_role("button", name="恢复这份文字")).to_have_count(0)


def test_R08_a_save_in_another_tab_stops_it_and_both_texts_stand_side_by_side(desks: Desks) -> None:
    page = begin(desks, "两个窗口写一稿")
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("正文", exact=True).fill("全区已改造三十五个小区。")
    expect(other.locator("#autosave")).to_contain_text("已自动保存")
    page.get_by_label("正文", exact=True).fill("全区已改造三十二个小区，群众满意。")
    panel = page.get_by_role("region", name="两份文字对照")
    expect(panel.locator("del")).to_have_text("五")
    expect(panel.locator("ins").last).to_have_text("，群众满意")
    page.get_by_role("button", name="只保存").click()
    expect(page.get_by_text("已保存。")).to_be_visible()
    expect(page.get_by_label("正文", exact=True)).to_have_value("全区已改造三十二个小区，群众满意。")
