"""The three separated administrators, and the matrix for nobody: each cell is asked (access.md 1, 4; R16, R24)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.vocabulary import Role
from gateway.console.access import CONSOLE
from gateway.identity.accounts import create_account
from gateway.identity.grants import insert_grant
from gateway.model.accounts import ADMINISTRATORS, UNGRANTABLE
from tests.factories.gateway_office import PASSWORD, Office
from tests.integration.gateway.addresses import filled

GRANTABLE = sorted(set(Role) - UNGRANTABLE)


def _account(office: Office, *held: Role) -> UUID:
    account_id = uuid4()
    with office.work() as work:
        create_account(work, account_id, "某人", f"p{account_id.hex}", PASSWORD)
        for role in held:
            insert_grant(work, account_id, role, "approved")
    return account_id


@pytest.mark.parametrize("held", sorted(ADMINISTRATORS))
def test_R16_an_administrator_holds_no_other_role_and_nobody_else_becomes_one(office: Office, held: Role) -> None:
    security = office.administrator(Role.SECURITY_ADMINISTRATOR)
    wrong = []
    for other in (role for role in GRANTABLE if role != held):
        for first, second in ((held, other), (other, held)):
            body = {"account_id": str(_account(office, first)), "role": second}
            if security.post("/v1/grants", body).status_code != 409:
                wrong.append((first, second))
    assert wrong == []


def test_R16_two_administrators_roles_proposed_at_the_same_moment_are_one(office: Office) -> None:
    proposers = [office.administrator(Role.SECURITY_ADMINISTRATOR) for _ in range(4)]
    account = str(_account(office))
    wanted = [Role.SYSTEM_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.EDITOR]

    def propose(place: int) -> int:
        return proposers[place].post("/v1/grants", {"account_id": account, "role": wanted[place]}).status_code

    with ThreadPoolExecutor(4) as pool:
        codes = sorted(pool.map(propose, range(4)))
    assert codes == [201, 409, 409, 409]


def test_R16_nobody_proposes_approves_or_revokes_his_own_grant(office: Office) -> None:
    one, two = (office.administrator(Role.SECURITY_ADMINISTRATOR) for _ in range(2))

    def grant(proposer: Any) -> Any:
        body = {"account_id": str(_account(office)), "role": Role.EDITOR}
        return proposer.post("/v1/grants", body).json["grant_id"]

    own = one.get("/v1/grants?account_id=" + str(one.id)).json["items"][0]["grant_id"]
    answers = [
        one.post("/v1/grants", {"account_id": str(one.id), "role": Role.EDITOR}),
        one.post(f"/v1/grants/{grant(one)}/approval"),
        one.post(f"/v1/grants/{own}/revocation"),
        two.post(f"/v1/grants/{grant(one)}/approval"),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403, 200]


def test_R16_without_credentials_every_closed_page_leads_to_the_sign_in(office: Office) -> None:
    wrong = []
    for key in sorted(key for key, access in CONSOLE.items() if not access.public):
        verb, path = filled(key)
        answer = office.app.test_client().open(path, method=verb)
        led = answer.status_code == 303 and answer.headers["Location"].startswith("/login")
        if not (led if verb == "GET" else answer.status_code == 401):
            wrong.append((key, answer.status_code))
    assert wrong == []
