"""Accounts and grants of a city with more accounts than a page holds; what waits for the second person (access.md)."""

from __future__ import annotations

from contracts.vocabulary import Role
from tests.factories.gateway_office import Office
from tests.integration.gateway.test_console import send


def test_an_account_is_found_by_a_part_of_its_login_or_name_and_percent_signs_are_letters(office: Office) -> None:
    office.sign_in(office.add_person("郑宝山", Role.EDITOR))
    office.sign_in(office.add_person("百分之%一", Role.EDITOR))
    administrator = office.administrator(Role.SYSTEM_ADMINISTRATOR)
    names = [account["name"] for account in administrator.get("/v1/accounts?q=宝山").json["items"]]
    assert names == ["郑宝山"]
    assert [account["name"] for account in administrator.get("/v1/accounts?q=%25").json["items"]] == ["百分之%一"]
    page = administrator.get("/accounts?q=宝山").text
    assert ("郑宝山" in page, "百分之" in page) == (True, False)
    assert "没有符合条件的账户" in administrator.get("/accounts?q=查无此人").text


def test_a_role_is_proposed_by_login_and_waits_on_the_first_page_of_the_other_administrator_alone(
    office: Office,
) -> None:
    person = office.sign_in(office.add_person("郑宝山", Role.INFORMATION_OFFICER))
    first, second = (office.administrator(Role.SECURITY_ADMINISTRATOR) for _ in range(2))
    (login,) = (account["login"] for account in first.get("/v1/accounts?q=郑宝山").json["items"])
    refused = send(first, "/grants", login="nobody-here", role="editor")
    assert (refused.status_code, "没有这个登录名" in refused.text) == (422, True)
    assert send(first, "/grants", login=f" {login.upper()} ", role="editor").status_code == 303
    assert "郑宝山" in first.get(f"/grants?account_id={person.id}").text
    pages = [who.get("/").text for who in (first, second)]
    assert [f"郑宝山（{login}）" in page for page in pages] == [False, True]
