"""R23: an issue is composed with the mouse and by keys; both send what the page's own buttons send."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_every_page import HostileOffice
from tests.support.browser import Desks
from tests.support.city import Visitors

TITLES = ("甲条", "乙条")


@pytest.fixture
def composing(browser: Browser, visitors: Visitors) -> Iterator[Page]:
    """The editor before an issue with two items in two columns."""
    office, desks = HostileOffice(visitors), Desks(browser, visitors)
    chief, editor = office.person("chief"), office.person("editor")
    chief.put("/v1/publications/mouse", {"name": "试编", "columns": ["要情", "简讯"]})
    issue = editor.post("/v1/issues", {"publication_code": "mouse"})
    for title, column in zip(TITLES, ("要情", "简讯"), strict=True):
        report_id = office.write_and_sign(kind="development", title=title, body="正文。")
        office.on_the_desk(report_id)
        editor.post(f"/v1/queue/{report_id}/adoption", {"issue_id": issue["issue_id"], "column": column})
    page = desks.person("editor")
    page.goto(f"{desks.address}/issues/{issue['issue_id']}")
    yield page
    assert desks.complaints == []
    desks.close()
    office.close()


def test_R23_an_item_is_dragged_into_another_column_and_moved_by_keys(composing: Page) -> None:
    items = composing.locator("#composition .document-title")
    expect(items).to_have_text(["甲条", "乙条"])
    items.nth(1).drag_to(items.nth(0), target_position={"x": 5, "y": 5})
    expect(composing.get_by_role("heading", name="简讯")).to_have_count(0)
    expect(items).to_have_text(["乙条", "甲条"])
    composing.keyboard.press("d")  # the item that was moved is the present one
    expect(items).to_have_text(["甲条", "乙条"])
