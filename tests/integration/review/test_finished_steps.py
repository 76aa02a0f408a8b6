"""How long finished steps of the supervision office took: kept once, in time or late, counted by month (R17)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from contracts.events.intake import UnitRecorded
from contracts.rpc.finished_steps import FinishedStep, OfficeTime, StepOutcome
from contracts.rpc.instructions import Turn
from contracts.rpc.office_steps import OfficeStep
from contracts.rpc.turns import TurnTaken
from contracts.vocabulary import InstructionClass, Role, UnitClass
from kernel.clock import SHANGHAI
from kernel.errors import Conflict, Forbidden, NotFound
from tests.factories.review import (
    EDITOR,
    HANGU,
    HEPING,
    LEADER,
    NOW,
    OFFICER,
    SECRETARY,
    SUPERVISOR,
    ReviewOffice,
    at_once,
    feedback,
    person,
)

DAY = timedelta(days=1)
DECEMBER = datetime(2026, 12, 1, tzinfo=SHANGHAI)


def finished(office: ReviewOffice, **wanted: Any) -> list[FinishedStep]:
    found: list[FinishedStep] = office.do("list_finished_steps", SUPERVISOR, **wanted).items
    return found


def times(office: ReviewOffice, **period: Any) -> dict[OfficeStep, OfficeTime]:
    return {one.step: one for one in office.do("office_time", SUPERVISOR, **period).rows}


def told(office: ReviewOffice) -> list[tuple[OfficeStep, StepOutcome, float, bool, str]]:
    found = sorted(finished(office), key=lambda one: (one.finished_at, one.seconds))
    return [(one.step, one.outcome, one.seconds / 86_400, one.late, one.finished_by) for one in found]


def ask(office: ReviewOffice, assignment_id: UUID) -> dict[str, Any]:
    asked = {"assignment_id": assignment_id, "extension_id": uuid4()}
    office.do("ask_extension", OFFICER, **asked, reason="会签", progress="初稿", wanted_due_at=NOW + 30 * DAY)
    return asked


def handled(office: ReviewOffice) -> UUID:
    """An instruction handled to its end: each step begins and ends on a day of its own."""
    clock = office.harness.clock
    one = {"instruction_id": office.instruct(HEPING, HANGU, by=SECRETARY, due_in=20 * DAY).instruction_id}
    clock.at = NOW + DAY
    mine, other = office.do("confirm_instruction", LEADER, **one).assignments
    asked = ask(office, mine.assignment_id)
    clock.at = NOW + 2 * DAY
    office.do("refuse_extension", SUPERVISOR, **asked, remarks="时间足够")
    office.register(feedback(mine.assignment_id, NOW + 3 * DAY))
    clock.at = NOW + 10 * DAY
    office.do("return_feedback", SUPERVISOR, assignment_id=mine.assignment_id, remarks="请补充")
    office.register(feedback(other.assignment_id, clock.at, unit_id=HANGU))
    office.register(feedback(mine.assignment_id, NOW + 12 * DAY))
    clock.at = NOW + 13 * DAY
    for assignment in (mine, other):
        office.do("accept_feedback", SUPERVISOR, assignment_id=assignment.assignment_id)
    clock.at = NOW + 14 * DAY
    office.do("present_instruction", SUPERVISOR, **one)
    clock.at = NOW + 16 * DAY
    office.do("close_instruction", LEADER, **one)
    return one["instruction_id"]


def test_R17_each_step_is_kept_when_it_ends_with_who_how_long_and_whether_in_time(office: ReviewOffice) -> None:
    handled(office)
    assert told(office) == [
        (OfficeStep.ASSIGN, StepOutcome.ASSIGNED, 1, False, LEADER.name),
        (OfficeStep.DECIDE_EXTENSION, StepOutcome.REFUSED, 1, False, SUPERVISOR.name),
        (OfficeStep.DECIDE_FEEDBACK, StepOutcome.RETURNED, 7, True, SUPERVISOR.name),
        (OfficeStep.DECIDE_FEEDBACK, StepOutcome.ACCEPTED, 1, False, SUPERVISOR.name),
        (OfficeStep.DECIDE_FEEDBACK, StepOutcome.ACCEPTED, 3, False, SUPERVISOR.name),
        (OfficeStep.PRESENT, StepOutcome.PRESENTED, 1, False, SUPERVISOR.name),
    ]


def test_R17_every_number_of_a_month_opens_its_cases_and_the_metrics_say_the_same(office: ReviewOffice) -> None:
    handled(office)  # from 24 November until 10 December
    month = {"since": DECEMBER, "until": DECEMBER + 31 * DAY}
    whole, december = times(office), times(office, **month)
    decided = whole[OfficeStep.DECIDE_FEEDBACK]
    assert (decided.in_time, decided.late, decided.median_seconds) == (2, 1, 3 * 86_400)
    assert december[OfficeStep.ASSIGN] == OfficeTime(step=OfficeStep.ASSIGN, in_time=0, late=0, median_seconds=None)
    for period, table in (({}, whole), (month, december)):
        for one in table.values():
            cases = [finished(office, step=one.step, late=late, **period) for late in (False, True)]
            assert [len(found) for found in cases] == [one.in_time, one.late]
    counted = office.figure("chengbao_office_steps_finished")
    medians = office.figure("chengbao_office_steps_median_seconds")
    for step, one in december.items():
        assert [counted[step.value, "in_time"], counted[step.value, "late"]] == [one.in_time, one.late]
        assert medians.get((step.value,)) == one.median_seconds


def test_R17_the_list_of_finished_steps_goes_on_page_by_page(office: ReviewOffice) -> None:
    handled(office)
    seen, cursor = [], None
    while not seen or cursor:
        page = office.do("list_finished_steps", SUPERVISOR, limit=2, cursor=cursor)
        seen += [one.step_id for one in page.items]
        cursor = page.next_cursor
    assert seen == [one.step_id for one in finished(office)]
    assert len(set(seen)) == 6


def test_R17_what_need_not_be_done_any_more_ends_too_and_what_never_lay_with_the_office_is_not_kept(
    office: ReviewOffice,
) -> None:
    assignment = office.assign()  # by the leader himself: the office had no time with it
    ask(office, assignment.assignment_id)
    office.register(feedback(assignment.assignment_id, NOW))
    wrong = office.instruct(HEPING, by=SECRETARY)
    office.do("withdraw_instruction", SECRETARY, instruction_id=wrong.instruction_id, reason="重复")
    reference = office.instruct(by=SECRETARY, instruction_class=InstructionClass.FOR_REFERENCE)
    office.do("confirm_instruction", LEADER, instruction_id=reference.instruction_id)
    nobody = office.instruct(by=SECRETARY)  # for action, and nobody was assigned: it waits on
    office.do("confirm_instruction", LEADER, instruction_id=nobody.instruction_id)
    ended = [one.outcome for one in reversed(finished(office))]
    assert ended == [StepOutcome.LAPSED, StepOutcome.WITHDRAWN, StepOutcome.FOR_REFERENCE]
    office.do("close_instruction", LEADER, instruction_id=nobody.instruction_id)
    assert finished(office)[0].outcome is StepOutcome.CLOSED


def test_R17_two_who_decide_at_once_end_the_step_once(office: ReviewOffice) -> None:
    assignment = office.assign()
    office.register(feedback(assignment.assignment_id, NOW))
    named = {"assignment_id": assignment.assignment_id}
    results = at_once(
        *(lambda: office.do("accept_feedback", SUPERVISOR, **named) for _ in range(4)),
        lambda: office.do("return_feedback", SUPERVISOR, **named, remarks="请补充"),
    )
    assert sum(isinstance(result, Conflict) for result in results) == 4
    assert len(finished(office)) == 1


def test_R17_the_turns_say_whose_time_it_was_from_the_first_day_to_the_last(office: ReviewOffice) -> None:
    one = handled(office)
    rows: list[TurnTaken] = office.do("list_turns", LEADER, instruction_id=one).rows
    days = [
        (row.turn, row.unit_name, row.step, (row.since - NOW).days, row.until and (row.until - NOW).days)
        for row in rows
        if row.unit_name != "市水务局"
    ]
    heping = "和平区政府办公室"
    assert days == [
        (Turn.SUPERVISOR, None, OfficeStep.ASSIGN, 0, 1),
        (Turn.UNIT, heping, None, 1, 3),
        (Turn.SUPERVISOR, heping, OfficeStep.DECIDE_EXTENSION, 1, 2),
        (Turn.SUPERVISOR, heping, OfficeStep.DECIDE_FEEDBACK, 3, 10),
        (Turn.UNIT, heping, None, 10, 12),
        (Turn.SUPERVISOR, heping, OfficeStep.DECIDE_FEEDBACK, 12, 13),
        (Turn.SUPERVISOR, None, OfficeStep.PRESENT, 13, 14),
        (Turn.LEADER, None, None, 14, 16),
    ]
    with pytest.raises(NotFound):
        office.do("list_turns", LEADER, instruction_id=uuid4())


def test_R17_the_head_of_the_citys_office_reads_how_long_his_office_took_and_no_other_head_does(
    office: ReviewOffice,
) -> None:
    handled(office)
    city = UUID(int=0x_1009)
    office.harness.deliver(
        UnitRecorded(unit_id=city, name="市政府办公厅", unit_class=UnitClass.CITY_OFFICE, valid_from=NOW.date()), city
    )
    head, other = (person("主任", Role.UNIT_HEAD, unit_id=unit_id) for unit_id in (city, HEPING))
    assert len(office.do("list_finished_steps", head).items) == 6
    assert sum(one.in_time + one.late for one in office.do("office_time", head).rows) == 6
    assert office.do("list_office_cases", head).items == []
    assert [one.open for one in office.do("supervision_figures", head).office] == [0, 0, 0, 0]
    assert office.do("supervision_figures", other).office == []
    for method in ("list_finished_steps", "office_time", "list_office_cases"):
        with pytest.raises(Forbidden):
            office.do(method, other)


def test_R17_a_unit_and_the_editors_read_nothing_of_it(office: ReviewOffice) -> None:
    one = handled(office)
    for reader in (OFFICER, EDITOR):
        for method, fields in (
            ("list_finished_steps", {}), ("office_time", {}), ("list_turns", {"instruction_id": one}),
        ):  # fmt: skip
            with pytest.raises(Forbidden):
                office.do(method, reader, **fields)


@pytest.mark.parametrize("change", ["UPDATE {} SET days = 9", "DELETE FROM {}", "TRUNCATE {}"])
def test_R17_what_was_kept_is_never_changed_or_removed(office: ReviewOffice, change: str) -> None:
    wrong = office.instruct(by=SECRETARY).instruction_id
    office.do("withdraw_instruction", SECRETARY, instruction_id=wrong, reason="重复")
    with office.harness.database.engine.connect() as connection:  # rolled back
        connection.exec_driver_sql("ALTER TABLE finished_office_steps ENABLE TRIGGER USER")
        with pytest.raises(IntegrityError, match="append-only"):
            connection.exec_driver_sql(change.format("finished_office_steps"))
