"""A refusal shown as a page: it says which field, in people's words, and what was typed can be mended on it."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from tests.factories.gateway_office import Office
from tests.integration.gateway.test_console import send

OFFICER_ASKS = {"reason": "管线资料待查。", "progress": "已挖开两处。"}


def shown(page: str, name: str) -> bool:
    """Whether the field stands on the page to be mended, and not hidden or fixed."""
    found = re.search(rf'<(?:input|textarea)(?: [a-z-]+="[^"]*")* name="{name}"[^>]*>', page)
    return found is not None and 'type="hidden"' not in found[0] and "readonly" not in found[0]


@pytest.mark.parametrize("wanted", ["明天上午", ""])
def test_R17_an_extension_with_a_wrong_time_is_mended_on_the_page_that_refuses_it(office: Office, wanted: str) -> None:
    officer = office.officer()
    page = send(officer, f"/assignments/{uuid4()}/extensions", key=str(uuid4()), wanted_due_at=wanted, **OFFICER_ASKS)
    assert page.status_code == 422
    assert all(shown(page.text, name) for name in ("reason", "progress", "wanted_due_at"))
    assert "申请延至的时间：" in page.text
    assert "pointer" not in page.text


def test_R09_a_return_without_remarks_asks_for_them_instead_of_being_refused_for_ever(office: Office) -> None:
    leader = office.leader()
    page = send(leader, f"/drafts/{uuid4()}/return", key=str(uuid4()), version="2", remarks="  \r\n ")
    assert page.status_code == 422
    assert shown(page.text, "remarks")
    assert 'name="version" value="2"' in page.text
