"""From a message to the thing it tells of (R26)."""

from __future__ import annotations

from uuid import UUID

import pytest

from contracts.rpc.notify import Message, MessagePage
from contracts.vocabulary import Role
from tests.factories.gateway_office import Office
from tests.integration.gateway.test_console import holder
from tests.integration.gateway.test_queue_pages import NOW

ONE = UUID(int=1)


@pytest.mark.parametrize(
    ("page", "role", "leads"),
    [
        (f"/assignments/{ONE}", Role.INFORMATION_OFFICER, True),
        (f"/instructions/{ONE}", Role.INFORMATION_OFFICER, False),  # the post that could open it was left
        (f"/instructions/{ONE}", Role.SUPERVISOR, True),
        ("/no/such/page", Role.SUPERVISOR, False),
        ("/v1/assignments", Role.SUPERVISOR, False),
        (None, Role.SUPERVISOR, False),
    ],
)
def test_R26_a_message_is_a_link_to_its_thing_where_the_reader_may_open_it(
    office: Office, page: str | None, role: Role, leads: bool
) -> None:
    message = Message(
        message_id=ONE, message="assignment.given", person_id=ONE, person_name="王芳", subject="【交办】供热",
        body="请签收。", created_at=NOW, page=page, deliveries=[],
    )  # fmt: skip
    office.calls.answers["notify.list_messages"] = lambda _: MessagePage(items=[message])
    text = holder(office, role).get("/messages").text
    assert "【交办】供热" in text
    assert (f'<a href="{page}">【交办】供热</a>' in text) is leads
