"""The road in a browser: write, sign off, receipt, desk, issue, instruction, feedback, bulletin; with and without
script."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import PATIENCE_MS, Desks

SHANGHAI = ZoneInfo("Asia/Shanghai")
PAUSE_MS = 250


def requirement(desks: Desks) -> str:
    """What is asked of the unit; the two runs of the road share one city, so each has words of its own."""
    return f"查明起火原因，开展排查（{'有' if desks.script else '无'}脚本）"


def typed(instant: datetime) -> str:
    """A Beijing time as a datetime field takes it."""
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


def until_shown(page: Page, text: str | re.Pattern[str]) -> None:
    """Reload until the page shows it: without script nothing refreshes by itself."""
    for _ in range(PATIENCE_MS // PAUSE_MS):
        if page.get_by_text(text).first.is_visible():
            return
        page.wait_for_timeout(PAUSE_MS)
        page.reload()
    expect(page.get_by_text(text).first).to_be_visible()


def write_urgent_report(page: Page, title: str) -> None:
    page.get_by_role("link", name="写信息").first.click()
    page.get_by_label("紧急信息首报").check(force=True)
    page.get_by_label("事件等级").select_option(label="一般")
    page.get_by_label("发生时间（北京时间）").fill(typed(datetime.now(UTC) - timedelta(minutes=40)))
    page.get_by_label("发生地点").fill("河西区友谊路")
    page.get_by_label("标题").fill(title)
    page.get_by_label("正文").fill("今日上午发生火灾，消防已到场处置，无人员伤亡。")
    page.get_by_role("button", name="保存并送签").click()
    expect(page.get_by_text("已送签").first).to_be_visible()


def sign(page: Page, title: str) -> str:
    """Sign what is offered; returns the receipt's number."""
    page.get_by_role("link", name=title).first.click()
    page.get_by_role("button", name="同意，签发并报送").click()
    expect(page.get_by_role("heading", name="回执", exact=True)).to_be_visible()
    return page.locator(".receipt-number").inner_text()


def report(desks: Desks, seen: dict[str, Any], title: str) -> Page:
    """Written by the officer, signed by the leader; returns the leader's page with the receipt."""
    officer = desks.person("hexi.wang")
    write_urgent_report(officer, title)
    seen["due"] = officer.locator(".due").inner_text()
    leader = desks.person("hexi.li")
    seen["number"] = sign(leader, title)
    until_shown(leader, "市里尚未阅看")
    return leader


def adopt_and_publish(desks: Desks, seen: dict[str, Any], title: str) -> None:
    editor = desks.person("editor")
    editor.get_by_role("link", name="期刊").first.click()
    editor.get_by_role("button", name="新开").click()
    editor.get_by_role("link", name="编辑台").first.click()
    until_shown(editor, title)
    editor.get_by_role("link", name=title).first.click()
    editor.get_by_role("button", name="认领").click()
    editor.get_by_role("button", name="采用", exact=True).click()
    expect(editor.get_by_text("采用").first).to_be_visible()
    chief = desks.person("chief")
    chief.get_by_role("link", name="期刊").first.click()
    chief.get_by_role("link", name="每日要情").first.click()
    chief.get_by_role("button", name="签发刊发").click()
    expect(chief.get_by_role("heading", name=re.compile(r"每日要情 \d{4}年第\d+期"))).to_be_visible()
    seen["issue"] = chief.get_by_role("heading", level=1).inner_text()


def instruct(desks: Desks) -> None:
    secretary = desks.person("secretary")
    secretary.get_by_role("link", name="期刊").first.click()
    secretary.get_by_role("link", name="每日要情").first.click()
    secretary.get_by_role("link", name="登记批示").first.click()
    secretary.get_by_label("批示领导").fill("张副市长")
    secretary.get_by_label("批示内容").fill("请妥善处置，查明原因。")
    secretary.get_by_label("承办单位").first.select_option(label="河西区人民政府办公室")
    secretary.get_by_label("反馈截止（北京时间）").first.fill(typed(datetime.now(UTC) + timedelta(days=5)))
    secretary.get_by_label("办理要求").first.fill(requirement(desks))
    secretary.get_by_role("button", name="登记并交办").click()
    expect(secretary.get_by_text("尚未确认").first).to_be_visible()
    leader = desks.person("leader")
    leader.get_by_role("link", name="批示", exact=True).first.click()
    leader.get_by_role("link", name="请妥善处置，查明原因。").first.click()
    leader.get_by_role("button", name="确认无误，交办").click()
    expect(leader.get_by_text("请妥善处置，查明原因。").first).to_be_visible()


def give_feedback(desks: Desks, seen: dict[str, Any]) -> None:
    officer = desks.person("hexi.wang")
    officer.locator("summary", has_text="批示督办").click()
    officer.get_by_role("link", name="交办反馈").click()
    officer.get_by_role("link", name=requirement(desks)).first.click()
    officer.get_by_role("button", name="签收").click()
    officer.get_by_role("link", name="写反馈").click()
    officer.get_by_label("标题").fill("关于商场火灾处置情况的反馈")
    officer.get_by_label("正文").fill("系线路老化引起，已排查商场四十二家。")
    officer.get_by_role("button", name="保存并送签").click()
    expect(officer.get_by_text("已送签").first).to_be_visible()
    seen["feedback_number"] = sign(desks.person("hexi.li"), "关于商场火灾处置情况的反馈")


def accept_feedback(desks: Desks) -> None:
    supervisor = desks.person("supervisor")
    until_shown(supervisor, requirement(desks))
    supervisor.get_by_role("link", name="交办").first.click()
    supervisor.get_by_role("link", name=requirement(desks)).first.click()
    until_shown(supervisor, "反馈通过，办结")
    supervisor.get_by_role("button", name="反馈通过，办结").click()
    expect(supervisor.get_by_text("已办结").first).to_be_visible()


@pytest.fixture(scope="module")
def road(desks: Desks) -> dict[str, Any]:
    """The whole road once; what was seen at each step."""
    seen: dict[str, Any] = {}
    title = f"河西区一商场发生火灾（{'有' if desks.script else '无'}脚本）"
    leader = report(desks, seen, title)
    adopt_and_publish(desks, seen, title)
    until_shown(leader, re.compile("市里已阅：陈静"))
    seen["city_saw_it"] = leader.locator(".seen", has_text="市里").inner_text()
    instruct(desks)
    give_feedback(desks, seen)
    accept_feedback(desks)
    return seen


def test_R04_the_draft_explains_by_when_it_must_have_arrived(road: dict[str, Any]) -> None:
    assert "3小时" in road["due"]


def test_R09_the_signed_document_has_a_receipt_with_its_number(road: dict[str, Any]) -> None:
    assert re.fullmatch(r"\d{4}-\d{7}", road["number"])


def test_R04_the_receipt_says_plainly_who_in_the_city_has_seen_it(road: dict[str, Any]) -> None:
    assert road["city_saw_it"].startswith("市里已阅：陈静")


def test_R23_the_published_issue_has_its_number(road: dict[str, Any]) -> None:
    assert re.search(r"第\d+期", road["issue"])


def test_R17_the_feedback_is_a_signed_document_with_a_receipt_of_its_own(road: dict[str, Any]) -> None:
    assert road["feedback_number"] > road["number"]


def test_R19_the_chief_editor_sees_the_bulletin_as_it_stands(road: dict[str, Any], desks: Desks) -> None:
    chief = desks.person("chief")
    period = datetime.now(SHANGHAI).strftime("%Y-%m")
    chief.goto(f"{desks.address}/bulletins/draft?period={period}")
    until_shown(chief, "河西区人民政府办公室")


def test_R25_the_timeliness_page_shows_both_figures(road: dict[str, Any], desks: Desks) -> None:
    page = desks.person("editor")
    page.goto(f"{desks.address}/timeliness")
    expect(page.get_by_role("table", name="紧急信息报送", exact=True)).to_be_visible()
    expect(page.get_by_role("table", name="批示反馈")).to_be_visible()


def test_R26_the_messages_page_shows_what_people_were_told(road: dict[str, Any], desks: Desks) -> None:
    page = desks.person("hexi.wang")
    page.goto(f"{desks.address}/messages")
    until_shown(page, re.compile("【交办】"))


def test_no_request_leaves_the_city_and_no_script_fails(road: dict[str, Any], desks: Desks) -> None:
    assert (desks.requested, desks.complaints) == ({desks.address.removeprefix("http://")}, [])
