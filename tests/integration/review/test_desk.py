"""The desk with its events, its queue and its races (notice 三(一))."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.events import review as events
from contracts.events.issues import IssueItemWithdrawn
from contracts.vocabulary import DeskState, Level, Outcome, Secrecy, Severity, UnitClass
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from kernel.principal import Principal
from services.review.queries.desk import SEARCHED_BACK
from tests.factories.review import (
    CHIEF,
    EDITOR,
    HANGU,
    NOW,
    OFFICER,
    OTHER_EDITOR,
    ReviewOffice,
    at_once,
    new_version,
    registered,
    signed,
    urgent,
)

MINUTE = timedelta(minutes=1)


def test_R11_a_registered_report_waits_on_the_desk_and_is_told_once(office: ReviewOffice) -> None:
    report = registered()
    office.register(report, report)
    assert office.item(report).state == DeskState.WAITING
    assert [event.report_id for event in office.told(events.ReportQueued)] == [report.report_id]


def test_R11_the_queue_shows_urgent_first_then_the_oldest_page_by_page(office: ReviewOffice) -> None:
    old, young = registered(received_at=NOW - MINUTE), registered(received_at=NOW)
    general, major = urgent(Severity.GENERAL), urgent(Severity.MAJOR)
    office.register(young, general, old, major)
    shown, cursor = [], None
    while True:
        page = office.do("list_queue", EDITOR, limit=1, cursor=cursor)
        shown += [item.report_id for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert shown == [report.report_id for report in (major, general, old, young)]


def test_R11_the_queue_is_what_is_not_decided_and_is_searched_in_any_width(office: ReviewOffice) -> None:
    found, other, kept = registered(title="ＧＤＰ增长百分之八_上半年"), registered(), registered()
    office.register(found, other, kept)
    office.do("keep_report", EDITOR, report_id=kept.report_id)
    assert {item.report_id for item in office.do("list_queue", EDITOR).items} == {found.report_id, other.report_id}
    assert [item.report_id for item in office.do("list_queue", EDITOR, q="gdp").items] == [found.report_id]
    assert [item.report_id for item in office.do("list_queue", EDITOR, q="八_上").items] == [found.report_id]
    assert office.do("list_queue", EDITOR, q="%").items == []
    assert [item.report_id for item in office.do("list_queue", EDITOR, state="decided").items] == [kept.report_id]


def test_R11_what_is_above_an_editors_clearance_is_neither_listed_nor_found(office: ReviewOffice) -> None:
    secret = registered(secrecy=Secrecy.SECRET)
    office.register(secret)
    assert office.do("list_queue", EDITOR).items == []
    with pytest.raises(NotFound):
        office.do("claim_report", EDITOR, report_id=secret.report_id)
    cleared = Principal(EDITOR.id, EDITOR.name, None, EDITOR.roles, clearance="secret")
    assert office.do("get_desk_item", cleared, report_id=secret.report_id).report_id == secret.report_id


def test_R11_the_first_opening_tells_the_unit_who_has_seen_it(office: ReviewOffice) -> None:
    report = registered()
    office.register(report)
    office.do("open_desk_item", EDITOR, report_id=report.report_id)
    office.harness.clock.advance(MINUTE)
    office.do("open_desk_item", OTHER_EDITOR, report_id=report.report_id)
    assert [(event.seen_by, event.seen_at) for event in office.told(events.ReportSeen)] == [(EDITOR.name, NOW)]


def test_R11_deciding_without_opening_counts_as_seen_too(office: ReviewOffice) -> None:
    report = registered()
    office.register(report)
    office.do("keep_report", EDITOR, report_id=report.report_id)
    assert [event.seen_by for event in office.told(events.ReportSeen)] == [EDITOR.name]


def test_R11_a_return_and_a_new_version_put_the_report_back_on_the_desk(office: ReviewOffice) -> None:
    report = registered()
    office.register(report)
    office.do("return_report", EDITOR, report_id=report.report_id, remarks="请补充数据")
    second = new_version(report, body="补充后的内容。")
    office.register(second, report, second)
    shown = office.item(report)
    assert (shown.state, shown.report_version, shown.body) == (DeskState.WAITING, 2, "补充后的内容。")
    assert shown.receipt_number == second.receipt_number
    assert [event.remarks for event in office.told(events.ReportReturned)] == ["请补充数据"]
    assert len(office.told(events.ReportQueued)) == 2


def test_R11_versions_told_of_a_report_only_rise(office: ReviewOffice) -> None:
    issue = office.open_issue()
    report = registered()
    office.register(report)
    for method, fields in (
        ("open_desk_item", {}),
        ("claim_report", {}),
        ("adopt_report", {"issue_id": issue.issue_id}),
        ("withdraw_adoption", {"reason": "重复"}),
        ("decline_report", {"reason": "不属重点"}),
    ):
        office.do(method, EDITOR, report_id=report.report_id, **fields)
    versions = [event.version for event in office.harness.outbox() if event.subject == str(report.report_id)]
    assert versions == sorted(set(versions))
    assert len(versions) == 5


def test_R11_a_unit_has_no_business_on_the_desk(office: ReviewOffice) -> None:
    with pytest.raises(Forbidden):
        office.do("list_queue", OFFICER)


def test_R11_a_refused_decision_leaves_no_trace(office: ReviewOffice) -> None:
    report = registered()
    office.register(report)
    office.do("claim_report", EDITOR, report_id=report.report_id)
    with pytest.raises(Conflict) as refused:
        office.do("keep_report", OTHER_EDITOR, report_id=report.report_id)
    assert refused.value.extra["claimed_by"] == EDITOR.name
    assert office.item(report).state == DeskState.CLAIMED
    assert office.told(events.ReportKept) == []
    assert [event.seen_by for event in office.told(events.ReportSeen)] == [EDITOR.name]


def test_R11_the_signer_of_a_report_does_not_decide_on_it(office: ReviewOffice) -> None:
    report = registered(sign_off=signed(signer_id=EDITOR.person_id))
    office.register(report)
    with pytest.raises(Forbidden):
        office.do("keep_report", EDITOR, report_id=report.report_id)


def test_R11_of_many_editors_acting_at_once_one_has_it(office: ReviewOffice) -> None:
    editors = [Principal(str(uuid4()), f"编辑{n}", None, EDITOR.roles) for n in range(4)]
    for method in ("claim_report", "keep_report", "claim_report", "keep_report"):
        report = registered()
        office.register(report)
        acts = [lambda e=e, m=method, r=report: office.do(m, e, report_id=r.report_id) for e in editors]
        done = [result for result in at_once(*acts) if not isinstance(result, Refusal)]
        assert [item.claimed_by for item in done] == [office.item(report).claimed_by]


def test_R11_adopting_keeps_the_original_beside_the_edit_copy(office: ReviewOffice) -> None:
    issue = office.open_issue()
    report = registered(title="原标题", body="原文。")
    office.register(report)
    adopted = office.do("adopt_report", EDITOR, report_id=report.report_id, issue_id=issue.issue_id, title="编辑稿")
    assert (adopted.title, adopted.state, adopted.claimed_by) == ("原标题", DeskState.DECIDED, EDITOR.name)
    (item,) = office.do("get_issue", EDITOR, issue_id=issue.issue_id).items
    assert (item.title, item.body, item.adoption_id) == ("编辑稿", "原文。", adopted.adoption_id)


def test_R11_adopting_into_an_unknown_issue_claims_nothing(office: ReviewOffice) -> None:
    report = registered()
    office.register(report)
    with pytest.raises(NotFound):
        office.do("adopt_report", EDITOR, report_id=report.report_id, issue_id=uuid4())
    assert office.item(report).state == DeskState.WAITING


def test_R11_a_withdrawn_adoption_leaves_the_composing_issue_and_the_item_waits(office: ReviewOffice) -> None:
    issue = office.open_issue()
    report = office.adopted(issue.issue_id)
    withdrawn = office.do("withdraw_adoption", EDITOR, report_id=report.report_id, reason="内容重复")
    assert (withdrawn.state, withdrawn.adoption_id, withdrawn.claimed_by) == (DeskState.WAITING, None, None)
    assert office.do("get_issue", EDITOR, issue_id=issue.issue_id).items == []
    assert office.told(IssueItemWithdrawn) == []
    office.do("adopt_report", OTHER_EDITOR, report_id=report.report_id, issue_id=issue.issue_id)
    assert len(office.told(events.ReportAdopted)) == 2


def test_R11_withdrawing_after_publication_is_told_and_the_issue_keeps_its_text(office: ReviewOffice) -> None:
    issue = office.open_issue()
    report = office.adopted(issue.issue_id)
    published = office.publish(issue.issue_id)
    office.do("withdraw_adoption", CHIEF, report_id=report.report_id, reason="情况不实")
    (told,), (readers,) = office.told(events.AdoptionWithdrawn), office.told(IssueItemWithdrawn)
    assert told.adoption_id == readers.adoption_id == published.items[0].adoption_id
    assert (readers.issue_id, readers.number_line) == (issue.issue_id, published.number_line)
    (item,) = office.do("get_issue", EDITOR, issue_id=issue.issue_id).items
    assert [credit.withdrawn_at for credit in item.credits] == [NOW]
    (was,) = published.items
    assert item.version > was.version
    assert item.model_copy(update={"credits": was.credits, "version": was.version}) == was
    with pytest.raises(Conflict):
        office.do("withdraw_adoption", CHIEF, report_id=report.report_id, reason="再次")


def test_R11_a_version_arriving_after_adoption_does_not_undo_it(office: ReviewOffice) -> None:
    issue = office.open_issue()
    report = office.adopted(issue.issue_id)
    office.register(new_version(report, title="更正后的标题"))
    shown = office.item(report)
    assert (shown.state, shown.title) == (DeskState.DECIDED, "更正后的标题")
    assert office.do("get_issue", EDITOR, issue_id=issue.issue_id).items[0].title == report.title


def test_R13_an_outcome_of_a_higher_level_is_told_with_unit_class_and_kind(office: ReviewOffice) -> None:
    report = registered(unit_id=HANGU)
    office.register(report)
    fields = {"report_id": report.report_id, "level": Level.STATE, "outcome": Outcome.ADOPTED}
    recorded = office.do("record_outcome", EDITOR, **fields, publication="昨日要情", happened_at=NOW)
    (told,) = office.told(events.OutcomeRecorded)
    assert (told.outcome_id, told.unit_class, told.level) == (recorded.outcome_id, UnitClass.BUREAU, Level.STATE)


def test_R13_an_outcome_does_not_lie_in_the_future(office: ReviewOffice) -> None:
    report = registered()
    office.register(report)
    fields = {"report_id": report.report_id, "level": Level.STATE, "outcome": Outcome.ADOPTED}
    with pytest.raises(Invalid) as refused:
        office.do("record_outcome", EDITOR, **fields, happened_at=NOW + 3 * MINUTE)
    assert refused.value.pointer == "/happened_at"


def test_R11_a_search_among_decided_ones_looks_back_so_far_and_the_list_without_words_shows_all(
    office: ReviewOffice,
) -> None:
    near, far = (registered(received_at=NOW - SEARCHED_BACK + ago) for ago in (MINUTE, -MINUTE))
    office.register(near, far)
    for report in (near, far):
        office.do("keep_report", EDITOR, report_id=report.report_id)
    wide = office.do("list_queue", EDITOR, state="decided").items
    found = office.do("list_queue", EDITOR, state="decided", q=near.unit_name).items
    assert {item.report_id for item in wide} == {near.report_id, far.report_id}
    assert [item.report_id for item in found] == [near.report_id]


def test_R04_a_drill_stands_on_the_desk_marked(office: ReviewOffice) -> None:
    office.register(drill := urgent(Severity.MAJOR, drill=True))
    assert office.item(drill).drill


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("return_report", {"remarks": "演练点评"}),
        ("keep_report", {}),
        ("decline_report", {"reason": "演练"}),
    ],
)
def test_R04_a_drill_is_returned_kept_or_not_used(office: ReviewOffice, method: str, fields: dict[str, str]) -> None:
    office.register(drill := urgent(Severity.MAJOR, drill=True))
    office.do(method, EDITOR, report_id=drill.report_id, **fields)
    assert office.item(drill).state == DeskState.DECIDED


def test_R04_a_drill_is_never_adopted(office: ReviewOffice) -> None:
    issue = office.open_issue()
    office.register(drill := urgent(Severity.MAJOR, drill=True))
    with pytest.raises(Conflict, match="drill"):
        office.do("adopt_report", EDITOR, report_id=drill.report_id, issue_id=issue.issue_id)
    assert office.item(drill).state == DeskState.WAITING
    assert office.told(events.ReportAdopted) == []


def test_R04_a_drill_is_never_passed_up_nor_has_an_outcome(office: ReviewOffice) -> None:
    office.register(drill := urgent(Severity.MAJOR, drill=True))
    for outcome in Outcome:
        with pytest.raises(Conflict, match="drill"):
            office.do(
                "record_outcome", EDITOR, report_id=drill.report_id, level=Level.UPPER, outcome=outcome,
                happened_at=NOW,
            )
    assert office.told(events.OutcomeRecorded) == []


def test_R04_the_unit_learns_that_a_returned_drill_is_one(office: ReviewOffice) -> None:
    office.register(drill := urgent(Severity.MAJOR, drill=True))
    office.do("return_report", EDITOR, report_id=drill.report_id, remarks="演练点评")
    assert [event.drill for event in office.told(events.ReportReturned)] == [True]


def test_R25_a_drill_is_not_in_the_figures_of_the_queue(office: ReviewOffice) -> None:
    office.register(urgent(Severity.MAJOR, drill=True, received_at=NOW - MINUTE))
    assert office.figure("chengbao_queue_items")[("major",)] == 0
    assert office.figure("chengbao_queue_oldest_age_seconds")[("major",)] == 0


def test_R09_the_desk_shows_the_files_of_the_version_that_lies_on_it(office: ReviewOffice) -> None:
    told = {"digest": f"sha256:{0:064}", "size": 5, "media_type": "application/pdf", "name": "平面图.pdf"}
    report = registered(attachments=[told])
    office.register(report)
    assert [file.model_dump(mode="json") for file in office.item(report).attachments] == [told]
    office.register(new_version(report, attachments=[]))
    assert office.item(report).attachments == []
