"""R05: what is missing from a chain is chased with a due time, until the final report has come."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import permutations
from typing import Any, ClassVar
from uuid import UUID

import pytest
from sqlalchemy import select

from contracts.events.deadlines import DeadlineApproaching, DeadlineMet, DeadlineMissed
from contracts.events.gateway import AmendmentTold, ReportAccepted
from contracts.rpc import intake as rpc
from contracts.rpc.chains import Chain, NextStep
from contracts.rpc.deadlines import DecideLateness, TimelinessQuery
from contracts.vocabulary import AmendmentAct, DeadlineKind, DeadlineOutcome, Kind, LateDecision, Role, Severity
from kernel.deadlines.model import Deadline
from services.intake.model.chain_steps import ChainStepRow
from tests.factories.intake import DUE, HEXI, JINNAN, AcceptedFactory, ChainFactory, PersonFactory
from tests.factories.review import at_once
from tests.integration.intake.conftest import Office

OFFICER, EDITOR = PersonFactory.officer(), PersonFactory.of_the_city(Role.EDITOR)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
LIMIT = 6 * HOUR
"""To the next follow-up on a larger incident."""


def next_step(office: Office, accepted: ReportAccepted) -> NextStep | None:
    chain: Chain = office.call("get_chain", rpc.ReportId(report_id=accepted.report_id), OFFICER)
    return chain.next_step


def of_follow_ups(told: list[Any]) -> list[Any]:
    return [each for each in told if each.kind is DeadlineKind.FOLLOW_UP]


def test_R05_a_first_report_opens_the_deadline_of_its_follow_up_and_explains_it(office: Office) -> None:
    office.accept(first := ChainFactory.first(DUE))
    owed = next_step(office, first)
    assert owed is not None
    assert (owed.kind, owed.due_at, owed.outcome) == (Kind.URGENT_FOLLOW_UP, DUE + LIMIT, DeadlineOutcome.OPEN)
    assert "本系统续报时限（续报）" in owed.explanation_zh


def test_R05_a_follow_up_settles_the_one_and_opens_the_next(office: Office) -> None:
    office.accept(first := ChainFactory.first(DUE))
    office.accept(follow_up := ChainFactory.follow_up(first, DUE + 2 * HOUR))
    assert [each.subject_id for each in of_follow_ups(office.told(DeadlineMet))] == [first.report_id]
    owed = next_step(office, first)
    assert owed is not None
    assert (owed.follows_upon, owed.due_at) == (follow_up.report_id, DUE + 2 * HOUR + LIMIT)


def test_R05_the_final_report_ends_the_chase(office: Office) -> None:
    office.accept(first := ChainFactory.first(DUE), ChainFactory.final(first, DUE + HOUR))
    assert next_step(office, first) is None
    assert outcomes(office) == ["met"]


def test_R05_the_unit_is_reminded_while_it_owes_a_follow_up(office: Office) -> None:
    office.accept(first := ChainFactory.first(DUE))
    for share in (0.4, 0.5, 0.8, 1.0):
        office.sweep_follow_ups_at(DUE + LIMIT * share)
    told = of_follow_ups(office.told(DeadlineApproaching))
    assert [(each.threshold_percent, each.unit_id) for each in told] == [
        (percent, first.unit_id) for percent in (50, 80, 100)
    ]


def test_R05_a_follow_up_is_missed_behind_the_watermark_only(office: Office) -> None:
    office.accept(ChainFactory.first(DUE))
    office.watermark(DUE + LIMIT - SECOND, 1)
    office.sweep_follow_ups_at(DUE + LIMIT + HOUR)
    assert of_follow_ups(office.told(DeadlineMissed)) == []
    office.watermark(DUE + LIMIT + SECOND, 1)
    office.sweep_follow_ups_at(DUE + LIMIT + HOUR)
    assert len(of_follow_ups(office.told(DeadlineMissed))) == 1


def test_R05_the_three_hours_do_not_count_follow_ups(office: Office) -> None:
    office.accept(ChainFactory.first(DUE))
    office.watermark(DUE + 2 * LIMIT, 1)
    office.sweep_follow_ups_at(DUE + 2 * LIMIT)
    rows = office.call("urgent_timeliness", TimelinessQuery(), EDITOR).rows
    assert [(row.met, row.missed, row.open, row.overdue) for row in rows] == [(1, 0, 0, 0)]
    assert [each.kind for each in office.deadlines(EDITOR)] == [DeadlineKind.URGENT_REPORT]


def test_R05_a_drill_says_so_when_it_is_chased(office: Office) -> None:
    office.accept(ChainFactory.first(DUE, drill=True))
    office.sweep_follow_ups_at(DUE + LIMIT)
    assert {each.drill for each in of_follow_ups(office.told(DeadlineApproaching))} == {True}


def a_chain() -> list[ReportAccepted]:
    """With a follow-up too late, a revised one, a withdrawn one and a final report after one that was withdrawn."""
    first = ChainFactory.first(DUE, severity=Severity.LARGER, dead=3)
    one = ChainFactory.follow_up(first, DUE + 2 * HOUR, dead=2)
    again = ChainFactory.follow_up(first, DUE + 3 * HOUR, body=first.body)
    revised = ChainFactory.follow_up(first, DUE + 5 * HOUR, report_id=one.report_id, version=2, dead=4)
    late = ChainFactory.follow_up(first, DUE + 12 * HOUR, dead=4)
    early = ChainFactory.final(first, DUE + 13 * HOUR)
    taken_back = [withdrawal(again, DUE + 4 * HOUR), withdrawal(early, DUE + 14 * HOUR)]
    return [first, one, again, revised, late, early, *taken_back, ChainFactory.final(first, DUE + 15 * HOUR)]


def withdrawal(of: ReportAccepted, received_at: datetime) -> ReportAccepted:
    told = {"amendment": AmendmentTold(act=AmendmentAct.WITHDRAWAL, reason="重复报送"), "version": of.version + 1}
    changes = {"receipt_number": f"{of.receipt_number}w", "received_at": received_at, "body": "撤回。"}
    return of.model_copy(update=told | changes)


Kept = tuple[datetime, datetime, str, datetime | None]
"""Start, due time, outcome and settling of a deadline."""


def stored(office: Office) -> list[Kept]:
    """The deadlines of the follow-ups, in order of what they follow upon."""
    columns = (Deadline.started_at, Deadline.due_at, Deadline.outcome, Deadline.settled_at)
    query = select(*columns).where(Deadline.kind == DeadlineKind.FOLLOW_UP.value).order_by(Deadline.started_at)
    with office.harness.database.reading() as session:
        return [(row[0], row[1], row[2], row[3]) for row in session.execute(query)]


def outcomes(office: Office) -> list[str]:
    return [outcome for _, _, outcome, _ in stored(office)]


def state(office: Office) -> Any:
    """All that is kept of the chain."""
    with office.harness.database.reading() as session:
        flags = sorted((str(row.report_id), row.flags) for row in session.scalars(select(ChainStepRow)))
    return stored(office), flags


@pytest.mark.parametrize("seed", range(6))
def test_R05_shuffled_and_doubled_the_chain_ends_in_the_same_state(office: Office, seed: int) -> None:
    chain = a_chain()
    office.accept(*chain)
    expected = state(office)
    office.open()
    shuffled = [*chain, *chain]
    random.Random(seed).shuffle(shuffled)
    office.accept(*shuffled)
    office.harness.retry()
    assert state(office) == expected


def test_R07_a_withdrawn_final_report_leaves_the_unit_owing_again_in_any_order(office: Office) -> None:
    first = ChainFactory.first(DUE)
    final, after = ChainFactory.final(first, DUE + HOUR), ChainFactory.follow_up(first, DUE + 2 * HOUR)
    taken_back = withdrawal(final, DUE + 3 * HOUR)
    for arriving in [*permutations([first, after, final, taken_back])][::4]:
        office.open()
        office.accept(*arriving)
        office.harness.retry()
        owed = next_step(office, first)
        assert owed is not None
        assert (owed.follows_upon, owed.due_at) == (after.report_id, taken_back.received_at + LIMIT)
        assert owed.outcome is DeadlineOutcome.OPEN
        assert [kept for kept in stored(office) if kept[2] == "met"] == [(DUE, DUE + LIMIT, "met", DUE + HOUR)]


def test_R05_first_report_and_follow_up_registered_at_the_same_time_open_one_deadline_each(office: Office) -> None:
    first = ChainFactory.first(DUE)
    steps = [first, *(ChainFactory.follow_up(first, DUE + number * HOUR) for number in range(1, 4))]
    at_once(*(partial(office.accept, each) for each in steps))
    office.harness.retry()
    assert outcomes(office) == ["met", "met", "met", "open"]


def test_R05_what_came_after_a_final_report_that_was_heard_of_late_is_chased_no_more(office: Office) -> None:
    office.accept(first := AcceptedFactory.urgent_in_time())
    office.accept(ChainFactory.follow_up(first, DUE + 3 * HOUR))
    office.accept(ChainFactory.final(first, DUE + 2 * HOUR))
    assert outcomes(office) == ["met", "waived"]
    assert next_step(office, first) is None


@dataclass(frozen=True)
class Unreadable:
    """An acceptance that some defect made unreadable: it is parked."""

    accepted: ReportAccepted
    TYPE: ClassVar[str] = ReportAccepted.TYPE

    def model_dump(self, *, mode: str) -> dict[str, Any]:
        return self.accepted.model_dump(mode=mode, exclude={"title"})


@pytest.mark.parametrize(("unit_id", "outcome"), [(HEXI, "met"), (JINNAN, "missed")])
def test_R05_a_follow_up_that_was_given_up_is_no_miss_of_its_unit(office: Office, unit_id: UUID, outcome: str) -> None:
    office.accept(first := ChainFactory.first(DUE))
    lost = ChainFactory.follow_up(first, DUE + HOUR, unit_id=unit_id)
    office.harness.deliver(Unreadable(lost), lost.report_id)
    office.discard_parked()
    office.watermark(DUE + LIMIT + SECOND, 2)
    office.sweep_follow_ups_at(DUE + LIMIT + HOUR)
    assert outcomes(office) == [outcome]


def test_R05_a_follow_up_that_is_owed_stands_among_the_deadlines(office: Office) -> None:
    office.accept(first := ChainFactory.first(DUE))
    (owed,) = office.deadlines(OFFICER, kind=DeadlineKind.FOLLOW_UP)
    assert (owed.kind, owed.subject_id, owed.outcome) == (
        DeadlineKind.FOLLOW_UP, first.report_id, DeadlineOutcome.OPEN
    )
    assert [each.kind for each in office.deadlines(OFFICER, kind=DeadlineKind.URGENT_REPORT)] == [
        DeadlineKind.URGENT_REPORT
    ]
    assert office.deadlines(PersonFactory.officer(JINNAN), kind=DeadlineKind.FOLLOW_UP) == []


def test_R05_a_missed_follow_up_can_be_excused_and_stays_so_when_it_comes(office: Office) -> None:
    office.accept(first := ChainFactory.first(DUE))
    office.watermark(DUE + LIMIT + HOUR, 1)
    office.sweep_follow_ups_at(DUE + LIMIT + HOUR)
    (missed,) = office.deadlines(EDITOR, kind=DeadlineKind.FOLLOW_UP, undecided=True)
    excused = DecideLateness(
        deadline_id=missed.deadline_id, decision=LateDecision.EXCUSED, grounds="通信中断，经核实。"
    )
    office.call("decide_lateness", excused, EDITOR)
    office.accept(ChainFactory.follow_up(first, DUE + LIMIT + 2 * HOUR))
    (kept,) = office.deadlines(EDITOR, kind=DeadlineKind.FOLLOW_UP, outcome=DeadlineOutcome.WAIVED)
    assert (kept.deadline_id, kept.late_decision) == (missed.deadline_id, LateDecision.EXCUSED)
