"""R04 on a phone: an urgent report in under a minute, signed by the leader on his own phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browser import PHONE, Desks
from tests.support.city import Visitors

TAP_S, CHARACTER_S = 1.6, 0.5
"""What a tap costs with looking for its place, and a character by a phone's Chinese keyboard (120 a minute)."""


LONG = "消防、公安、急救已到场，正在灭火救人。" * 30


@dataclass
class Thumb:
    """A person at a phone: what he does is done, and the seconds a person would need for it are counted."""

    page: Page
    seconds: float = 0.0

    def tap(self, target: Locator) -> None:
        target.scroll_into_view_if_needed()
        target.click()
        self.seconds += TAP_S

    def type(self, label: str, text: str) -> None:
        field = self.page.get_by_label(label)
        self.tap(field)
        field.press("End")
        field.press_sequentially(text)
        self.seconds += CHARACTER_S * len(text)


@pytest.fixture(scope="module")
def phones(browser: Browser, visitors: Visitors) -> Iterator[Desks]:
    opened = Desks(browser, visitors, viewport=dict(PHONE))
    yield opened
    opened.close()


def fill_in(thumb: Thumb, title: str) -> None:
    """All of the minimum: what, where, when, severity, category, casualties, measures, contact."""
    page = thumb.page
    thumb.type("什么事", title)
    thumb.type("哪里", "河西区友谊路 18 号")
    thumb.tap(page.get_by_role("button", name="10 分钟前"))
    for choice in ("较大", "事故灾难"):
        thumb.tap(page.locator("label").filter(has_text=choice).first)
    for figure, count in (("死亡（人）", "3"), ("失联（人）", "0"), ("重伤（人）", "12")):
        thumb.type(figure, count)
    thumb.type("已采取措施", "消防、公安、急救已到场，正在灭火救人。")
    thumb.type("联系人及电话", "13800138000")


def test_R04_an_urgent_report_takes_less_than_a_minute_on_a_phone(phones: Desks) -> None:
    page = phones.person("hexi.wang")
    thumb = Thumb(page)
    thumb.tap(page.get_by_role("link", name="报紧急信息").first)
    fill_in(thumb, "一商场发生火灾")
    thumb.tap(page.get_by_role("button", name="送签"))
    expect(page.get_by_text("已送分管负责人签发").first).to_be_visible()
    assert thumb.seconds < 55  # the rest of the minute is the machine's, which no test measures
    expect(page.get_by_text("已造成3人死亡、12人重伤，无人员失联。")).to_be_visible()


def test_R04_the_minimum_fits_two_screens_of_a_phone(phones: Desks) -> None:
    page = phones.person("hexi.wang")
    page.goto(f"{phones.address}/urgent")
    box = page.get_by_role("button", name="送签").bounding_box()
    assert box
    assert box["y"] + box["height"] < 2 * PHONE["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_R04_a_moment_ago_is_the_gateways_moment(phones: Desks) -> None:
    """The computer of these tests stands in New York; what the chips fill in is Beijing time by the gateway's clock."""
    page = phones.person("hexi.wang")
    page.goto(f"{phones.address}/urgent")
    field = page.get_by_label("什么时候")
    now = field.input_value()
    page.get_by_role("button", name="刚刚").click()
    page.get_by_role("button", name="1 小时前").click()
    ago = datetime.fromisoformat(now) - datetime.fromisoformat(field.input_value())
    assert timedelta(minutes=58) <= ago <= timedelta(minutes=60)
    assert phones.complaints == []


def test_R09_the_leader_signs_on_his_phone_without_scrolling_for_the_button(phones: Desks, visitors: Visitors) -> None:
    """What waits first stands on top; the button is under the thumb wherever he reads; the receipt is large."""
    title = "分管负责人在手机上签发"
    with visitors.person("hexi.wang") as officer:
        for kind, name in (("urgent_first", title), ("development", "不急的信息")):
            content = {"kind": kind, "title": name, "body": LONG, "severity": "general", "occurred_at": moment()}
            draft = officer.post("/v1/drafts", {"content": content})
            officer.post(f"/v1/drafts/{draft['draft_id']}/offer", {"version": draft["version"]})
    leader = phones.person("hexi.li")
    rows = leader.locator("section").filter(has_text="待签发的稿件").get_by_role("listitem").all_inner_texts()
    assert [name in row for row, name in zip(rows[-2:], (title, "不急的信息"), strict=True)] == [True, True]
    leader.get_by_role("link", name=title).click()
    button = leader.get_by_role("button", name="同意，签发并报送")
    for place in ("0", "document.body.scrollHeight / 2", "document.body.scrollHeight"):
        leader.evaluate(f"window.scrollTo(0, {place})")
        expect(button).to_be_in_viewport(ratio=1)
    expect(leader.get_by_role("button", name="退回作者修改")).to_be_in_viewport()
    button.click()
    expect(leader.locator(".receipt-number")).to_be_in_viewport()
    expect(leader.locator(".receipt-time")).to_be_in_viewport()
    assert leader.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def moment() -> str:
    """A time of occurrence that has passed."""
    return (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
