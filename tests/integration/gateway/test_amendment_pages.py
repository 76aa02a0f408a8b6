"""R07: a correction begins with what was reported, and what it changed is marked in the text on the report's page."""

from __future__ import annotations

from uuid import uuid4

import pytest

from contracts.rpc.amendments import Amendments, AmendmentShown
from contracts.rpc.content import Amendment
from contracts.rpc.differences import FieldDifference, Run, RunKind
from contracts.rpc.intake import ReportPage
from contracts.rpc.report_versions import ReportDifferences, ReportVersionPair, SignedVersion
from contracts.vocabulary import AmendmentAct, ReportState
from tests.factories.gateway_office import Office
from tests.integration.gateway.test_console import drafted, refusing, send, unavailable
from tests.integration.gateway.test_incident_form import WHOLE, page_fields, registered, sent_as_shown


def test_R07_two_signed_versions_are_compared_on_a_page_of_their_own(office: Office) -> None:
    version = SignedVersion(
        version=2, receipt_number="2026-0000002", received_at=office.clock.now(), signer_name="李强",
        act=AmendmentAct.CORRECTION, reason="统计口径有误",
    )  # fmt: skip
    found = ReportDifferences(
        report_id=uuid4(), number="2026-0000001", earlier=1, later=2, title=[], fields=[],
        body=[Run(kind=RunKind.REMOVED, text="三人"), Run(kind=RunKind.ADDED, text="<五人>")],
        versions=[version, version.model_copy(update={"version": 1, "act": None, "reason": None})],
    )  # fmt: skip
    asked: list[ReportVersionPair] = []
    office.calls.answers["intake.report_differences"] = lambda request: asked.append(request) or found
    page = office.officer().get(f"/reports/{found.report_id}/versions?from=1&to=2").text
    for part in ("第 1 版 → 第 2 版", "<del>三人</del><ins>&lt;五人&gt;</ins>", "理由：统计口径有误"):
        assert part in page
    assert (asked[0].earlier, asked[0].later) == (1, 2)


@pytest.mark.parametrize("act", AmendmentAct)
def test_R07_an_amendment_begins_with_everything_that_was_reported_and_carries_its_reason(
    office: Office, act: AmendmentAct
) -> None:
    officer, report = office.officer(), registered(office, WHOLE, state=ReportState.ADOPTED)
    office.calls.answers |= {
        "intake.get_report": lambda _: report, "intake.list_reports": lambda _: ReportPage(items=[]),
        "intake.save_draft": drafted(office, officer),
    }  # fmt: skip
    page = officer.get(f"/drafts/new?report_id={report.report_id}&amend={act}")
    content = sent_as_shown(office, officer, page, amendment_reason="统计口径有误")
    amendment = Amendment(act=act, reason="统计口径有误")
    assert content == WHOLE.model_copy(update={"report_id": report.report_id, "amendment": amendment})


def test_R07_an_amendment_without_a_reason_is_refused_and_nothing_typed_is_lost(office: Office) -> None:
    officer, report = office.officer(), registered(office, WHOLE, state=ReportState.ADOPTED)
    office.calls.answers |= {
        "intake.get_report": lambda _: report, "intake.list_reports": lambda _: ReportPage(items=[]),
    }  # fmt: skip
    form = page_fields(officer.get(f"/drafts/new?report_id={report.report_id}&amend=correction"))
    answer = send(officer, "/drafts", **form | {"body": "改正后的正文。"})
    assert (answer.status_code, 'id="reason-fault"' in answer.text) == (422, True)
    assert "改正后的正文。" in answer.text


def test_R07_the_page_marks_what_a_correction_changed(office: Office) -> None:
    officer, report = office.officer(), registered(office, WHOLE, version=2)
    shown = AmendmentShown(
        version=2, receipt_number="2026-0000002", act=AmendmentAct.CORRECTION, reason="统计口径有误",
        signer_name="李强", received_at=office.clock.now(), title=[Run(kind=RunKind.SAME, text="一商场起火")],
        body=[Run(kind=RunKind.REMOVED, text="三人"), Run(kind=RunKind.ADDED, text="五人")],
        fields=[FieldDifference(field="incident.figures.dead", earlier=3, later=5)],
    )
    office.calls.answers |= {
        "intake.get_report": lambda _: report, "intake.get_occurrence": refusing(unavailable),
        "intake.list_amendments": lambda _: Amendments(items=[shown]),
    }  # fmt: skip
    page = officer.get(f"/reports/{uuid4()}").text
    for part in ("统计口径有误", "<del>三人</del><ins>五人</ins>", "死亡"):
        assert part in page
