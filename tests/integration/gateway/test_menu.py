"""R24: the menu folds many rows into groups and leaves few as they are; where one is, is marked."""

from __future__ import annotations

import re

import pytest

from contracts.vocabulary import Role
from gateway.console.menu import MENU, ONE_LINE
from tests.factories.gateway_office import Office
from tests.integration.gateway.test_console import PERSONS, holder

WIDE = re.compile(r'<nav class="menu wide".*?</nav>', re.DOTALL)
SMALL = re.compile(r'<nav aria-label="主菜单（窄屏）">.*?</nav>', re.DOTALL)
LINK = re.compile(r'<a href="([^"]+)"')


@pytest.mark.parametrize("role", PERSONS)
def test_R24_one_line_holds_the_menu_of_every_role_and_both_menus_lead_to_the_same(office: Office, role: Role) -> None:
    page = holder(office, role).get("/").text
    wide, small = WIDE.search(page), SMALL.search(page)
    assert wide
    assert small
    rows, groups = LINK.findall(wide[0]), wide[0].count("<details")
    assert sorted(rows) == sorted(LINK.findall(small[0]))
    assert len(rows) == len(set(rows))
    assert (groups > 0) == (len(rows) > ONE_LINE)
    assert len(re.sub(r"<details.*?</details>", "", wide[0], flags=re.DOTALL).split("<li>")) - 1 <= ONE_LINE


def test_R24_a_group_has_two_rows_at_least(office: Office) -> None:
    wide = WIDE.search(holder(office, Role.INFORMATION_OFFICER).get("/").text)
    assert wide
    folded = re.findall(r"<details.*?</details>", wide[0], re.DOTALL)
    assert folded
    assert min(len(LINK.findall(each)) for each in folded) > 1


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("/queue", '<a href="/queue" aria-current="page" data-key="q">编辑台</a>'),
        ("/receipts", '<summary aria-current="true">信息报送</summary>'),
        ("/publications", '<a href="/issues" aria-current="page" data-key="i">期刊</a>'),
    ],
)
def test_R24_the_present_page_and_the_group_that_folds_it_are_marked(office: Office, path: str, marked: str) -> None:
    page = holder(office, Role.CHIEF_EDITOR).get(path).text  # the services are away, the menu is there
    assert marked in page


def test_no_page_stands_twice_in_the_menu() -> None:
    pages = [page for entry in MENU for row in entry.rows for page in (row.page, *row.also)]
    assert sorted(set(pages)) == sorted(pages)
