"""R07: a wrong secrecy class is raised at once; nothing of title or text is left for people without clearance."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from contracts.events.gateway import ReportAccepted
from contracts.events.intake import ChainClosed, ReportAcknowledged, ReportReclassified, ReportRegistered
from contracts.rpc import draft_versions as versions_rpc
from contracts.rpc import drafts as drafts_rpc
from contracts.rpc import incidents as incidents_rpc
from contracts.rpc import intake as rpc
from contracts.rpc.chains import Chain
from contracts.rpc.deadlines import Deadlines, ListDeadlines, TimelinessQuery
from contracts.rpc.secrecy import WITHHELD_TITLE, RaiseSecrecy, Reclassification
from contracts.rpc.similar import SimilarReportsQuery, SimilarToText
from contracts.rpc.urgent import ListPreReports, ReportOccurrenceQuery
from contracts.vocabulary import Role, Secrecy
from kernel.errors import Conflict, NotFound, Refusal
from kernel.ids import new_id
from kernel.principal import Principal
from tests.factories.intake import DUE, JINNAN, AcceptedFactory, ContentFactory, PersonFactory
from tests.factories.review import at_once
from tests.integration.intake.conftest import Office

OFFICER, LEADER, STRANGER = PersonFactory.officer(), PersonFactory.leader(), PersonFactory.officer(JINNAN)
EDITOR, DUTY = PersonFactory.of_the_city(Role.EDITOR), PersonFactory.of_the_city(Role.DUTY_OFFICER)
CLEARED = Principal(EDITOR.id, EDITOR.name, None, EDITOR.roles, clearance="secret")
WORD = "凤凰山军用机场"
CONTENT = ContentFactory.urgent(f"{WORD}发生火情", place=f"{WORD}东侧").model_copy(update={"body": f"{WORD}油库起火。"})


def raise_class(office: Office, accepted: ReportAccepted, who: Principal = OFFICER, **changes: Any) -> Reclassification:
    request = {"report_id": accepted.report_id, "secrecy": Secrecy.SECRET, "reason": f"误报{WORD}"} | changes
    raised: Reclassification = office.call("raise_secrecy", RaiseSecrecy(**request), who)
    return raised


def _of_draft(draft_id: UUID) -> list[tuple[str, Any]]:
    one, typed = drafts_rpc.DraftId(draft_id=draft_id), {"title": "另一标题", "body": "另一正文。"}
    return [
        ("get_draft", one), ("draft_findings", one),
        ("list_draft_versions", versions_rpc.ListDraftVersions(draft_id=draft_id)),
        ("get_draft_version", versions_rpc.DraftVersionId(draft_id=draft_id, version=3)),
        ("draft_differences", versions_rpc.DraftVersionPair(draft_id=draft_id, earlier=2, later=3)),
        ("compare_draft", versions_rpc.CompareDraft(draft_id=draft_id, **typed)),
    ]  # fmt: skip


def everything(office: Office, accepted: ReportAccepted, who: Principal) -> str:
    """All that intake answers this person about it, refusals included."""
    one = rpc.ReportId(report_id=accepted.report_id)
    asked: list[tuple[str, Any]] = [
        ("list_reports", rpc.ListReports()), ("list_reports", rpc.ListReports(q=WORD)), ("get_report", one),
        ("get_chain", one), ("get_reclassification", one), ("list_deadlines", ListDeadlines()),
        ("get_occurrence", ReportOccurrenceQuery(report_id=accepted.report_id)),
        ("list_pre_reports", ListPreReports()), ("list_incidents", incidents_rpc.ListIncidents()),
        ("list_drafts", drafts_rpc.ListDrafts()), ("acknowledge_report", one),
        ("list_amendments", one), ("similar_reports", SimilarReportsQuery(report_id=accepted.report_id)),
        ("similar_to_text", SimilarToText(kind=CONTENT.kind, title=CONTENT.title, body="油库起火。" * 20)),
        *(_of_draft(accepted.draft_id) if accepted.draft_id else ()),
    ]  # fmt: skip
    answers = []
    for method, request in asked:
        try:
            answers.append(office.call(method, request, who).model_dump_json())
        except Refusal as refusal:
            answers.append(f"{refusal.detail_zh}{refusal.extra}")
    return "\n".join(answers)


def submitted(office: Office) -> ReportAccepted:
    """Written, offered, signed, registered, its incident opened."""
    draft = office.save(CONTENT, OFFICER)
    office.offer(draft, OFFICER)
    accepted = AcceptedFactory.of(CONTENT, DUE, draft_id=draft.draft_id)
    office.accept(accepted)
    opened = incidents_rpc.OpenIncident(
        incident_id=new_id(), report_id=accepted.report_id, title=f"{WORD}火情", reason="同一事件"
    )
    office.call("open_incident", opened, EDITOR)
    return accepted


@pytest.mark.parametrize("who", [OFFICER, LEADER, EDITOR, DUTY, STRANGER])
def test_R07_nothing_of_title_or_text_is_left_for_whoever_is_not_cleared(office: Office, who: Principal) -> None:
    accepted = submitted(office)
    assert (WORD in everything(office, accepted, who)) == (who is not STRANGER)
    raise_class(office, accepted)
    assert WORD not in everything(office, accepted, who)


def test_R07_whoever_is_cleared_reads_it_still(office: Office) -> None:
    accepted = submitted(office)
    raise_class(office, accepted)
    assert office.report(accepted.report_id, CLEARED).title == CONTENT.title
    chain: Chain = office.call("get_chain", rpc.ReportId(report_id=accepted.report_id), CLEARED)
    assert chain.title == CONTENT.title


def test_R07_counts_leave_it_out_as_lists_do(office: Office) -> None:
    accepted = submitted(office)
    raise_class(office, accepted)
    assert office.call("urgent_timeliness", TimelinessQuery(), EDITOR).rows == []
    assert office.call("unit_timeliness", Deadlines(), EDITOR).rows == []
    assert office.deadlines(EDITOR) == []


def test_R07_events_carry_nothing_of_it(office: Office) -> None:
    accepted = submitted(office)
    raise_class(office, accepted)
    office.call("acknowledge_report", rpc.ReportId(report_id=accepted.report_id), _cleared(DUTY))
    (told,), (acknowledged,) = office.told(ReportReclassified), office.told(ReportAcknowledged)
    assert (told.secrecy, told.known_as) == (Secrecy.SECRET, [accepted.report_id, accepted.draft_id])
    assert acknowledged.title == WITHHELD_TITLE
    assert WORD not in told.model_dump_json()
    assert office.told(ChainClosed) == []


def test_R07_a_later_version_does_not_lower_the_class_and_is_told_with_it(office: Office) -> None:
    accepted = submitted(office)
    raise_class(office, accepted)
    office.accept(AcceptedFactory.of(CONTENT, DUE, report_id=accepted.report_id, version=2))
    assert [told.secrecy for told in office.told(ReportRegistered)] == [Secrecy.UNCLASSIFIED, Secrecy.SECRET]
    assert WORD not in everything(office, accepted, EDITOR)


def test_R07_a_class_is_only_raised_and_by_nobody_who_may_not_see_the_report(office: Office) -> None:
    accepted = submitted(office)
    with pytest.raises(Conflict, match="only be raised"):
        raise_class(office, accepted, secrecy=Secrecy.UNCLASSIFIED)
    with pytest.raises(NotFound):
        raise_class(office, accepted, STRANGER)
    raise_class(office, accepted)
    with pytest.raises(Conflict):
        raise_class(office, accepted, CLEARED, secrecy=Secrecy.INTERNAL)
    assert raise_class(office, accepted, CLEARED, secrecy=Secrecy.TOP_SECRET).secrecy is Secrecy.TOP_SECRET


def test_R07_however_many_raise_it_at_once_it_is_raised_once(office: Office) -> None:
    accepted = submitted(office)
    outcomes = at_once(*(lambda: raise_class(office, accepted) for _ in range(5)))
    assert sum(isinstance(outcome, Reclassification) for outcome in outcomes) == 1
    assert len(office.told(ReportReclassified)) == 1


def test_R07_what_was_done_is_shown_to_the_own_unit_and_to_nobody_elses(office: Office) -> None:
    accepted = submitted(office)
    raise_class(office, accepted)
    one = rpc.ReportId(report_id=accepted.report_id)
    shown: Reclassification = office.call("get_reclassification", one, LEADER)
    assert (shown.secrecy, shown.raised_by, shown.number) == (Secrecy.SECRET, OFFICER.name, accepted.receipt_number)
    with pytest.raises(NotFound):
        office.call("get_reclassification", one, STRANGER)


def _cleared(who: Principal) -> Principal:
    return Principal(who.id, who.name, who.unit_id, who.roles, clearance="secret")
