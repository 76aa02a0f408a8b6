"""R04: it must get through. The device keeps what the gateway could not take, sends it again, and makes it one act."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.test_road import typed, write_urgent_report
from tests.support.browser import PHONE, Desks
from tests.support.city import Visitors

NOT_RECEIVED = "网络中断，已保存在本机，恢复后自动发送；尚未报到。"


@pytest.fixture
def phones(browser: Browser, visitors: Visitors) -> Iterator[Desks]:
    """A device of its own for each test."""
    opened = Desks(browser, visitors, viewport=dict(PHONE))
    yield opened
    assert opened.complaints == []
    opened.close()


def fill_in_urgent(page: Page, address: str, title: str) -> None:
    page.goto(f"{address}/urgent")
    page.get_by_label("什么事").fill(title)
    page.locator("label").filter(has_text="一般").click()


def send(page: Page) -> None:
    page.get_by_role("button", name="送签").click()


def drafts_called(page: Page, address: str, title: str) -> int:
    page.goto(f"{address}/drafts")
    return page.get_by_role("link", name=title).count()


def lose_answers(route: Route) -> None:
    """The gateway acts, and its answer is lost on the way."""
    route.fetch()
    route.abort()


def test_R04_without_network_the_entry_is_kept_and_sent_once_the_network_is_back(phones: Desks) -> None:
    page, title = phones.person("hexi.wang"), "断网时报的火情"
    fill_in_urgent(page, phones.address, title)
    page.context.set_offline(True)
    send(page)
    expect(page.get_by_text(NOT_RECEIVED)).to_be_visible()
    expect(page.get_by_text("口头报告").and_(page.locator("#outbox p"))).to_be_visible()
    assert page.get_by_text("已送").count() == 0
    page.get_by_text("已试").first.click()
    expect(page.get_by_text("试发").first).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("已送分管负责人签发").first).to_be_visible()
    assert drafts_called(page, phones.address, title) == 1
    expect(page.get_by_text(NOT_RECEIVED)).to_have_count(0)


@pytest.mark.parametrize("away", ["lost answers", "a proxy's 503", "a page of another network"])
def test_R04_a_signature_that_seemed_lost_is_one_receipt(phones: Desks, away: str) -> None:
    title = f"签发时出了岔子（{away}）"
    write_urgent_report(phones.person("hexi.wang"), title)
    leader = phones.person("hexi.li")
    leader.get_by_role("link", name=title).first.click()
    deeds = {
        "lost answers": lose_answers,
        "a proxy's 503": lambda route: route.fulfill(status=503, body="Service Unavailable"),
        "a page of another network": lambda route: route.fulfill(status=200, content_type="text/html", body="欢迎上网"),
    }
    leader.route("**/signature", deeds[away], times=1)
    leader.get_by_role("button", name="同意，签发并报送").click()
    expect(leader.get_by_text(NOT_RECEIVED)).to_be_visible()
    expect(leader.get_by_role("heading", name="回执", exact=True)).to_be_visible()
    leader.goto(f"{phones.address}/receipts")
    assert leader.get_by_role("row").filter(has_text=title).count() == 1


def test_R04_after_the_page_was_closed_another_page_sends_it_and_shows_the_result(phones: Desks) -> None:
    page, title = phones.person("hexi.wang"), "关页后仍要报到"
    fill_in_urgent(page, phones.address, title)
    page.route("**/urgent", lambda route: route.abort())
    send(page)
    expect(page.get_by_text(NOT_RECEIVED)).to_be_visible()
    page.close()
    again = phones.person("hexi.wang")
    again.get_by_role("button", name="查看结果").click()
    expect(again.get_by_role("heading", name=title)).to_be_visible()
    assert drafts_called(again, phones.address, title) == 1


def test_R04_two_pages_of_one_person_send_it_once(phones: Desks) -> None:
    """The page whose form it is cannot send; another one can, and the first learns of the result at once."""
    page, title = phones.person("hexi.wang"), "两个页面都在发送"
    fill_in_urgent(page, phones.address, title)
    page.route("**/urgent", lambda route: route.abort())
    send(page)
    expect(page.get_by_text(NOT_RECEIVED)).to_be_visible()
    phones.person("hexi.wang")
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    assert drafts_called(page, phones.address, title) == 1


def test_R04_an_expired_sign_in_keeps_it_and_another_account_never_sends_it(phones: Desks) -> None:
    page, title = phones.person("hexi.wang"), "登录过期时的火情"
    fill_in_urgent(page, phones.address, title)
    page.context.clear_cookies()
    send(page)
    expect(page.get_by_text("登录已过期，内容保存在本机，尚未报到。")).to_be_visible()
    page.goto(f"{phones.address}/login")
    expect(page.get_by_text("本机有尚未报到的内容，由本人登录后自动发送。")).to_be_visible()
    sign_in(page, phones, "wuqing.zhao")
    expect(page.get_by_role("heading", name="待我处理")).to_be_visible()
    assert page.get_by_text(title).count() == 0
    page.context.clear_cookies()
    sign_in(page, phones, "hexi.wang")
    page.get_by_role("button", name="查看结果").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    assert drafts_called(page, phones.address, title) == 1


def sign_in(page: Page, phones: Desks, login: str) -> None:
    page.goto(f"{phones.address}/login")
    page.get_by_label("用户名").fill(login)
    page.get_by_label("密码").fill(phones.visitors.seeds.password(login))
    page.get_by_role("button", name="登录").click()


def test_R04_signing_out_warns_before_it_clears_what_was_not_sent(phones: Desks) -> None:
    page, title = phones.person("hexi.wang"), "退出前没有发出的火情"
    fill_in_urgent(page, phones.address, title)
    page.route("**/urgent", lambda route: route.abort())
    send(page)
    expect(page.get_by_text(NOT_RECEIVED)).to_be_visible()
    said: list[str] = []
    page.once("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_text(NOT_RECEIVED)).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", name="已退出登录")).to_be_visible()
    assert "1 件没有报到" in said[0]
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.includes(':outbox:'))") == []


def test_R04_a_refusal_comes_back_on_the_form_with_every_word(phones: Desks) -> None:
    page, title = phones.person("hexi.wang"), "时间写错的火情"
    fill_in_urgent(page, phones.address, title)
    page.get_by_label("什么时候").fill(typed(datetime.now(UTC) + timedelta(days=1)))
    send(page)
    expect(page.get_by_role("alert").filter(has_text="发生时间")).to_be_visible()
    expect(page.get_by_label("什么事")).to_have_value(title)


def test_R04_the_draft_form_is_kept_too(phones: Desks) -> None:
    page, title = phones.person("hexi.wang"), "断网时写的信息"
    page.goto(f"{phones.address}/drafts/new")
    page.get_by_label("标题").fill(title)
    page.get_by_label("正文").fill("正文不能丢。")
    page.context.set_offline(True)
    page.get_by_role("button", name="只保存").click()
    expect(page.get_by_text(NOT_RECEIVED)).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("已保存。")).to_be_visible()
    assert drafts_called(page, phones.address, title) == 1
