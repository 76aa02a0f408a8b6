"""R03: points of a period, issued once to chosen units; who answered what, what nobody did, carried over at once."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.events.gateway import AmendmentTold, ReferenceTold
from contracts.events.guidance import GuidanceIssued
from contracts.events.intake import ReportReclassified, ReportRegistered
from contracts.rpc.guidance import Guidance, GuidanceState
from contracts.vocabulary import AmendmentAct, Kind, Secrecy, UnitClass
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, StaleVersion
from services.review.model.guidance import point_id
from tests.factories.review import (
    CHIEF,
    EDITOR,
    FOREIGN_OFFICER,
    HANGU,
    HEPING,
    NOW,
    OFFICER,
    OTHER_EDITOR,
    ReviewOffice,
    at_once,
    new_version,
    registered,
)

NOVEMBER = UUID(int=0x_4001)
FIRST, SECOND = point_id(NOVEMBER, 1), point_id(NOVEMBER, 2)
POINTS = [{"text": "冬季供热准备", "topic": "民生"}, {"text": "重点项目进展"}]


def save(office: ReviewOffice, by: Any = EDITOR, **changes: Any) -> Guidance:
    values = {
        "guidance_id": NOVEMBER, "period": "2026-11", "title": "十一月信息报送要点", "points": POINTS,
        "unit_classes": [UnitClass.DISTRICT, UnitClass.BUREAU],
    } | changes  # fmt: skip
    saved: Guidance = office.do("save_guidance", by, **values)
    return saved


def issued(office: ReviewOffice, **changes: Any) -> Guidance:
    saved = save(office, **changes)
    shown: Guidance = office.do("issue_guidance", CHIEF, guidance_id=saved.guidance_id, version=saved.version)
    return shown


def answer(*points: UUID, **changes: Any) -> ReportRegistered:
    reference = ReferenceTold(title="十一月信息报送要点", point_ids=list(points))
    return registered(kind=Kind.GUIDANCE_ANSWER, reference=reference, **changes)


def answered(office: ReviewOffice, by: Any = EDITOR) -> list[list[tuple[UUID, int]]]:
    shown = office.do("get_guidance", by, guidance_id=NOVEMBER)
    return [[(unit.unit_id, unit.number) for unit in point.answered_by] for point in shown.points]


def test_R03_points_are_issued_to_the_units_of_that_day_and_answered_in_any_order(office: ReviewOffice) -> None:
    early = answer(FIRST)
    office.register(early)
    shown = issued(office)
    assert [told.unit_ids for told in office.told(GuidanceIssued)] == [[HEPING, HANGU]]
    office.register(answer(FIRST, FIRST), answer(FIRST, SECOND, unit_id=HANGU), early)
    assert answered(office) == [[(HEPING, 2), (HANGU, 1)], [(HANGU, 1)]]
    assert (shown.state, shown.issued_by) == (GuidanceState.ISSUED, CHIEF.name)
    counted = office.do("get_guidance", EDITOR, guidance_id=NOVEMBER).units
    assert [(unit.unit_id, unit.number) for unit in counted] == [(HEPING, 1), (HANGU, 2)]


def test_R03_the_newest_version_says_which_points_a_report_answers_and_a_withdrawn_one_answers_none(
    office: ReviewOffice,
) -> None:
    issued(office)
    report = answer(FIRST)
    revised = new_version(report, reference=ReferenceTold(title="要点", point_ids=[SECOND]))
    office.register(report, revised, report)
    assert answered(office) == [[], [(HEPING, 1)]]
    office.register(new_version(revised, amendment=AmendmentTold(act=AmendmentAct.WITHDRAWAL, reason="有误")))
    assert answered(office) == [[], []]


def test_R03_points_nobody_answered_go_into_the_next_period_in_one_act(office: ReviewOffice) -> None:
    issued(office)
    office.register(answer(FIRST))
    into = uuid4()
    carried = office.do("carry_over_points", EDITOR, guidance_id=NOVEMBER, into_id=into, period="2026-12")
    assert [(point.text, point.carried_from) for point in carried.points] == [("重点项目进展", SECOND)]
    assert (carried.state, carried.unit_classes) == (GuidanceState.DRAFT, ["district", "bureau"])
    with pytest.raises(Conflict):
        office.do("carry_over_points", EDITOR, guidance_id=NOVEMBER, into_id=into, period="2026-12")
    office.register(answer(SECOND))
    with pytest.raises(Conflict):
        office.do("carry_over_points", EDITOR, guidance_id=NOVEMBER, into_id=uuid4(), period="2026-12")


@pytest.mark.parametrize("period", ["2026-10", "2026-11", "2026-Q4", "2025-12"])
def test_R03_points_are_carried_over_into_a_later_period_only(office: ReviewOffice, period: str) -> None:
    issued(office)
    with pytest.raises(Invalid) as refused:
        office.do("carry_over_points", EDITOR, guidance_id=NOVEMBER, into_id=uuid4(), period=period)
    assert (refused.value.pointer, "2026-11" in refused.value.detail_zh) == ("/period", True)


def test_R03_two_editors_carry_over_at_once_and_each_point_goes_once(office: ReviewOffice) -> None:
    issued(office)
    carry = partial(office.do, "carry_over_points", guidance_id=NOVEMBER, period="2026-12")
    results = at_once(
        *(partial(carry, by, into_id=uuid4()) for by in (EDITOR, OTHER_EDITOR, CHIEF)),
    )
    (made,) = [result for result in results if isinstance(result, Guidance)]
    refused = [result for result in results if isinstance(result, Conflict)]
    assert {one.extra["guidance_id"] for one in refused} == {str(made.guidance_id)}
    assert [row.period for row in office.do("list_guidance", EDITOR).items] == ["2026-12", "2026-11"]
    office.do(
        "save_guidance", EDITOR, guidance_id=made.guidance_id, version=made.version, period="2026-12", title="要点",
        points=[{"text": "重点项目进展", "carried_from": SECOND}], unit_classes=[UnitClass.DISTRICT],
    )  # fmt: skip
    again = carry(EDITOR, into_id=uuid4())  # what was struck out of that draft is left over again
    assert [point.carried_from for point in again.points] == [FIRST]


def test_R03_a_point_is_carried_over_from_an_issued_one_only(office: ReviewOffice) -> None:
    save(office)
    points = [POINTS[0], {"text": "重点项目进展", "carried_from": SECOND}]
    with pytest.raises(Invalid) as refused:
        save(office, guidance_id=uuid4(), points=points)
    assert refused.value.pointer == "/points/1/carried_from"


def test_R03_an_editor_draws_it_up_and_only_a_chief_editor_issues_it_once(office: ReviewOffice) -> None:
    saved = save(office)
    with pytest.raises(Forbidden):
        office.do("issue_guidance", EDITOR, guidance_id=NOVEMBER, version=saved.version)
    with pytest.raises(StaleVersion):
        save(office, OTHER_EDITOR)
    changed = save(office, OTHER_EDITOR, version=saved.version, points=POINTS[:1])
    assert len(changed.points) == 1
    act = partial(office.do, "issue_guidance", CHIEF, guidance_id=NOVEMBER, version=changed.version)
    results = at_once(act, act, act)
    assert len([result for result in results if isinstance(result, Conflict)]) == 2
    assert len(office.told(GuidanceIssued)) == 1
    with pytest.raises(Conflict):
        save(office, version=changed.version + 1)


def test_R03_a_unit_sees_what_was_issued_to_it_and_its_own_answers(office: ReviewOffice) -> None:
    save(office, unit_ids=[HEPING], unit_classes=[])
    with pytest.raises(NotFound):
        office.do("get_guidance", OFFICER, guidance_id=NOVEMBER)
    office.do("issue_guidance", CHIEF, guidance_id=NOVEMBER, version=1)
    office.register(answer(FIRST), answer(FIRST, unit_id=HANGU))
    assert answered(office, OFFICER) == [[(HEPING, 1)], []]
    assert answered(office, EDITOR) == [[(HEPING, 1)], []]
    with pytest.raises(NotFound):
        office.do("get_guidance", FOREIGN_OFFICER, guidance_id=NOVEMBER)
    assert office.do("list_guidance", FOREIGN_OFFICER).items == []
    assert [row.points for row in office.do("list_guidance", OFFICER).items] == [2]


def test_R07_a_report_above_the_reader_is_not_counted_but_its_point_is_not_called_unanswered(
    office: ReviewOffice,
) -> None:
    issued(office)
    report = answer(FIRST, SECOND)
    office.register(report)
    raised = ReportReclassified(
        report_id=report.report_id, number=report.number, unit_id=HEPING, secrecy=Secrecy.SECRET, known_as=[],
        deadline_ids=[], raised_by="钱信息员", raised_at=NOW,
    )  # fmt: skip
    office.harness.deliver(raised, report.report_id)
    assert answered(office) == [[], []]
    with pytest.raises(Conflict):
        office.do("carry_over_points", EDITOR, guidance_id=NOVEMBER, into_id=uuid4(), period="2026-12")


def test_R03_it_is_not_issued_to_nobody(office: ReviewOffice) -> None:
    with pytest.raises(Invalid):
        issued(office, unit_classes=[UnitClass.AFFILIATED])
