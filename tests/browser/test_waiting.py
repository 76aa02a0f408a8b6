"""R09: what waits is worked off with the keyboard; the list renews itself under the reader without moving him."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.processes import wait_until
from tests.support.browser import PATIENCE_MS, Desks
from tests.support.city import Visitors

BODY = "全市储备冬菜十二万吨🥬。\n每日对三十个市场的价格进行调度。"
SELECT = """quote => {
  const text = document.querySelector("#reviewed .document-body").firstChild;
  const at = text.data.indexOf(quote);
  getSelection().setBaseAndExtent(text, at, text, at + quote.length);
}"""


@pytest.fixture(scope="module")
def bureau(browser: Browser, visitors: Visitors) -> Iterator[Desks]:
    opened = Desks(browser, visitors)
    yield opened
    opened.close()


def write(visitors: Visitors, *titles: str) -> list[dict[str, Any]]:
    """Drafts of the bureau whose unit wants an endorsement first, endorsed and offered to its leader."""
    made = []
    with visitors.person("shangwu.zhou") as officer, visitors.person("shangwu.feng") as head:
        for title in titles:
            draft = officer.post("/v1/drafts", {"content": {"kind": "development", "title": title, "body": BODY}})
            path = f"/v1/drafts/{draft['draft_id']}"
            waiting = officer.post(f"{path}/offer", {"version": draft["version"]})
            made.append(head.post(f"{path}/endorsement", {"version": waiting["version"]}))
    return made


def focused(page: Page) -> str:
    """The title of the row that has the focus."""
    return str(page.evaluate("document.activeElement.textContent"))


def test_R09_keys_move_open_and_choose_and_the_chosen_are_signed_together(bureau: Desks, visitors: Visitors) -> None:
    write(visitors, "冬储菜储备", "夜间消费")
    leader = bureau.person("shangwu.wu")
    leader.keyboard.press("j")
    assert focused(leader) == "冬储菜储备"
    leader.keyboard.press("ArrowDown")
    assert focused(leader) == "夜间消费"

    write(visitors, "稳岗用工")  # while he reads: the list renews itself and leaves him where he is
    leader.evaluate("refreshWaiting()")
    expect(leader).to_have_title("(3) 待我处理 · 呈报")
    assert focused(leader) == "夜间消费"
    leader.keyboard.press("?")
    expect(leader.get_by_role("dialog")).to_be_visible()
    leader.keyboard.press("Escape")

    leader.get_by_role("link", name="一并签发").click()
    leader.wait_for_url("**/signing")
    for key in ("j", "x", "j", "x"):
        leader.keyboard.press(key)
    expect(leader.locator("input[name=draft]:checked")).to_have_count(2)
    leader.get_by_role("button", name="签发选中的").click()
    expect(leader.get_by_role("status").filter(has_text="已签发 2 篇")).to_be_visible()
    assert [item["title"] for item in visitors_receipts(visitors)] == ["夜间消费", "冬储菜储备"]
    assert bureau.complaints == []


def visitors_receipts(visitors: Visitors) -> list[dict[str, Any]]:
    with visitors.person("shangwu.wu") as leader:
        receipts: list[dict[str, Any]] = leader.get("/v1/receipts")["items"]
    return receipts


def test_R09_a_remark_on_selected_text_stands_in_the_authors_text(bureau: Desks, visitors: Visitors) -> None:
    (draft,) = write(visitors, "批注一处")
    leader = bureau.person("shangwu.wu")
    leader.goto(f"{bureau.address}/drafts/{draft['draft_id']}")
    leader.evaluate(SELECT, "三十个市场")
    leader.get_by_role("button", name="批注所选文字").click()
    leader.keyboard.type("是哪些市场？")
    leader.get_by_label("退改意见").fill("见批注。")
    leader.get_by_role("button", name="退回作者修改").click()
    author = bureau.person("shangwu.zhou")
    author.goto(f"{bureau.address}/drafts/{draft['draft_id']}")
    expect(author.locator("mark")).to_have_text("三十个市场")
    expect(author.locator(".note-list")).to_contain_text("是哪些市场？")
    assert bureau.complaints == []


def lay_on_the_desk(visitors: Visitors, title: str) -> None:
    """A signed report of 河西区 that has reached the desk."""
    with visitors.person("hexi.wang") as officer, visitors.person("hexi.li") as leader:
        draft = officer.post("/v1/drafts", {"content": {"kind": "development", "title": title, "body": BODY}})
        path = f"/v1/drafts/{draft['draft_id']}"
        officer.post(f"{path}/offer", {"version": draft["version"]})
        offered = leader.get(path)
        leader.post("/v1/reports", {"content": offered["content"], "offer_token": offered["offer_token"]})
    with visitors.person("editor") as editor:
        assert wait_until(
            lambda: title in {item["title"] for item in editor.get("/v1/queue")["items"]}, PATIENCE_MS / 1000
        )


def test_R11_an_editor_decides_by_keyboard_and_takes_it_back(bureau: Desks, visitors: Visitors) -> None:
    title = "除雪预案"
    lay_on_the_desk(visitors, title)
    editor = bureau.person("editor")
    editor.goto(f"{bureau.address}/queue?q={title}")
    editor.keyboard.press("j")
    assert focused(editor) == title
    editor.keyboard.press("n")
    editor.keyboard.type("近期已有同类信息")  # the words it needs are gone to first
    editor.keyboard.press("Escape")
    editor.keyboard.press("n")
    expect(editor.get_by_role("status").filter(has_text="不采用：1 条已办")).to_be_visible()
    editor.get_by_role("link", name="我处理的").click()
    editor.wait_for_url("**mine=true*")
    editor.keyboard.press("j")
    assert focused(editor) == title
    editor.keyboard.press("z")
    expect(editor.get_by_role("status").filter(has_text="撤销处理：1 条已办")).to_be_visible()


def test_R18_a_commission_is_made_from_a_subject_on_the_desk_with_three_keys(
    bureau: Desks, visitors: Visitors
) -> None:
    title = "管网漏损"
    lay_on_the_desk(visitors, title)
    editor = bureau.person("editor")
    editor.goto(f"{bureau.address}/queue?q={title}")
    press(editor, "j", "Enter")
    editor.wait_for_url("**/queue/*-*")
    press(editor, "o")
    editor.wait_for_url("**/commissions/new*")
    expect(editor.get_by_role("checkbox", name="全部").first).to_be_focused()
    press(editor, "Space", "Enter")
    editor.wait_for_url("**/commissions/*-*-*")
    expect(editor.get_by_role("heading", name=title, level=1)).to_be_visible()
    expect(editor.get_by_role("status").filter(has_text="约稿已下达")).to_be_visible()


DAY = ("供热保障", "政务服务", "夜间经济", "就业服务", "市容整治")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def told(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words).first).to_be_visible()


def adopt_by_keyboard(editor: Page, following: str) -> None:
    """The report that is open: its copy changed, which claims it, adopted into the first column; the next one opens."""
    press(editor, "e", "Control+End")
    editor.keyboard.insert_text("（编辑补充）")
    told(editor, "正由您编辑")
    press(editor, *["Tab"] * 4, "ArrowDown", "Tab", "Enter")
    told(editor, "已采用，编入所选的一期")
    expect(editor.locator("#original + .document h2")).to_have_text(following)


def test_R11_an_editors_whole_day_goes_by_keyboard_alone(bureau: Desks, visitors: Visitors) -> None:
    with visitors.person("editor") as api:
        issue = api.post("/v1/issues", {"publication_code": "daily"})
    for title in DAY:
        lay_on_the_desk(visitors, title)
    editor = bureau.person("editor")
    press(editor, "q")
    editor.wait_for_url("**/queue")
    for _ in range(editor.locator("[data-row]").count()):
        press(editor, "j")
        if focused(editor) == DAY[0]:
            break
    press(editor, "o")
    editor.wait_for_url("**/queue/*-*")
    for following in DAY[1:3]:
        adopt_by_keyboard(editor, following)
    press(editor, "z")
    told(editor, "已撤销刚才的处理")
    expect(editor.get_by_label("正文")).to_have_value(f"{BODY}（编辑补充）")  # the words are not lost with the adoption
    press(editor, "a")
    told(editor, "已采用，编入所选的一期")
    press(editor, "r")
    editor.keyboard.insert_text("请补充数据。")
    press(editor, "Escape", "r")
    told(editor, "已退回报送单位修改")
    press(editor, "q")
    editor.wait_for_url("**/queue")
    assert focused(editor) == DAY[3]  # back at the desk: the next one
    press(editor, "x", "j", "x", "s")
    told(editor, "存档备查：2 条已办")
    press(editor, "z")
    told(editor, "撤销处理：2 条已办")

    press(editor, "i")
    editor.wait_for_url("**/issues")
    press(editor, "?")
    expect(editor.get_by_role("dialog")).to_contain_text("去编辑台")
    press(editor, "Escape", "j", "o")
    editor.wait_for_url(f"**/issues/{issue['issue_id']}")
    press(editor, "j", "j", "u")
    expect(editor.locator("[data-row] h2").first).to_have_text(DAY[1])
    press(editor, "y")
    expect(editor.get_by_role("status").filter(has_text="已出校样")).to_be_visible()
    press(editor, "q")
    editor.wait_for_url("**/queue")
    press(editor, "h")
    expect(editor.get_by_role("heading", level=1)).to_have_text("编辑台交接单")
    assert bureau.complaints == []
