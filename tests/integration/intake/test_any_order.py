"""Events shuffled and doubled end in the same state (F8): reports, drafts, deadlines, watermark."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from contracts.events.deadlines import DeadlineMissed, DeadlineReassessed
from contracts.events.gateway import ReportAccepted, WatermarkAdvanced
from contracts.events.intake import RegistrationAdvanced, ReportRegistered
from contracts.events.review import AdoptionWithdrawn, ReportAdopted, ReportKept, ReportQueued, ReportReturned
from contracts.model import EventData
from kernel.deadlines.model import Deadline
from kernel.ids import new_id
from services.intake.model.drafts import Draft
from services.intake.model.reports import Report, ReportVersion
from services.intake.model.watermark import Watermark
from tests.factories.intake import DUE, OCCURRED, AcceptedFactory, ContentFactory, PersonFactory
from tests.integration.intake.conftest import Office

OFFICER = PersonFactory.officer()
DRAFT_ID = UUID("0190a000-0000-7000-8000-0000000000d1")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Sent:
    """An event as it travels, with its id: a double is the same event."""

    data: EventData
    subject: UUID | str
    version: int
    event_id: UUID


def scenario() -> list[Sent]:
    """An urgent chain with a returned version, a late one, an adopted and withdrawn report, two feedbacks."""
    first = AcceptedFactory.of(ContentFactory.urgent(), OCCURRED + 170 * MINUTE, draft_id=DRAFT_ID)
    second = AcceptedFactory.of(
        ContentFactory.urgent("更正"), OCCURRED + 300 * MINUTE, report_id=first.report_id, version=2
    )
    late, plain = AcceptedFactory.urgent_late(), AcceptedFactory.development(OCCURRED + MINUTE)
    feedbacks = [AcceptedFactory.feedback(OCCURRED + minutes * MINUTE) for minutes in (2, 400)]
    accepted = [first, second, late, plain, *feedbacks]
    marks = [(OCCURRED + 100 * MINUTE, 2), (DUE + 60 * MINUTE, 4), (OCCURRED + 500 * MINUTE, 6)]
    return [
        *(Sent(each, each.report_id, each.version, new_id()) for each in accepted),
        *(Sent(WatermarkAdvanced(up_to=up_to, accepted_total=total), "w", total, new_id()) for up_to, total in marks),
        *desk_events(first, second),
        *withdrawn_adoption(plain),
    ]


def desk_events(first: ReportAccepted, second: ReportAccepted) -> list[Sent]:
    """Returned in its first version, kept in its second."""
    return [
        of_desk(ReportQueued, first, 1),
        of_desk(ReportReturned, first, 2, remarks="请核实", returned_by="周静"),
        of_desk(ReportQueued, second, 3),
        of_desk(ReportKept, second, 4),
    ]


def withdrawn_adoption(plain: ReportAccepted) -> list[Sent]:
    adoption = {"adoption_id": new_id()}
    facts = {"publication_code": "daily", "issue_id": new_id(), "adopted_by": "周静"}
    return [
        of_desk(ReportQueued, plain, 1),
        of_desk(ReportAdopted, plain, 2, **adoption, **facts),
        of_desk(AdoptionWithdrawn, plain, 3, **adoption, reason="数据有误"),
    ]


def of_desk(kind: type[EventData], accepted: ReportAccepted, version: int, **facts: Any) -> Sent:
    told = kind(
        report_id=accepted.report_id,
        receipt_number=accepted.receipt_number,
        unit_id=accepted.unit_id,
        title=accepted.title,
        **facts,
    )
    return Sent(told, accepted.report_id, version, new_id())


def play(office: Office, events: list[Sent]) -> None:
    """The unit wrote a draft, then the events arrive; deadlines are swept all the while."""
    office.save(ContentFactory.urgent(), OFFICER, DRAFT_ID)
    office.clock.at = DUE + timedelta(hours=12)
    for sent in events:
        office.harness.deliver(sent.data, sent.subject, sent.version, event_id=sent.event_id)
        office.sweep_at(office.clock.now())
    office.harness.retry()
    office.harness.run_job("advance the watermark")
    office.sweep_at(office.clock.now())


_OF_A_REPORT = ("number", "receipt_number", "version", "state", "desk_version", "title", "remarks", "flags")


def end_state(office: Office) -> dict[str, Any]:
    with office.harness.database.reading() as session:
        watermark = session.scalars(select(Watermark)).one()
        return {
            "reports": {
                each.id: [getattr(each, name) for name in _OF_A_REPORT]
                for each in session.scalars(select(Report))
            },
            "receipts": {each.receipt_number: each.report_id for each in session.scalars(select(ReportVersion))},
            "drafts": {each.id: (each.state, each.receipt_number) for each in session.scalars(select(Draft))},
            "deadlines": {
                (each.kind, each.subject_id): (each.outcome, each.due_at, each.settled_at)
                for each in session.scalars(select(Deadline))
            },
            "watermark": (watermark.applied_up_to, watermark.applied_total, watermark.feedback_total),
            "waiting": watermark.waiting,
            "registered": sorted((told.report_id, told.version, told.late) for told in office.told(ReportRegistered)),
            "missed": sorted(told.subject_id for told in office.told(DeadlineMissed)),
            "reassessed": office.told(DeadlineReassessed),
            "held": office.harness.held(),
        }


@pytest.mark.parametrize("seed", range(4))
def test_F8_shuffled_and_doubled_events_end_in_the_same_state(office: Office, seed: int) -> None:
    events, chance = scenario(), random.Random(seed)
    mixed = events + chance.sample(events, len(events) // 3)
    chance.shuffle(mixed)
    play(office, events)
    in_order = end_state(office)
    office.open()
    play(office, mixed)
    assert end_state(office) == in_order


def test_F8_the_scenario_ends_as_the_rules_say(office: Office) -> None:
    """Of the two urgent reports one was late; the follow-ups of both are still owed."""
    play(office, scenario())
    state = end_state(office)
    assert state["watermark"] == (OCCURRED + 500 * MINUTE, 6, 2)
    assert sorted(outcome for outcome, _, _ in state["deadlines"].values()) == ["met", "missed", "open", "open"]
    assert len(state["missed"]) == 1
    assert office.told(RegistrationAdvanced)[-1].feedback_total == 2
    assert state["held"] == []
