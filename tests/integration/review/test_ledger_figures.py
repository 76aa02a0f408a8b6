"""The ledger of supervision: every figure opens its cases, metrics say the same, a unit reads its own lines (R17)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from contracts.rpc.extensions import ExtensionState
from tests.factories.review import HANGU, HEPING, NOW, OFFICER, SUPERVISOR, ReviewOffice, feedback
from tests.integration.review.test_supervision import DUE, ask, overdue, returned_late

DAY = timedelta(days=1)


def cases(office: ReviewOffice, by: Any = SUPERVISOR, **filters: Any) -> list[Any]:
    return [row.assignment_id for row in office.do("list_supervision_ledger", by, **filters).items]


def test_R17_every_figure_opens_as_many_cases_as_it_says_and_the_metrics_say_the_same(office: ReviewOffice) -> None:
    met, open_one = office.assign(), office.assign(HANGU, due_in=30 * DAY)
    office.register(feedback(met.assignment_id, NOW))
    office.do("grant_extension", SUPERVISOR, **ask(office, office.assign()))
    late = overdue(office)
    figures = office.do("supervision_figures", SUPERVISOR)
    told = office.figure("chengbao_feedback_deadlines")
    for outcome, number in figures.outcomes.items():
        assert len(cases(office, outcome=outcome)) == number
        assert sum(count for (_, word), count in told.items() if word == outcome) == number
    for state, number in figures.extensions.items():
        assert len(cases(office, extension=state)) == number
    assert cases(office, outcome="met") == [met.assignment_id]
    assert cases(office, late=True) == [late.assignment_id]
    assert (len(cases(office, unfinished=True)), figures.unfinished, figures.late) == (4, 4, 1)
    assert cases(office, unit_id=HANGU) == [open_one.assignment_id]
    assert office.figure("chengbao_assignments_unfinished")[()] == 4
    assert office.figure("chengbao_assignments_late")[("district",)] == 1
    assert office.figure("chengbao_extensions")[("granted",)] == figures.extensions[ExtensionState.GRANTED] == 1
    age = figures.oldest_unfinished_seconds
    assert office.figure("chengbao_assignments_oldest_age_seconds")[()] == age == (office.now - NOW).total_seconds()
    exported = office.do("export_supervision_ledger", SUPERVISOR, late=True)
    assert exported.name.startswith("督办台账")


def test_R17_an_assignment_that_was_extended_twice_is_one_case(office: ReviewOffice) -> None:
    assignment = office.assign()
    for days in (5, 9):
        office.do("grant_extension", SUPERVISOR, **ask(office, assignment, until=DUE + days * DAY))
    figures = office.do("supervision_figures", SUPERVISOR)
    assert figures.extensions[ExtensionState.GRANTED] == len(cases(office, extension="granted")) == 1
    assert office.figure("chengbao_extensions")[("granted",)] == 1


def test_R17_the_oldest_opens_its_case_and_what_is_done_grows_no_older(office: ReviewOffice) -> None:
    first, second = office.assign(), office.assign(due_in=30 * DAY)
    office.register(feedback(first.assignment_id, NOW))
    assert office.do("supervision_figures", SUPERVISOR).oldest_unfinished_id in {
        first.assignment_id, second.assignment_id,
    }  # fmt: skip
    office.harness.clock.at = NOW + 2 * DAY
    office.do("accept_feedback", SUPERVISOR, assignment_id=first.assignment_id)
    office.harness.clock.at = NOW + 9 * DAY
    assert office.do("supervision_figures", SUPERVISOR).oldest_unfinished_id == second.assignment_id
    ages = {row.assignment_id: row.age_days for row in office.do("list_supervision_ledger", SUPERVISOR).items}
    assert ages == {first.assignment_id: 2, second.assignment_id: 9}


def test_R17_a_unit_reads_its_own_lines_of_the_ledger_only(office: ReviewOffice) -> None:
    own, _ = office.instruct(HEPING, HANGU).assignments
    assert cases(office, OFFICER) == [own.assignment_id]
    assert cases(office, OFFICER, unit_id=HANGU) == []
    assert office.do("supervision_figures", OFFICER).unfinished == 1


def test_R17_the_ledger_goes_on_page_by_page(office: ReviewOffice) -> None:
    made = {one.assignment_id for one in office.instruct(HEPING, HANGU, HEPING).assignments}
    seen, cursor = [], None
    for _ in range(3):
        page = office.do("list_supervision_ledger", SUPERVISOR, limit=1, cursor=cursor)
        seen += [row.assignment_id for row in page.items]
        cursor = page.next_cursor
    assert (cursor, set(seen)) == (None, made)


def test_R17_lists_order_and_narrow_by_the_time_in_force_and_outcomes_by_their_deadline(office: ReviewOffice) -> None:
    returned = returned_late(office)
    between = office.assign(due_in=returned.due_at - timedelta(hours=1) - office.now)
    in_order = [between.assignment_id, returned.assignment_id]
    first = office.do("list_assignments", SUPERVISOR, limit=1)
    rest = office.do("list_assignments", SUPERVISOR, limit=1, cursor=first.next_cursor)
    assert [one.assignment_id for one in (*first.items, *rest.items)] == cases(office) == in_order
    assert cases(office, since=returned.due_at) == [returned.assignment_id]
    assert cases(office, until=returned.due_at) == [between.assignment_id]
    missed = {"since": DUE, "until": DUE + timedelta(seconds=1)}  # as the table of compliance counts it
    (row,) = office.do("feedback_timeliness", SUPERVISOR, **missed).rows
    assert len(cases(office, outcome="missed", **missed)) == row.missed == 1
