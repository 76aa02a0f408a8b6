"""R03: points with a due time remind whoever owes them; who answered late, who owes and why it is due then is shown."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.events.deadlines import DeadlineApproaching, DeadlineMet, DeadlineMissed
from contracts.events.gateway import AmendmentTold
from contracts.events.intake import ReportReclassified
from contracts.rpc.guidance import Guidance
from contracts.vocabulary import AmendmentAct, Secrecy, UnitClass
from kernel.errors import Conflict, Invalid
from tests.factories.review import CHIEF, EDITOR, HANGU, HEPING, NOW, OFFICER, ReviewOffice, at_once, new_version
from tests.integration.review.test_guidance import FIRST, NOVEMBER, POINTS, SECOND, answer, issued, save

DAY = timedelta(days=1)
DUE = NOW + 10 * DAY


def at(office: ReviewOffice, instant: datetime) -> None:
    """Time passes, and all that was received until then is registered."""
    office.harness.clock.at = instant
    office.advance_mark(instant, 0)
    office.sweep()


def shown(office: ReviewOffice, by: Any = EDITOR) -> Guidance:
    guidance: Guidance = office.do("get_guidance", by, guidance_id=NOVEMBER)
    return guidance


def owing(office: ReviewOffice, by: Any = EDITOR) -> list[list[UUID]]:
    return [[unit.unit_id for unit in point.owed_by] for point in shown(office, by).points]


def test_R03_addressees_are_reminded_until_they_have_answered_every_point(office: ReviewOffice) -> None:
    issued(office, due_at=DUE)
    office.register(answer(FIRST, received_at=NOW + DAY), answer(SECOND, received_at=NOW + 2 * DAY))
    assert [met.unit_id for met in office.told(DeadlineMet)] == [HEPING]
    office.register(answer(FIRST, unit_id=HANGU, received_at=NOW + DAY))
    for days in (6, 9, 11):
        at(office, NOW + days * DAY)
    told = [(one.unit_id, one.threshold_percent) for one in office.told(DeadlineApproaching)]
    assert told == [(HANGU, 50), (HANGU, 80), (HANGU, 100)]
    assert [missed.unit_id for missed in office.told(DeadlineMissed)] == [HANGU]
    assert owing(office) == [[], [HANGU]]


def test_R03_late_answers_and_what_is_owed_are_shown_and_the_sentence_says_why(office: ReviewOffice) -> None:
    issued(office, due_at=DUE)
    at(office, DUE + DAY)
    office.register(answer(FIRST, received_at=DUE + DAY), answer(SECOND, received_at=DUE - DAY))
    first, second = shown(office, OFFICER).points
    assert ([one.late for one in first.answered_by], [one.late for one in second.answered_by]) == ([True], [False])
    assert (first.overdue, first.due_at, owing(office, OFFICER)) == (True, DUE, [[], []])
    (deadline,) = shown(office, OFFICER).deadlines
    assert "自要点下发的" in deadline.explanation_zh
    assert (deadline.outcome.value, len(shown(office).deadlines)) == ("missed", 2)


def test_R03_a_point_may_have_a_due_time_of_its_own_and_one_without_any_is_not_owed(office: ReviewOffice) -> None:
    issued(office, points=[{**POINTS[0], "due_at": NOW + DAY}, POINTS[1]], unit_ids=[HEPING], unit_classes=[])
    assert [point.due_at for point in shown(office).points] == [NOW + DAY, None]
    assert owing(office) == [[HEPING], []]
    assert [deadline.title for deadline in shown(office).deadlines] == ["十一月信息报送要点第1条"]
    office.register(answer(FIRST, received_at=NOW + timedelta(hours=1)))
    assert shown(office).deadlines[0].outcome.value == "met"


def test_R03_a_correction_that_still_answers_the_point_keeps_the_first_receipt(office: ReviewOffice) -> None:
    issued(office, due_at=DUE)
    report = answer(FIRST, SECOND, received_at=NOW + DAY)
    later = new_version(report, received_at=DUE + DAY)
    office.register(later, report, later)
    assert [one.late for point in shown(office).points for one in point.answered_by] == [False, False]
    at(office, DUE + 2 * DAY)
    assert [one.outcome.value for one in shown(office, OFFICER).deadlines] == ["met"]


def test_R03_points_carried_over_take_the_due_time_of_the_new_guidance(office: ReviewOffice) -> None:
    issued(office, due_at=DUE)
    into, december = uuid4(), NOW + 40 * DAY
    carried = office.do(
        "carry_over_points", EDITOR, guidance_id=NOVEMBER, into_id=into, period="2026-12", due_at=december
    )
    assert [(point.due_at, point.own_due_at) for point in carried.points] == [(december, None)] * 2


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"due_at": NOW - DAY}, "/due_at"),
        ({"points": [POINTS[0], {"text": "供热", "due_at": NOW}]}, "/points/1/due_at"),
        ({"points": [{"text": "供热", "due_at": NOW + n * DAY} for n in range(1, 7)]}, "/points"),
    ],
)
def test_R03_due_times_lie_ahead_and_are_few(office: ReviewOffice, changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        save(office, **changes)
    assert refused.value.pointer == pointer


def test_R03_what_was_due_before_it_is_issued_is_changed_first(office: ReviewOffice) -> None:
    saved = save(office, due_at=DUE)
    office.harness.clock.at = DUE + DAY
    with pytest.raises(Conflict):
        office.do("issue_guidance", CHIEF, guidance_id=NOVEMBER, version=saved.version)


def test_R03_who_answered_what_is_listed_report_by_report_as_it_is_counted(office: ReviewOffice) -> None:
    issued(office, points=[{**POINTS[0], "due_at": DUE}, POINTS[1]])
    late, both = answer(FIRST, received_at=DUE + DAY), answer(SECOND, FIRST, unit_id=HANGU, received_at=NOW + DAY)
    taken_back, raised = answer(FIRST), answer(SECOND)
    withdrawal = AmendmentTold(act=AmendmentAct.WITHDRAWAL, reason="有误")
    office.register(late, both, raised, taken_back, new_version(taken_back, amendment=withdrawal))
    office.harness.deliver(
        ReportReclassified(
            report_id=raised.report_id, number=raised.number, unit_id=HEPING, secrecy=Secrecy.SECRET, known_as=[],
            deadline_ids=[], raised_by="钱信息员", raised_at=NOW,
        ),
        raised.report_id,
    )  # fmt: skip
    listed = partial(office.do, "list_point_answers", guidance_id=NOVEMBER)
    found = [(one.point_number, one.report_id, one.late) for one in listed(EDITOR).items]
    assert found == [(1, both.report_id, False), (1, late.report_id, True), (2, both.report_id, False)]
    assert [len(point.answered_by) for point in shown(office).points] == [2, 1]
    first = listed(EDITOR, limit=1)
    assert [one.report_id for one in listed(EDITOR, cursor=first.next_cursor, point_id=FIRST).items] == [late.report_id]
    assert {one.unit_id for one in listed(OFFICER).items} == {HEPING}
    assert [one.point_number for one in listed(EDITOR, unit_id=HANGU).items] == [1, 2]


def test_R03_two_officers_of_a_unit_answer_the_same_point_at_once_and_both_count(office: ReviewOffice) -> None:
    issued(office, points=POINTS[:1], due_at=DUE, unit_ids=[HEPING], unit_classes=[])
    both = answer(FIRST, received_at=NOW + DAY), answer(FIRST, received_at=NOW + 2 * DAY)
    at_once(*(partial(office.register, one) for one in (*both, both[0])))
    ((unit,),) = (point.answered_by for point in shown(office).points)
    assert (unit.number, unit.late, owing(office)) == (2, False, [[]])
    assert [met.met_at for met in office.told(DeadlineMet)] in ([NOW + DAY], [NOW + 2 * DAY])


def test_R03_answers_and_the_issue_at_once_never_lose_an_answer(office: ReviewOffice) -> None:
    saved = save(office, due_at=DUE, unit_ids=[HEPING], unit_classes=[UnitClass.BUREAU])
    at_once(
        partial(office.do, "issue_guidance", CHIEF, guidance_id=NOVEMBER, version=saved.version),
        partial(office.register, answer(FIRST, received_at=NOW)),
        partial(office.register, answer(SECOND, received_at=NOW)),
    )
    assert [one.outcome.value for one in shown(office, OFFICER).deadlines] == ["met"]
