"""R07: corrections and withdrawals are signed versions; history is kept, the urgent clock too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contracts.events.gateway import AmendmentTold, ReportAccepted
from contracts.events.intake import ReportCorrected, ReportRegistered, ReportWithdrawn
from contracts.events.review import ReportAdopted, ReportKept
from contracts.rpc import intake as rpc
from contracts.rpc.amendments import Amendments
from contracts.rpc.content import Amendment
from contracts.rpc.differences import RunKind
from contracts.rpc.report_versions import ReportDifferences, ReportVersionPair
from contracts.vocabulary import AmendmentAct, DeadlineKind, DeadlineOutcome, ReportState, Role
from kernel.deadlines.model import Deadline
from kernel.errors import Conflict, Invalid, NotFound
from kernel.ids import new_id
from kernel.principal import Principal
from tests.factories.intake import DUE, JINNAN, OCCURRED, AcceptedFactory, ChainFactory, ContentFactory, PersonFactory
from tests.integration.intake.conftest import Office

OFFICER, STRANGER = PersonFactory.officer(), PersonFactory.officer(JINNAN)
EDITOR = PersonFactory.of_the_city(Role.EDITOR)
HOUR = timedelta(hours=1)


def amended(first: ReportAccepted, act: AmendmentAct, version: int = 2, **changes: Any) -> ReportAccepted:
    values = {
        "receipt_number": f"{first.receipt_number[:-1]}{version}x", "version": version,
        "received_at": first.received_at + version * HOUR, "amendment": AmendmentTold(act=act, reason="数字有误"),
    } | changes  # fmt: skip
    return first.model_copy(update=values)


def corrected(first: ReportAccepted, version: int = 2, **changes: Any) -> ReportAccepted:
    return amended(first, AmendmentAct.CORRECTION, version, **changes)


def withdrawn(first: ReportAccepted, version: int = 2, **changes: Any) -> ReportAccepted:
    return amended(first, AmendmentAct.WITHDRAWAL, version, **changes)


def history(office: Office, report: ReportAccepted) -> Amendments:
    shown: Amendments = office.call("list_amendments", rpc.ReportId(report_id=report.report_id), EDITOR)
    return shown


def desk(kind: type[Any], report: ReportAccepted, **facts: Any) -> Any:
    told = {name: getattr(report, name) for name in ("report_id", "receipt_number", "unit_id", "title")}
    return kind(**told, **facts)


def test_R07_a_correction_is_told_with_its_reason_and_shows_what_changes_by_field(office: Office) -> None:
    first = AcceptedFactory.urgent_in_time()
    office.accept(first, corrected(first, body="三人受伤。", place=None))
    (told,) = office.told(ReportCorrected)
    assert (told.version, told.reason, told.signed_by) == (2, "数字有误", "赵强")
    (shown,) = history(office, first).items
    assert [(one.field, one.earlier, one.later) for one in shown.fields] == [("place", first.place, None)]
    before = "".join(run.text for run in shown.body if run.kind is not RunKind.ADDED)
    after = "".join(run.text for run in shown.body if run.kind is not RunKind.REMOVED)
    assert (before, after) == (first.body, "三人受伤。")
    assert [told.version for told in office.told(ReportRegistered)] == [1, 2]


def test_R07_a_withdrawal_takes_the_report_out_of_work_and_leaves_its_text_as_it_was(office: Office) -> None:
    first = AcceptedFactory.development()
    office.accept(first, withdrawn(first, title="撤回", body="撤回"))
    report = office.report(first.report_id, OFFICER)
    assert (report.state, report.title, report.version) == (ReportState.WITHDRAWN, first.title, 2)
    assert len(office.told(ReportWithdrawn)) == 1
    shown = history(office, first).items[0]
    assert (shown.title, shown.body, shown.fields) == ([], [], [])


@pytest.mark.parametrize("event", [ReportKept, ReportAdopted])
def test_R07_no_decision_of_the_desk_brings_a_withdrawn_report_back(office: Office, event: type[Any]) -> None:
    first = AcceptedFactory.development()
    second = withdrawn(first)
    office.accept(first, second)
    adoption = {"adoption_id": new_id(), "publication_code": "daily", "issue_id": new_id(), "adopted_by": "周静"}
    for version, report in enumerate((first, second), 1):
        told = desk(event, report, **(adoption if event is ReportAdopted else {}))
        office.harness.deliver(told, first.report_id, version)
    assert office.report(first.report_id, OFFICER).state is ReportState.WITHDRAWN


def test_R07_doubles_and_any_order_end_alike(office: Office) -> None:
    first = AcceptedFactory.development()
    versions = [first, corrected(first, 2, body="更正。"), withdrawn(first, 3)]
    for version in reversed(versions):
        office.accept(version, version)
    office.harness.retry()
    office.harness.retry()
    report = office.report(first.report_id, OFFICER)
    assert (report.state, report.version, report.body) == (ReportState.WITHDRAWN, 3, "更正。")
    assert [one.act for one in history(office, first).items] == [AmendmentAct.CORRECTION, AmendmentAct.WITHDRAWAL]


def test_R07_any_two_signed_versions_are_compared_and_a_withdrawal_stands_for_what_it_takes_back(
    office: Office,
) -> None:
    first = AcceptedFactory.development(body="三人受伤。")
    office.accept(first, corrected(first, 2, body="五人受伤。"), withdrawn(first, 3, body="撤回。"))

    def compared(by: Principal = EDITOR, **pair: int) -> ReportDifferences:
        shown: ReportDifferences = office.call(
            "report_differences", ReportVersionPair(report_id=first.report_id, **pair), by
        )
        return shown

    newest, chosen = compared(), compared(earlier=1, later=3)
    assert [(each.version, each.act) for each in newest.versions] == [
        (3, AmendmentAct.WITHDRAWAL), (2, AmendmentAct.CORRECTION), (1, None),
    ]  # fmt: skip
    assert (newest.earlier, newest.later, {run.kind for run in newest.body}) == (2, 3, {RunKind.SAME})
    assert [run.text for run in chosen.body] == ["三", "五", "人受伤。"]
    for by, pair in ((EDITOR, {"earlier": 1, "later": 4}), (STRANGER, {})):
        with pytest.raises(NotFound):
            compared(by, **pair)


def test_R04_a_corrected_urgent_first_report_keeps_its_clock(office: Office) -> None:
    first = AcceptedFactory.urgent_in_time()
    office.accept(first, corrected(first, received_at=DUE + HOUR, body="更正。"))
    (deadline,) = office.deadlines(EDITOR)
    assert (deadline.outcome, deadline.settled_at) == (DeadlineOutcome.MET, DUE)


def test_R04_a_withdrawn_first_report_owes_nothing_more_and_stays_late(office: Office) -> None:
    first = ChainFactory.first(DUE + timedelta(seconds=1))
    office.accept(first, ChainFactory.follow_up(first, DUE + HOUR), withdrawn(first))
    with office.harness.database.reading() as session:
        outcomes = {(row.kind, row.outcome) for row in session.query(Deadline)}
    assert (DeadlineKind.URGENT_REPORT, "missed") in outcomes
    assert (DeadlineKind.FOLLOW_UP, "open") not in outcomes
    assert (DeadlineKind.FOLLOW_UP, "waived") in outcomes


def test_R07_a_draft_corrects_what_was_not_returned_but_not_what_was_withdrawn(office: Office) -> None:
    first = AcceptedFactory.development()
    office.accept(first)
    why = Amendment(act=AmendmentAct.CORRECTION, reason="数字有误")
    content = ContentFactory.development(report_id=first.report_id, amendment=why)
    draft = office.save(content, OFFICER)
    assert office.offer(draft, OFFICER).content.amendment == why
    office.accept(withdrawn(first))
    with pytest.raises(Conflict):
        office.save(content, OFFICER)
    with pytest.raises(Invalid):
        office.save(ContentFactory.development(amendment=why), OFFICER)
    with pytest.raises(Invalid):
        office.save(content, STRANGER)


def test_R07_another_units_history_is_not_there(office: Office) -> None:
    first = AcceptedFactory.development(OCCURRED)
    office.accept(first, corrected(first))
    with pytest.raises(NotFound):
        office.call("list_amendments", rpc.ReportId(report_id=first.report_id), STRANGER)
