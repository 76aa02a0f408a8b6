"""R07: receipts of a report whose class was raised keep number and time and nothing else; a page says what was done."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.events.intake import ReportReclassified
from contracts.receipts import Receipt
from contracts.rpc.secrecy import Reclassification, Told, ToldPeople
from contracts.vocabulary import Channel, DeliveryState, Role, Secrecy
from gateway.model.receipts import report_classes
from gateway.receipts.progress import note_reclassified
from kernel.errors import NotFound
from tests.factories.gateway_office import Office, Signed, report
from tests.integration.gateway.test_console import drafted

WORD = "凤凰山军用机场"


def submitted(office: Office) -> Receipt:
    answer = office.signed_report(office.leader(), report() | {"title": f"{WORD}扩建", "body": f"{WORD}征地。"})
    return Receipt.model_validate_json(answer.data)


def hear(
    office: Office, receipt: Receipt, secrecy: Secrecy = Secrecy.SECRET, known_as: list[UUID] | None = None
) -> None:
    raised = ReportReclassified(
        report_id=receipt.report_id, number=receipt.number, unit_id=receipt.unit_id, secrecy=secrecy,
        known_as=known_as or [receipt.report_id], deadline_ids=[], raised_by="王芳", raised_at=office.clock.now(),
    )
    with office.work() as work:
        note_reclassified(work, office.event(raised, receipt.report_id, tuple(Secrecy).index(secrecy)))


@pytest.mark.parametrize("role", [Role.RESPONSIBLE_LEADER, Role.EDITOR, Role.DUTY_OFFICER])
def test_R07_receipts_show_nothing_of_it_to_whoever_is_not_cleared(office: Office, role: Role) -> None:
    receipt = submitted(office)
    who = office.sign_in(office.add_person("陈静", role))
    paths = [
        "/v1/receipts", f"/v1/receipts/{receipt.number}", "/receipts", f"/receipts/{receipt.number}",
        f"/receipts/{receipt.number}/file", f"/receipts/{receipt.number}/progress",
    ]  # fmt: skip
    assert any(WORD in who.get(path).text for path in paths)
    hear(office, receipt)
    answers = [who.get(path).text for path in paths]
    assert not any(WORD in answer for answer in answers)
    view = who.get(f"/v1/receipts/{receipt.number}").json
    assert (view["number"], view["withheld"], view["receipt"]) == (receipt.number, True, None)


def test_R07_of_several_raisings_in_any_order_the_highest_stands(office: Office) -> None:
    receipt = submitted(office)
    for order in permutations((Secrecy.INTERNAL, Secrecy.SECRET, Secrecy.CONFIDENTIAL)):
        for secrecy in (*order, *order):
            hear(office, receipt, secrecy)
        with office.work() as work:
            forgotten = report_classes.delete().returning(report_classes.c.secrecy)
            assert work.session.execute(forgotten).scalar_one() == "secret"


def test_R07_the_page_says_what_was_done_what_could_not_be_and_whom_to_call(office: Office) -> None:
    who, report_id = office.officer(), uuid4()
    raised = Reclassification(
        report_id=report_id, number="2026-0000001", receipt_numbers=["2026-0000001"], unit_id=office.unit_id,
        unit_name="和平区", secrecy=Secrecy.SECRET, raised_by="王芳", raised_at=office.clock.now(),
    )
    told = Told(
        person_name="李强", message="draft.offered", channel=Channel.EMAIL, state=DeliveryState.SENT,
        sent_at=office.clock.now(),
    )

    def unheard(_: Any) -> Any:
        raise NotFound("没有这条信息的密级调整记录。", "Not heard of yet.")

    office.calls.answers |= {"intake.raise_secrecy": lambda _: raised, "intake.get_reclassification": lambda _: raised}
    office.calls.answers["notify.list_told"] = unheard
    path = f"/reports/{report_id}/secrecy"
    token = who.headers["X-CSRFToken"]
    sent = who.client.post(path, data={"csrf_token": token, "secrecy": "secret", "secrecy_reason": "误报"})
    assert (sent.status_code, sent.headers["Location"]) == (303, path)
    assert "稍后刷新" in who.get(path).text
    office.calls.answers["notify.list_told"] = lambda _: ToldPeople(told=[told], cancelled=2)
    page = who.get(path).text
    assert all(word in page for word in ("取消 2 条", "李强", "送签提醒", "保密人员"))


def uploaded_by(who: Signed, words: str) -> dict[str, Any]:
    answer = who.client.post(
        "/v1/attachments", query_string={"name": "图.txt"}, data=words.encode(), headers=who.headers,
        content_type="application/octet-stream",
    )
    return {name: value for name, value in answer.json.items() if name != "verdict"}


def given(who: Signed, file: dict[str, Any]) -> int:
    with closing(who.get(f"/v1/attachments/{file['digest']}")) as answer:
        return answer.status_code


def with_files(office: Office, *files: dict[str, Any]) -> Receipt:
    answer = office.signed_report(office.leader(), report() | {"attachments": list(files)})
    return Receipt.model_validate_json(answer.data)


def test_R07_files_of_a_raised_report_are_given_to_its_unit_no_more_and_others_are(office: Office) -> None:
    officer, client, clerk = office.officer(), office.api_client(), office.api_client()
    secret, open_file = uploaded_by(officer, WORD), uploaded_by(officer, "值班表")
    receipt = with_files(office, secret)
    with_files(office, open_file)
    assert [given(who, secret) for who in (officer, client)] == [200, 200]
    office.clock.advance(timedelta(minutes=1))
    hear(office, receipt)
    for who in (officer, client, clerk):
        assert [given(who, file) for file in (secret, open_file)] == [404, 200]


def test_R07_nobody_has_a_withheld_file_back_by_naming_its_digest(office: Office) -> None:
    officer, client = office.officer(), office.api_client()
    secret = uploaded_by(officer, WORD)
    receipt = with_files(office, secret)
    office.clock.advance(timedelta(minutes=1))
    hear(office, receipt)
    content = report() | {"attachments": [secret]}
    draft = officer.post("/v1/drafts", {"content": content})
    signer = str(office.add_person("李强", Role.RESPONSIBLE_LEADER))
    act = {"content": content, "author_name": "王芳", "signer_id": signer}
    signed = client.post("/v1/reports", act, Idempotency_Key="k")
    wrong = (422, "/content/attachments/0")
    assert [(one.status_code, one.json["pointer"]) for one in (draft, signed)] == [wrong, wrong]
    office.clock.advance(timedelta(minutes=1))
    assert uploaded_by(officer, WORD) == secret  # whoever has the bytes may use them
    assert client.post("/v1/reports", act, Idempotency_Key="k").status_code == 202


def test_R07_a_file_that_only_a_draft_of_the_report_named_is_withheld_too(office: Office) -> None:
    officer, receipt = office.officer(), submitted(office)
    before, after = uploaded_by(officer, WORD), uploaded_by(officer, f"{WORD}二")
    draft_id = uuid4()
    office.calls.answers["intake.save_draft"] = drafted(office, officer)

    def save(file: dict[str, Any], **changes: Any) -> int:
        content = report(**changes) | {"attachments": [file]}
        return officer.send("PUT", f"/v1/drafts/{draft_id}", {"content": content}).status_code

    assert save(before) == 200
    assert save(after, report_id=str(receipt.report_id)) == 200
    office.clock.advance(timedelta(minutes=1))
    hear(office, receipt, known_as=[receipt.report_id, draft_id])
    assert [given(officer, file) for file in (before, after)] == [404, 404]
