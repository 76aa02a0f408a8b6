"""Every link in a message leads to a page of the console that each of its readers may open (R26)."""

from __future__ import annotations

import re

import pytest

from contracts.rpc.roles import ISSUE_READERS
from contracts.services import RPC
from contracts.vocabulary import Role
from gateway.access import Access
from gateway.console.access import CONSOLE
from services.notify.model.links import PAGES, Destination
from services.notify.recipients.audience import AUDIENCES, DUTY_CALL, DUTY_OFFICERS, Audience

EVERY_AUDIENCE = AUDIENCES | {DUTY_CALL: DUTY_OFFICERS}
NAMED: dict[str, frozenset[Role]] = {
    # message            posts of the persons that the event names
    "draft.returned": RPC["intake"]["save_draft"].roles - {Role.API_CLIENT},
    "endorsement.requested": RPC["intake"]["endorse_draft"].roles,
    "report.handed_over": RPC["review"]["claim_report"].roles,
    "reading.requested": frozenset({Role.LEADER}),
    "amendment.received": RPC["review"]["claim_report"].roles,
    "issue.published": frozenset(ISSUE_READERS),
    "issue.withdrawn": frozenset(ISSUE_READERS),
    "issue_item.withdrawn": frozenset(ISSUE_READERS),
}


def readers(message: str, audience: Audience) -> frozenset[Role]:
    by_word = [roles for _, roles in (*audience.unit_roles_for, *audience.city_roles_for)]
    named = audience.person_field or audience.people_field or audience.roles_field
    return audience.unit_roles.union(audience.city_roles, *by_word, NAMED[message] if named else ())


def row_of(page: Destination) -> Access:
    """The page's row of the access matrix; every path has one alone."""
    pattern = re.compile("GET /" + re.sub(r"{\w+}", r"<(uuid:)?\\w+>", page.path))
    (row,) = [access for route, access in CONSOLE.items() if pattern.fullmatch(route)]
    return row


@pytest.mark.parametrize("message", PAGES)
def test_R26_whoever_is_told_may_open_a_page_that_the_message_leads_to(message: str) -> None:
    rows = [row_of(page) for page in PAGES[message]]
    told = readers(message, EVERY_AUDIENCE[message])
    assert told
    assert {role for role in told if not any(row.admits(frozenset({role})) for row in rows)} == set()


@pytest.mark.parametrize("message", PAGES)
def test_R26_a_link_is_given_exactly_to_whom_the_access_matrix_admits(message: str) -> None:
    for page in PAGES[message]:
        row = row_of(page)
        assert row.rpc == (page.service, page.method)
        for role in Role:
            assert page.opens_for(frozenset({role})) == row.admits(frozenset({role}))
