"""R04: what the gateway tells a device that keeps unsent acts."""

from __future__ import annotations

from uuid import uuid4

from contracts.vocabulary import Role
from gateway.console.outbox import HEADER
from tests.factories.gateway_office import Office
from tests.integration.gateway.test_console import TYPED, drafted, refusing, unavailable


def test_R04_a_script_is_told_where_the_result_is_and_a_browser_is_led_there(office: Office) -> None:
    officer = office.officer()
    office.calls.answers["intake.save_draft"] = drafted(office, officer)
    form = {"csrf_token": officer.headers["X-CSRFToken"], "key": str(uuid4()), "act": "save", **TYPED}
    told = officer.client.post("/drafts", data=form, headers={HEADER: "1"})
    led = officer.client.post("/drafts", data=form)
    assert (told.status_code, told.json) == (200, {"location": led.headers["Location"]})
    assert "已保存。" in officer.get("/password").text


def test_R04_a_script_gets_a_refusal_as_a_document_and_only_the_gateway_names_its_answers(office: Office) -> None:
    officer = office.officer()
    office.calls.answers["intake.save_draft"] = refusing(unavailable)
    answer = officer.client.post("/drafts", data=TYPED, headers={HEADER: "1"})
    assert (answer.status_code, answer.json["type"]) == (403, "/problems/cross-site")
    assert answer.headers["X-Correlation-Id"]


def test_R04_the_device_learns_who_is_signed_in_and_nobody_else_does(office: Office) -> None:
    officer = office.sign_in(office.add_person("王芳", Role.INFORMATION_OFFICER))
    answer = officer.get("/outbox")
    assert answer.json["person"] == str(officer.id)
    sent = officer.client.post("/drafts", data={"csrf_token": answer.json["csrf_token"]}, headers={HEADER: "1"})
    assert sent.status_code != 403
    stranger = office.app.test_client().get("/outbox", headers={HEADER: "1"})
    assert (stranger.status_code, stranger.mimetype) == (401, "application/problem+json")
