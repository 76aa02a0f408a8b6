"""F8: events doubled and in any order tell the same people the same things, each once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from contracts.events.intake import DraftReturned, PersonRecorded, PostHeld
from contracts.events.review import AssignmentGiven, FeedbackReturned
from contracts.rpc.notify import RecordContact
from contracts.vocabulary import Role
from kernel.ids import new_id
from kernel.principal import Principal
from kernel.testing import ServiceHarness, SettableClock
from services.notify.model.messages import Message
from services.notify.service import NotifyService

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
UNIT, OFFICER, LEADER = new_id(), new_id(), new_id()
ADMINISTRATOR = Principal(str(new_id()), "系统管理员", None, frozenset({Role.SYSTEM_ADMINISTRATOR}))
Told = tuple[Any, UUID, int, UUID]
"""Data, subject, version, event id."""


def person(person_id: UUID, name: str, role: Role) -> PersonRecorded:
    post = PostHeld(unit_id=UNIT, role=role, title=role.label, valid_from=date(2020, 1, 1))
    return PersonRecorded(person_id=person_id, name=name, unit_id=UNIT, posts=[post])


def directory() -> list[Told]:
    """Two people; the second version of one of them carries the name that counts."""
    return [
        (person(OFFICER, "王芳（旧）", Role.INFORMATION_OFFICER), OFFICER, 1, new_id()),
        (person(OFFICER, "王芳", Role.INFORMATION_OFFICER), OFFICER, 2, new_id()),
        (person(LEADER, "李强", Role.RESPONSIBLE_LEADER), LEADER, 1, new_id()),
    ]


def happenings() -> list[Told]:
    assignment, report = new_id(), new_id()
    common = {
        "assignment_id": assignment, "instruction_id": new_id(), "unit_id": UNIT, "title": "河道治理",
        "due_at": NOON + timedelta(days=5),
    }
    draft = DraftReturned(
        draft_id=new_id(), unit_id=UNIT, title="供热检查", author_id=OFFICER, remarks="补充数据", returned_by="李强"
    )
    return [
        (AssignmentGiven(**common, requirement="查明原因"), assignment, 1, new_id()),
        (FeedbackReturned(**common, report_id=report, remarks="不具体", returned_by="马丽"), assignment, 4, new_id()),
        (draft, draft.draft_id, 3, new_id()),
    ]


def told(notify: ServiceHarness) -> list[tuple[str, str, str, int]]:
    with notify.database.reading() as session:
        rows = session.query(Message).all()
        return sorted((row.message, row.person_name, row.body, len(row.deliveries)) for row in rows)


@pytest.mark.parametrize("seed", range(5))
def test_F8_shuffled_and_doubled_events_tell_everybody_once(
    migrated_database: Callable[[str], str], seed: int
) -> None:
    chance, people, events = Random(seed), directory(), happenings()
    outcomes = []
    for disordered in (False, True):
        notify = ServiceHarness(NotifyService, migrated_database("notify"), SettableClock(NOON))
        for person_id in (OFFICER, LEADER):
            contact = RecordContact(person_id=person_id, email="a@b.example", mobile="+8613900000000")
            notify.call("record_contact", contact, ADMINISTRATOR)
        for batch in (people, events):
            deliveries = batch + chance.sample(batch, 2) if disordered else batch
            if disordered:
                chance.shuffle(deliveries)
            for data, subject, version, event_id in deliveries:
                notify.deliver(data, subject, version, event_id=event_id)
        outcomes.append(told(notify))
        notify.close()
    assert outcomes[0] == outcomes[1]
    assert len(outcomes[0]) == 5
