"""R24: an act on an account, a client or a webhook builds on the version that was read, by API and by page."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from contracts.rpc.notify import Contact, ContactOf, RecordContact, RemoveDutyShift
from contracts.rpc.paging import Done
from contracts.vocabulary import Role
from tests.factories.gateway_office import Office, Signed
from tests.factories.review import at_once
from tests.integration.gateway.test_console import send

SECURITY, SYSTEM = Role.SECURITY_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR


def client_of(office: Office) -> UUID:
    made = office.api_client().id
    assert made is not None
    return made


def account_of(office: Office) -> UUID:
    return office.add_person("王芳", Role.INFORMATION_OFFICER)


def with_webhook(office: Office) -> UUID:
    webhook_id = uuid4()
    with office.parts.database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO webhooks (webhook_id, client_id, unit_id, url, events, secret, created_at) "
                "VALUES (:id, :client, :unit, 'https://hook.example/', '{report.adopted}', '', now())"
            ),
            {"id": webhook_id, "client": client_of(office), "unit": office.unit_id},
        )
    return webhook_id


ACTS = (
    (SECURITY, client_of, "PUT", "/v1/clients/{}/rights", {"scopes": ["submit"]}),
    (SYSTEM, client_of, "POST", "/v1/clients/{}/token", {"overlap_hours": 24}),
    (SYSTEM, client_of, "POST", "/v1/clients/{}/disabling", None),
    (SECURITY, client_of, "POST", "/v1/clients/{}/attestation", None),
    (SECURITY, client_of, "DELETE", "/v1/clients/{}/attestation", None),
    (SYSTEM, account_of, "POST", "/v1/accounts/{}/disabling", None),
    (SYSTEM, account_of, "POST", "/v1/accounts/{}/enabling", None),
    (SYSTEM, account_of, "POST", "/v1/accounts/{}/password", None),
    (SYSTEM, account_of, "DELETE", "/v1/accounts/{}/second-factor", None),
    (SYSTEM, with_webhook, "POST", "/v1/webhooks/{}/secret", {"overlap_hours": 1}),
)


def version_of(office: Office, made: Callable[[Office], UUID], thing: UUID) -> int:
    table, key = {"client_of": ("clients", "client_id"), "account_of": ("accounts", "account_id")}.get(
        made.__name__, ("webhooks", "webhook_id")
    )
    with office.parts.database.reading() as session:
        held = session.scalar(text(f"SELECT version FROM {table} WHERE {key} = :id"), {"id": thing})
    assert isinstance(held, int)
    return held


@pytest.mark.parametrize(("role", "made", "verb", "path", "body"), ACTS)
def test_R24_an_act_on_a_stale_version_is_refused_with_the_newer_one_and_changes_nothing(
    office: Office, role: Role, made: Callable[[Office], UUID], verb: str, path: str, body: object
) -> None:
    thing, who = made(office), office.administrator(role)
    version = version_of(office, made, thing)
    stale = who.send(verb, path.format(thing), body, If_Match=f'"{version + 1}"')
    assert (stale.status_code, stale.json["type"], stale.json["version"]) == (412, "/problems/stale-version", version)
    assert version_of(office, made, thing) == version
    assert who.send(verb, path.format(thing), body, If_Match=f'"{version}"').status_code == 200
    assert version_of(office, made, thing) == version + 1


def test_R24_of_tokens_renewed_from_one_version_at_once_one_is_made(office: Office) -> None:
    client_id = client_of(office)
    sysadmins = [office.administrator(SYSTEM) for _ in range(4)]
    tag = f'"{version_of(office, client_of, client_id)}"'

    def renew(who: Signed) -> Callable[[], int]:
        return lambda: who.post(f"/v1/clients/{client_id}/token", {"overlap_hours": 1}, If_Match=tag).status_code

    assert sorted(at_once(*map(renew, sysadmins))) == [200, 412, 412, 412]


@pytest.mark.parametrize(
    ("role", "made", "page", "act"),
    [
        (SYSTEM, account_of, "/accounts", "/accounts/{}/disabling"),
        (SYSTEM, account_of, "/accounts", "/accounts/{}/password"),
        (SYSTEM, client_of, "/clients", "/clients/{}/disabling"),
        (SECURITY, client_of, "/clients", "/clients/{}/attestation/withdrawal"),
        (SYSTEM, client_of, "/clients/{}", "/clients/{}/token"),
        (SYSTEM, with_webhook, "/webhooks/{}", "/webhooks/{}/secret"),
    ],
)
def test_R24_forms_carry_the_version_their_page_was_made_from(
    office: Office, role: Role, made: Callable[[Office], UUID], page: str, act: str
) -> None:
    thing, who = made(office), office.administrator(role)
    version = version_of(office, made, thing)
    form = who.get(page.format(thing)).text.partition(f'action="{act.format(thing)}"')[2].partition("</form>")[0]
    assert f'name="version" value="{version}"' in form
    refused = send(who, act.format(thing), version=str(version + 1))
    assert (refused.status_code, f"已是第 {version} 版" in refused.text) == (412, True)
    assert version_of(office, made, thing) == version


def test_R24_contacts_and_shifts_have_an_etag_and_take_it_back(office: Office) -> None:
    person, sysadmin = uuid4(), office.administrator(SYSTEM)

    def contact(request: ContactOf | RecordContact) -> Contact:
        return Contact(person_id=request.person_id, email="a@city.example", version=3)

    office.calls.answers |= {"notify.get_contact": contact, "notify.record_contact": contact}
    tag = sysadmin.get(f"/v1/contacts/{person}").headers["ETag"]
    sysadmin.send("PUT", f"/v1/contacts/{person}", {"email": "a@city.example"}, If_Match=tag)
    assert office.calls.asked[-1]["request"].version == 3
    office.calls.answers["notify.remove_duty_shift"] = lambda _request: Done()
    duty = office.sign_in(office.add_person("郭涛", Role.DUTY_OFFICER))
    assert duty.send("DELETE", f"/v1/duty-shifts/{person}", If_Match='"4"').status_code == 200
    assert office.calls.asked[-1]["request"] == RemoveDutyShift(shift_id=person, version=4)

