"""R04, R07: a receipt's time says late; the unit says why, an editor decides; every number opens its cases."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from pydantic import ValidationError

from contracts.events.deadlines import DeadlineReassessed
from contracts.events.intake import LatenessDecided
from contracts.rpc import drafts as rpc
from contracts.rpc.deadlines import (
    COUNTED,
    DeadlineId,
    Deadlines,
    DecideLateness,
    ExplainLateness,
    LateCase,
    TimelinessQuery,
)
from contracts.vocabulary import DeadlineOutcome, LateDecision, Role, Severity, UnitClass
from kernel.errors import Conflict, Forbidden, NotFound
from kernel.ids import new_id
from kernel.principal import Principal
from tests.factories.intake import DUE, HEXI, JINNAN, OCCURRED, AcceptedFactory, ContentFactory, PersonFactory
from tests.integration.intake.conftest import Office

OFFICER = PersonFactory.officer()
STRANGER = PersonFactory.officer(JINNAN, "孙丽")
EDITOR = PersonFactory.of_the_city(Role.EDITOR)
DUTY = PersonFactory.of_the_city(Role.DUTY_OFFICER)
SUPERVISOR = PersonFactory.of_the_city(Role.SUPERVISOR)
MINUTE = timedelta(minutes=1)


def _missed(office: Office) -> UUID:
    office.accept(accepted := AcceptedFactory.urgent_late())
    return _deadline_of(office, accepted.report_id)


def _deadline_of(office: Office, subject_id: UUID) -> UUID:
    (found,) = [each for each in office.deadlines(EDITOR) if each.subject_id == subject_id]
    return found.deadline_id


def _explain(office: Office, deadline_id: UUID, reason: str = "现场通信中断", who: Principal = OFFICER) -> LateCase:
    case: LateCase = office.call(
        "explain_lateness", ExplainLateness(deadline_id=deadline_id, reason=reason), who
    )
    return case


def _decide(
    office: Office, deadline_id: UUID, decision: LateDecision, grounds: str = "经核查属实", who: Principal = EDITOR
) -> LateCase:
    request = DecideLateness(deadline_id=deadline_id, decision=decision, grounds=grounds)
    case: LateCase = office.call("decide_lateness", request, who)
    return case


def _case(office: Office, deadline_id: UUID, who: Principal) -> LateCase:
    case: LateCase = office.call("get_deadline", DeadlineId(deadline_id=deadline_id), who)
    return case


def test_R04_the_unit_says_why_it_was_late_and_the_editor_reads_it(office: Office) -> None:
    deadline_id = _missed(office)
    _explain(office, deadline_id)

    case = _case(office, deadline_id, EDITOR)
    assert case.deadline.reason_stated
    assert [(each.by_name, each.decision, each.text) for each in case.statements] == [("李明", None, "现场通信中断")]


def test_R04_an_upheld_finding_is_told_and_leaves_the_outcome(office: Office) -> None:
    deadline_id = _missed(office)
    case = _decide(office, deadline_id, LateDecision.UPHELD)

    assert (case.deadline.outcome, case.deadline.late_decision) == (DeadlineOutcome.MISSED, LateDecision.UPHELD)
    assert [(told.decision, told.grounds, told.decided_by) for told in office.told(LatenessDecided)] == [
        (LateDecision.UPHELD, "经核查属实", "周静")
    ]
    assert office.told(DeadlineReassessed) == []


def test_R04_an_excuse_waives_and_a_later_decision_takes_it_back_with_all_history(office: Office) -> None:
    deadline_id = _missed(office)
    _explain(office, deadline_id)
    excused = _decide(office, deadline_id, LateDecision.EXCUSED, "基站故障，有运营商证明")
    upheld = _decide(office, deadline_id, LateDecision.UPHELD, "运营商否认故障")

    assert excused.deadline.outcome is DeadlineOutcome.WAIVED
    assert upheld.deadline.outcome is DeadlineOutcome.MISSED
    assert [(told.old_outcome, told.new_outcome) for told in office.told(DeadlineReassessed)] == [
        (DeadlineOutcome.MISSED, DeadlineOutcome.WAIVED),
        (DeadlineOutcome.WAIVED, DeadlineOutcome.MISSED),
    ]
    assert [each.decision for each in upheld.statements] == [None, LateDecision.EXCUSED, LateDecision.UPHELD]
    assert "基站故障" in upheld.deadline.explanation_zh


def test_R04_what_is_not_missed_needs_no_reason_and_no_finding(office: Office) -> None:
    office.accept(accepted := AcceptedFactory.urgent_in_time())
    deadline_id = _deadline_of(office, accepted.report_id)

    with pytest.raises(Conflict):
        _explain(office, deadline_id)
    for decision in LateDecision:
        with pytest.raises(Conflict):
            _decide(office, deadline_id, decision)


def test_R04_a_drill_that_came_late_is_explained_to_nobody_and_decided_by_nobody(office: Office) -> None:
    office.accept(accepted := AcceptedFactory.of(ContentFactory.urgent(drill=True), DUE + MINUTE))
    deadline_id = _deadline_of(office, accepted.report_id)

    with pytest.raises(Conflict):
        _explain(office, deadline_id)
    for decision in LateDecision:
        with pytest.raises(Conflict):
            _decide(office, deadline_id, decision)
    assert office.told(LatenessDecided) == []
    assert office.deadlines(EDITOR, undecided=True) == office.deadlines(OFFICER, unexplained=True) == []


def test_R04_the_same_decision_twice_is_refused(office: Office) -> None:
    deadline_id = _missed(office)
    for decision in LateDecision:
        _decide(office, deadline_id, decision)
        with pytest.raises(Conflict):
            _decide(office, deadline_id, decision)


def test_R04_a_deadline_that_was_waived_otherwise_is_not_for_an_editor_to_reinstate(office: Office) -> None:
    draft = office.save(ContentFactory.urgent(), OFFICER)
    office.call("drop_draft", rpc.DraftId(draft_id=draft.draft_id), OFFICER)
    deadline_id = _deadline_of(office, draft.draft_id)

    with pytest.raises(Conflict):
        _decide(office, deadline_id, LateDecision.UPHELD)


def test_R04_nobody_decides_on_his_own_unit_and_strangers_find_nothing(office: Office) -> None:
    deadline_id = _missed(office)
    editor_of_the_unit = Principal(str(new_id()), "王芳", HEXI, frozenset({Role.EDITOR}), EDITOR.clearance)

    with pytest.raises(Forbidden):
        _decide(office, deadline_id, LateDecision.EXCUSED, who=editor_of_the_unit)
    for absent, who in ((deadline_id, STRANGER), (new_id(), OFFICER)):
        with pytest.raises(NotFound):
            _explain(office, absent, who=who)
        with pytest.raises(NotFound):
            _case(office, absent, who)


@pytest.mark.parametrize("who", [SUPERVISOR, DUTY, OFFICER])
def test_R04_only_editors_decide(office: Office, who: Principal) -> None:
    deadline_id = _missed(office)
    with pytest.raises(Forbidden):
        _decide(office, deadline_id, LateDecision.EXCUSED, who=who)


def test_R04_a_blank_reason_is_refused_with_its_place(office: Office) -> None:
    deadline_id = _missed(office)
    with pytest.raises(ValidationError, match="grounds"):
        _decide(office, deadline_id, LateDecision.EXCUSED, grounds="   ")
    with pytest.raises(ValidationError, match="reason"):
        _explain(office, deadline_id, reason="  \n ")
    assert _case(office, deadline_id, EDITOR).statements == []


def test_R04_a_duty_officer_sees_that_something_was_said_and_not_what(office: Office) -> None:
    deadline_id = _missed(office)
    _explain(office, deadline_id)
    case = _case(office, deadline_id, DUTY)
    assert [(each.by_name, each.text) for each in case.statements] == [("", "")]


def _fill(office: Office) -> None:
    """Two units, two severities: met, late, excused, running and overdue ones."""
    office.accept(AcceptedFactory.urgent_in_time(), AcceptedFactory.urgent_late(), AcceptedFactory.urgent_late())
    office.accept(AcceptedFactory.of(ContentFactory.urgent(severity=Severity.MAJOR), DUE, unit_id=JINNAN))
    excused = next(each for each in office.deadlines(EDITOR) if each.outcome is DeadlineOutcome.MISSED)
    _decide(office, excused.deadline_id, LateDecision.EXCUSED)
    office.save(ContentFactory.urgent(), STRANGER)
    office.clock.at = DUE + MINUTE
    office.save(ContentFactory.urgent(occurred_at=OCCURRED + timedelta(hours=1)), OFFICER)


def test_R04_every_number_by_class_opens_exactly_its_cases(office: Office) -> None:
    _fill(office)
    table = office.call("urgent_timeliness", TimelinessQuery(), EDITOR).rows

    assert {name: sum(getattr(row, name) for row in table) for name in COUNTED} == {
        "met": 2, "missed": 1, "open": 1, "overdue": 1, "excused": 1,
    }
    for row in table:
        for name, narrowing in COUNTED.items():
            cases = office.deadlines(EDITOR, unit_class=row.unit_class, severity=row.severity, **narrowing)
            assert len(cases) == getattr(row, name)


def test_R04_every_number_by_unit_and_period_opens_exactly_its_cases(office: Office) -> None:
    _fill(office)
    for period in ({}, {"until": DUE + MINUTE}, {"since": DUE + MINUTE}, {"since": DUE, "until": DUE + MINUTE}):
        table = office.call("unit_timeliness", Deadlines(**period), EDITOR).rows
        for row in table:
            for name, narrowing in COUNTED.items():
                cases = office.deadlines(EDITOR, unit_id=row.unit_id, **period, **narrowing)
                assert len(cases) == getattr(row, name)
        assert sum(row.met + row.missed + row.open + row.overdue + row.excused for row in table) == len(
            office.deadlines(EDITOR, **period)
        )


def test_R04_the_table_by_unit_shows_a_unit_itself_only(office: Office) -> None:
    _fill(office)
    table = office.call("unit_timeliness", Deadlines(), OFFICER).rows
    assert [(row.unit_id, row.unit_class, row.unit_name) for row in table] == [
        (HEXI, UnitClass.DISTRICT, "河西区人民政府办公室")
    ]


def test_R04_the_unit_with_most_missed_comes_first(office: Office) -> None:
    late = AcceptedFactory.of(ContentFactory.urgent(), DUE + MINUTE, unit_id=JINNAN)
    office.accept(AcceptedFactory.urgent_in_time(), late)
    table = office.call("unit_timeliness", Deadlines(), EDITOR).rows
    assert [row.unit_id for row in table] == [JINNAN, HEXI]


def test_R04_missed_ones_without_a_decision_are_found_by_the_editor(office: Office) -> None:
    first, second = _missed(office), _missed(office)
    _decide(office, first, LateDecision.UPHELD)
    _explain(office, second)
    third = _missed(office)
    assert [each.deadline_id for each in office.deadlines(EDITOR, undecided=True)] == [third, second]
    assert [each.deadline_id for each in office.deadlines(OFFICER, unexplained=True)] == [third]
