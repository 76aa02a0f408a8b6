"""R18: the city's own due time upward has a clock of its own, which reminds the desk until somebody has delivered."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, update

from contracts.events.deadlines import DeadlineApproaching, DeadlineMet, DeadlineMissed
from contracts.events.intake import ReportReclassified, ReportRegistered
from contracts.rpc.commissions import Commission, CommissionState, Origin
from contracts.rpc.secrecy import WITHHELD_TITLE
from contracts.vocabulary import DeadlineKind, Secrecy
from kernel.deadlines.model import Deadline
from kernel.errors import Conflict, Forbidden
from tests.factories.review import (
    CHIEF,
    EDITOR,
    HANGU,
    HEPING,
    NOW,
    OFFICER,
    OTHER_EDITOR,
    ReviewOffice,
    at_once,
    registered,
)
from tests.integration.review.test_commissions import COMMISSION, DAY, DUE, answer, issue

UPWARD = DUE + 5 * DAY


def of_province(office: ReviewOffice, **changes: Any) -> Commission:
    return issue(office, unit_ids=[HEPING], origin=Origin.PROVINCE, upward_due_at=UPWARD, **changes)


def deliver(office: ReviewOffice, by: Any = EDITOR, **fields: Any) -> Commission:
    delivered: Commission = office.do("deliver_upward", by, commission_id=COMMISSION, **fields)
    return delivered


def outcome(office: ReviewOffice) -> str | None:
    deadline = office.do("get_commission", EDITOR, commission_id=COMMISSION).upward_deadline
    return deadline and str(deadline.outcome.value)


def told(office: ReviewOffice, *types: Any) -> list[Any]:
    return [one for one in office.told(*types) if one.kind is DeadlineKind.COMMISSION_UPWARD]


def test_R18_the_city_is_reminded_of_its_own_due_time_and_misses_it_by_the_clock_alone(office: ReviewOffice) -> None:
    of_province(office)
    office.register(answer())
    for days in (5, 8, 10):
        office.harness.clock.at = NOW + days * DAY + timedelta(seconds=1)
        office.sweep()
    assert [one.threshold_percent for one in told(office, DeadlineApproaching)] == [50, 80, 100]
    assert ([one.title for one in told(office, DeadlineMissed)], outcome(office)) == (["冬季供热准备情况"], "missed")
    delivered = deliver(office, note="津政报〔2026〕7号")
    assert (delivered.upward_note, delivered.delivered_upward_by, outcome(office)) == (
        "津政报〔2026〕7号", EDITOR.name, "missed",
    )  # fmt: skip


def test_R18_of_many_who_say_that_it_was_delivered_one_is_heard(office: ReviewOffice) -> None:
    of_province(office)
    results = at_once(*(partial(deliver, office, by) for by in (EDITOR, OTHER_EDITOR, CHIEF) * 3))
    refused = [result for result in results if isinstance(result, Conflict)]
    assert (len(refused), len(told(office, DeadlineMet)), outcome(office)) == (8, 1, "met")


def test_R18_a_commission_is_not_closed_while_the_city_owes_it_upward(office: ReviewOffice) -> None:
    of_province(office)
    office.register(answer())
    close = partial(office.do, "close_commission", EDITOR, commission_id=COMMISSION)
    with pytest.raises(Conflict, match="delivered upward"):
        close()
    deliver(office)
    assert close().state is CommissionState.CLOSED


def test_R18_withdrawn_it_is_owed_to_nobody_and_the_citys_own_has_nothing_to_deliver(office: ReviewOffice) -> None:
    of_province(office)
    withdrawn = office.do("withdraw_commission", EDITOR, commission_id=COMMISSION, reason="省里取消")
    assert withdrawn.upward_deadline.outcome.value == "waived"
    own = issue(office, commission_id=HEPING)
    for commission_id in (COMMISSION, own.commission_id):
        with pytest.raises(Conflict):
            office.do("deliver_upward", EDITOR, commission_id=commission_id)
    office.harness.clock.at = UPWARD + DAY
    office.sweep()
    assert told(office, DeadlineMissed) == []


def test_R18_units_neither_see_nor_settle_the_citys_own_time(office: ReviewOffice) -> None:
    of_province(office)
    with pytest.raises(Forbidden):
        deliver(office, OFFICER)
    owed = partial(office.do, "list_commissions", owed_upward=True)
    assert ([one.commission_id for one in owed(EDITOR).items], owed(OFFICER).items) == ([COMMISSION], [])
    deliver(office, note="津政报〔2026〕7号")
    assert owed(EDITOR).items == []
    seen = office.do("get_commission", OFFICER, commission_id=COMMISSION)
    assert {seen.upward_due_at, seen.upward_deadline, seen.delivered_upward_at, seen.upward_note} == {None}


def test_R18_closed_after_a_miss_it_is_owed_still_but_not_what_was_closed_before_there_was_a_clock(
    office: ReviewOffice,
) -> None:
    of_province(office)
    office.register(answer())
    office.harness.clock.at = UPWARD + DAY
    office.sweep()

    def owed() -> list[Any]:
        return [one.state for one in office.do("list_commissions", EDITOR, owed_upward=True).items]

    def forget_the_clock(commission_id: UUID) -> None:
        with office.harness.database.engine.begin() as connection:
            connection.execute(
                update(Deadline).where(Deadline.subject_id == commission_id).values(subject_id=uuid4())
            )

    office.do("close_commission", EDITOR, commission_id=COMMISSION)
    assert owed() == [CommissionState.CLOSED]
    forget_the_clock(COMMISSION)
    assert owed() == []
    issue(office, commission_id=HANGU, unit_ids=[HEPING], origin=Origin.PROVINCE, upward_due_at=UPWARD + 9 * DAY,
          due_at=UPWARD + 5 * DAY)  # fmt: skip
    forget_the_clock(HANGU)
    assert owed() == [CommissionState.ISSUED]


def raise_class(office: ReviewOffice, source: ReportRegistered) -> None:
    raised = ReportReclassified(
        report_id=source.report_id, number=source.number, unit_id=HEPING, secrecy=Secrecy.SECRET, known_as=[],
        deadline_ids=[], raised_by="钱信息员", raised_at=NOW,
    )  # fmt: skip
    office.harness.deliver(raised, source.report_id)


def test_R07_raising_a_class_locks_a_commission_before_its_deadlines_as_every_other_act_does(
    office: ReviewOffice,
) -> None:
    source = registered()
    office.register(source)
    of_province(office, from_report_id=source.report_id)
    locked: list[str] = []
    engine = office.harness.service.database.engine

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FOR UPDATE" in statement and "commissions.from_report_id" in statement:
            locked.append(statement.partition("FROM ")[2].split()[0])

    event.listen(engine, "before_cursor_execute", note)
    raise_class(office, source)
    event.remove(engine, "before_cursor_execute", note)
    assert locked == ["commissions", "deadlines"]


def test_R07_the_clock_upward_is_not_called_by_a_subject_whose_report_was_raised(office: ReviewOffice) -> None:
    source = registered()
    office.register(source)
    of_province(office, from_report_id=source.report_id)
    deliver(office, note=source.title)
    raise_class(office, source)
    shown = office.do("get_commission", EDITOR, commission_id=COMMISSION)
    assert (shown.upward_deadline.title, shown.upward_note) == (WITHHELD_TITLE, None)
