"""R18, R03: from the report's side an editor sees what it answers, and what of that counts nowhere and why."""

from __future__ import annotations

from uuid import uuid4

import pytest

from contracts.events.gateway import ReferenceTold
from contracts.events.intake import ReportReclassified
from contracts.rpc.answered import Answered, AnswerStanding
from contracts.rpc.commissions import Quality
from contracts.vocabulary import Secrecy
from kernel.errors import Forbidden, NotFound
from services.review.model.commissions import task_id
from tests.factories.review import EDITOR, HANGU, HEPING, NOW, OFFICER, ReviewOffice, new_version
from tests.integration.review.test_commissions import COMMISSION, DAY, answer, issue
from tests.integration.review.test_guidance import FIRST, NOVEMBER, SECOND, issued
from tests.integration.review.test_guidance import answer as point_answer


def answered(office: ReviewOffice, report_id: object) -> Answered:
    found: Answered = office.do("answered_by_report", EDITOR, report_id=report_id)
    return found


def test_R18_the_desk_tells_which_commission_a_report_answers_with_its_mark(office: ReviewOffice) -> None:
    issue(office, unit_ids=[HEPING])
    report = answer()
    office.register(report, new_version(report, received_at=NOW + 2 * DAY))
    part = task_id(COMMISSION, HEPING)
    office.do("mark_answer", EDITOR, task_id=part, quality=Quality.B)
    (one,) = answered(office, report.report_id).commissions
    assert (one.subject, one.task_id, one.quality, one.standing) == (
        "冬季供热准备情况", part, Quality.B, AnswerStanding.COUNTED,
    )  # fmt: skip


def test_R18_an_answer_that_counts_nowhere_says_why(office: ReviewOffice) -> None:
    issue(office, unit_ids=[HEPING])
    foreign, unknown = answer(unit_id=HANGU), answer(commission_id=uuid4())
    office.do("withdraw_commission", EDITOR, commission_id=COMMISSION, reason="省里取消")
    surplus = answer(NOW + DAY)
    office.register(foreign, unknown, surplus)
    found = [answered(office, report.report_id).commissions for report in (foreign, unknown, surplus)]
    assert [one.standing.value for (one,) in found] == ["foreign", "unmatched", "surplus"]


def test_R03_the_desk_tells_which_points_a_report_answers_and_which_were_not_issued_to_its_unit(
    office: ReviewOffice,
) -> None:
    issued(office, unit_ids=[HEPING], unit_classes=[])
    own, foreign = point_answer(SECOND, FIRST), point_answer(FIRST, unit_id=HANGU)
    office.register(own, foreign)
    assert [(one.guidance_id, one.number, one.addressed) for one in answered(office, own.report_id).points] == [
        (NOVEMBER, 1, True), (NOVEMBER, 2, True),
    ]  # fmt: skip
    assert [one.addressed for one in answered(office, foreign.report_id).points] == [False]
    office.register(new_version(own, reference=ReferenceTold(title="要点", point_ids=[SECOND])))
    assert [one.number for one in answered(office, own.report_id).points] == [2]


def test_R07_what_a_report_above_the_reader_answers_is_told_to_nobody(office: ReviewOffice) -> None:
    report = answer()
    office.register(report)
    with pytest.raises(Forbidden):
        office.do("answered_by_report", OFFICER, report_id=report.report_id)
    raised = ReportReclassified(
        report_id=report.report_id, number=report.number, unit_id=HEPING, secrecy=Secrecy.SECRET, known_as=[],
        deadline_ids=[], raised_by="钱信息员", raised_at=NOW,
    )  # fmt: skip
    office.harness.deliver(raised, report.report_id)
    with pytest.raises(NotFound):
        answered(office, report.report_id)
