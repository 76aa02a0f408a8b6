"""交办通知单 and 催办单: numbered once, kept as issued, printed again the same (R17)."""

from __future__ import annotations

import base64
import io
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from contracts.events.intake import ReportReclassified
from contracts.events.supervision import NoticeIssued
from contracts.rpc.notices import Notice, NoticeKind
from contracts.rpc.secrecy import WITHHELD_TITLE
from contracts.vocabulary import Secrecy
from kernel.errors import Conflict, Forbidden, NotFound
from services.review.model.notices import Notice as Kept
from tests.factories.review import (
    FOREIGN_OFFICER,
    HEPING,
    LEADER,
    NOW,
    OFFICER,
    SUPERVISOR,
    ReviewOffice,
    at_once,
    feedback,
)
from tests.support.pdf_measures import Measured

DAY = timedelta(days=1)
ASSIGNMENT, CHASING = NoticeKind.ASSIGNMENT, NoticeKind.CHASING


def issue(office: ReviewOffice, assignment_id: UUID, kind: NoticeKind = ASSIGNMENT) -> Notice:
    notice: Notice = office.do(
        "issue_notice", SUPERVISOR, assignment_id=assignment_id, notice_id=uuid4(), kind=kind
    )  # fmt: skip
    return notice


def printed(office: ReviewOffice, assignment_id: UUID, by: Any = OFFICER, **fields: Any) -> str:
    """All words of the assignment notice."""
    file = office.do("get_assignment_notice", by, assignment_id=assignment_id, **fields)
    return Measured(base64.b64decode(file.content_base64)).whole_text()


def test_R17_a_notice_is_numbered_when_it_is_issued_and_stands_everywhere_under_its_number(
    office: ReviewOffice,
) -> None:
    assignment = office.assign()
    notice = issue(office, assignment.assignment_id)
    assert (notice.number, notice.issued_by, notice.issued_at) == ("督〔2026〕1号", SUPERVISOR.name, NOW)
    assert "督〔2026〕1号" in printed(office, assignment.assignment_id)
    assert office.assignment(assignment.assignment_id).notices == [notice]
    (row,) = office.do("list_supervision_ledger", SUPERVISOR).items
    assert row.notices == ["督〔2026〕1号"]
    (told,) = office.told(NoticeIssued)
    assert (told.number, told.unit_id, told.kind) == ("督〔2026〕1号", HEPING, ASSIGNMENT)


def test_R17_a_reprint_is_the_same_to_the_byte_whatever_has_changed_since(office: ReviewOffice) -> None:
    assignment = office.assign()
    issue(office, assignment.assignment_id)
    named = {"assignment_id": assignment.assignment_id}
    first = {kind: office.do("get_assignment_notice", OFFICER, **named, format=kind) for kind in ("pdf", "docx")}
    assert first["docx"].name == f"交办通知单督〔2026〕1号：{assignment.report_title}.docx"
    office.harness.clock.at = NOW + 3 * DAY
    asked = {**named, "extension_id": uuid4()}
    office.do(
        "ask_extension", OFFICER, **asked, reason="会签", progress="初稿", wanted_due_at=assignment.due_at + DAY
    )  # fmt: skip
    office.do("grant_extension", SUPERVISOR, **asked)
    for kind, file in first.items():
        assert office.do("get_assignment_notice", SUPERVISOR, **named, format=kind) == file


def test_R17_fifty_at_once_get_fifty_numbers_without_a_gap(office: ReviewOffice) -> None:
    assignments = office.instruct(*[HEPING] * 50).assignments
    results = at_once(*[partial(issue, office, one.assignment_id) for one in assignments])
    assert {notice.number for notice in results} == {f"督〔2026〕{number}号" for number in range(1, 51)}


def test_R17_one_notice_issued_by_many_at_once_is_issued_once(office: ReviewOffice) -> None:
    assignment = office.assign()
    results = at_once(*[partial(issue, office, assignment.assignment_id)] * 8)
    assert [type(result) for result in results].count(Conflict) == 7
    assert len(office.told(NoticeIssued)) == 1
    assert issue(office, office.assign().assignment_id).number == "督〔2026〕2号"  # those refused took none


def test_R17_both_kinds_share_the_word_and_a_new_year_begins_with_one(office: ReviewOffice) -> None:
    assignment = office.assign(due_in=60 * DAY)
    issue(office, assignment.assignment_id)
    assert issue(office, assignment.assignment_id, CHASING).number == "督〔2026〕2号"
    with pytest.raises(Conflict, match="督〔2026〕2号"):
        issue(office, assignment.assignment_id, CHASING)  # one a day
    office.harness.clock.at = NOW + 40 * DAY
    again = issue(office, assignment.assignment_id, CHASING)
    assert again.number == "督〔2027〕1号"
    former = office.assignment(assignment.assignment_id).notices[1]
    named = {"assignment_id": assignment.assignment_id}
    assert "2026" in office.do("get_chasing_notice", OFFICER, **named, notice_id=former.notice_id).name
    assert "2027" in office.do("get_chasing_notice", OFFICER, **named).name
    with pytest.raises(NotFound):
        office.do("get_assignment_notice", OFFICER, **named, notice_id=former.notice_id)


def test_R17_before_it_is_issued_the_office_sees_a_proof_and_the_unit_nothing(office: ReviewOffice) -> None:
    assignment = office.assign()
    named = {"assignment_id": assignment.assignment_id}
    assert "未签发" in printed(office, assignment.assignment_id, SUPERVISOR)
    with pytest.raises(NotFound, match="has been issued yet"):
        office.do("get_assignment_notice", OFFICER, **named)
    issue(office, assignment.assignment_id)
    with pytest.raises(NotFound):
        office.do("get_assignment_notice", FOREIGN_OFFICER, **named)
    for other in (OFFICER, LEADER):
        with pytest.raises(Forbidden):
            office.do("issue_notice", other, **named, notice_id=uuid4(), kind=CHASING)


def test_R17_who_has_answered_is_not_chased_but_what_was_issued_is_printed_again(office: ReviewOffice) -> None:
    assignment, other = office.assign(), office.assign()
    issue(office, assignment.assignment_id, CHASING)
    for one in (assignment, other):
        office.register(feedback(one.assignment_id, NOW))
        with pytest.raises(Conflict):
            issue(office, one.assignment_id, CHASING)
    assert office.do("get_chasing_notice", OFFICER, assignment_id=assignment.assignment_id).name.startswith("催办单督")
    with pytest.raises(NotFound, match="nothing to chase"):
        office.do("get_chasing_notice", SUPERVISOR, assignment_id=other.assignment_id)


def test_R17_no_notice_is_issued_of_what_is_done(office: ReviewOffice) -> None:
    named = {"assignment_id": office.assign().assignment_id}
    office.register(feedback(named["assignment_id"], NOW))
    office.do("accept_feedback", SUPERVISOR, **named)
    with pytest.raises(Conflict, match="It is done"):
        issue(office, named["assignment_id"])
    with pytest.raises(NotFound, match="It is done"):
        office.do("get_assignment_notice", SUPERVISOR, **named)


def test_R07_the_title_of_what_was_raised_since_is_on_no_reprint(office: ReviewOffice) -> None:
    instruction = office.instruct(HEPING)
    (assignment,) = instruction.assignments
    notice = issue(office, assignment.assignment_id)
    raised = ReportReclassified(
        report_id=instruction.report_id, number="2026-0000001", unit_id=HEPING, secrecy=Secrecy.CONFIDENTIAL,
        known_as=[instruction.report_id], deadline_ids=[], raised_by="孙保密员", raised_at=NOW,
    )  # fmt: skip
    office.harness.deliver(raised, instruction.report_id, 2)
    text = printed(office, assignment.assignment_id)
    assert assignment.report_title not in text
    assert WITHHELD_TITLE in text
    with office.harness.database.reading() as session:
        (kept,) = session.scalars(select(Kept))
        assert assignment.report_title not in str(kept.content)
    assert office.assignment(assignment.assignment_id).notices == [notice]


def test_R17_the_spreadsheet_of_the_ledger_names_the_numbers(office: ReviewOffice) -> None:
    issue(office, office.assign().assignment_id)
    file = office.do("export_supervision_ledger", SUPERVISOR)
    sheet = load_workbook(io.BytesIO(base64.b64decode(file.content_base64))).active
    assert "督〔2026〕1号" in [cell.value for row in sheet.iter_rows() for cell in row]
