"""R07: messages lose the words of a report whose class was raised; what had left is listed, the rest cancelled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from contracts.events.intake import DraftOffered, ReportReclassified, ReportRegistered
from contracts.rpc.intake import ReportId
from contracts.rpc.notify import ListMessages
from contracts.rpc.secrecy import ToldPeople
from contracts.vocabulary import Channel, Kind, Role, Secrecy
from kernel.errors import NotFound
from kernel.ids import new_id
from kernel.principal import Principal
from tests.factories.duty import DISTRICT, NOON, OFFICE, DutyOffice, urgent

WORD = "凤凰山军用机场"
DRAFT = new_id()
UNIT = Principal(str(new_id()), "王敏", DISTRICT, frozenset({Role.INFORMATION_OFFICER}))
STRANGER = Principal(str(new_id()), "郑", OFFICE, frozenset({Role.INFORMATION_OFFICER}))


@pytest.fixture
def office(migrated_database: Callable[[str], str]) -> Iterator[DutyOffice]:
    made = DutyOffice(migrated_database("notify"))
    made.staff()
    yield made
    made.close()


def registered() -> ReportRegistered:
    return urgent().model_copy(update={"title": f"{WORD}起火", "unit_id": DISTRICT})


def raised(report: ReportRegistered) -> ReportReclassified:
    return ReportReclassified(
        report_id=report.report_id, number=report.number, unit_id=report.unit_id, secrecy=Secrecy.SECRET,
        known_as=[report.report_id, DRAFT], deadline_ids=[], raised_by="王敏", raised_at=NOON,
    )


def hear(office: DutyOffice, report: ReportRegistered, event_id: Any = None) -> None:
    office.harness.deliver(raised(report), report.report_id, 3, event_id=event_id)


def messages(office: DutyOffice) -> str:
    """Every message and every parcel there is, as its reader, or a mail server, would get it."""
    shown = []
    for name, person_id in office.people.items():
        who = Principal(str(person_id), name, OFFICE, frozenset({Role.EDITOR}))
        shown.append(office.call("list_messages", ListMessages(), who).model_dump_json())
    with office.harness.database.reading() as session:
        shown += session.connection().exec_driver_sql("SELECT content FROM deliveries").scalars()
    return "\n".join(shown)


def told(office: DutyOffice, report: ReportRegistered, who: Principal = UNIT) -> ToldPeople:
    people: ToldPeople = office.call("list_told", ReportId(report_id=report.report_id), who)
    return people


def test_R07_what_has_not_left_is_cancelled_and_says_nothing(office: DutyOffice) -> None:
    report = registered()
    office.register(report)
    assert WORD in messages(office)
    hear(office, report)
    assert WORD not in messages(office)
    assert (told(office, report).told, told(office, report).cancelled > 0) == ([], True)


def test_R07_who_had_been_told_is_listed_for_the_own_unit(office: DutyOffice) -> None:
    report = registered()
    office.register(report)
    while office.harness.service.deliver(Channel.EMAIL):
        pass
    office.clock.advance(office.harness.service.pause / 10)
    hear(office, report)
    people = told(office, report)
    assert {one.person_name for one in people.told} >= {"丁"}
    with pytest.raises(NotFound):
        told(office, report, STRANGER)


def test_R07_events_that_come_later_are_told_without_words(office: DutyOffice) -> None:
    report = registered()
    hear(office, report)
    office.register(report)
    office.pass_time()
    author = office.people["丁"]
    offered = DraftOffered(
        draft_id=DRAFT, unit_id=OFFICE, kind=Kind.DEVELOPMENT, title=f"{WORD}起火", author_id=author, author_name="丁"
    )
    office.person("戊", Role.RESPONSIBLE_LEADER)
    office.harness.deliver(offered, DRAFT)
    assert WORD not in messages(office)


def test_R07_a_doubled_raising_counts_what_it_cancelled_once(office: DutyOffice) -> None:
    report, event_id = registered(), new_id()
    office.register(report)
    hear(office, report, event_id)
    once = told(office, report).cancelled
    hear(office, report, event_id)
    assert told(office, report).cancelled == once
