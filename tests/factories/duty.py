"""Duty officers, shifts and urgent reports as notify hears of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import select

from contracts.events.gateway import SignOff
from contracts.events.intake import PersonRecorded, PostHeld, ReportAcknowledged, ReportRegistered
from contracts.rpc import notify as rpc
from contracts.vocabulary import Kind, Role, Severity, SignOffMethod, UnitClass
from kernel.ids import new_id
from kernel.principal import Principal
from kernel.testing import ServiceHarness, SettableClock
from services.notify.model.messages import Message
from services.notify.recipients.audience import DUTY_CALL
from services.notify.schedule import CALL_JOB
from services.notify.service import NotifyService

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
"""12:00 in Shanghai."""
HOUR, PAUSE = timedelta(hours=1), timedelta(minutes=5)
OFFICE, DISTRICT = new_id(), new_id()
ADMINISTRATOR = Principal(str(new_id()), "系统管理员", None, frozenset({Role.SYSTEM_ADMINISTRATOR}))
DUTY = Principal(str(new_id()), "周静", OFFICE, frozenset({Role.DUTY_OFFICER}))
_numbers = count(1)


class DutyOffice:
    """Notify with duty officers 甲, 乙, 丙 and the editor 丁, all with addresses."""

    def __init__(self, database_url: str, clock: SettableClock | None = None) -> None:
        self.harness = ServiceHarness(NotifyService, database_url, clock or SettableClock(NOON))
        self.clock = self.harness.clock
        self.people: dict[str, UUID] = {}

    def close(self) -> None:
        self.harness.close()

    def staff(self) -> None:
        for name in ("甲", "乙", "丙"):
            self.person(name, Role.DUTY_OFFICER)
        self.person("丁", Role.EDITOR)

    def person(self, name: str, role: Role, valid_to: date | None = None) -> UUID:
        person_id = self.people.setdefault(name, new_id())
        post = PostHeld(unit_id=OFFICE, role=role, title=role.label, valid_from=date(2020, 1, 1), valid_to=valid_to)
        recorded = PersonRecorded(person_id=person_id, name=name, unit_id=OFFICE, posts=[post])
        self.harness.deliver(recorded, person_id, next(_numbers))
        contact = rpc.RecordContact(person_id=person_id, email="a@city.example", mobile="+8613900000000")
        self.harness.call("record_contact", contact, ADMINISTRATOR)
        return person_id

    def shift(
        self, names: Sequence[str], starts_at: datetime = NOON - HOUR, hours: float = 12, **changes: Any
    ) -> rpc.DutyShift:
        values = {
            "shift_id": new_id(), "starts_at": starts_at, "ends_at": starts_at + HOUR * hours,
            "persons": [self.people[name] for name in names],
        }
        reply: rpc.DutyShift = self.call("record_duty_shift", rpc.RecordDutyShift(**(values | changes)))
        return reply

    def call(self, method: str, request: Any, who: Principal = DUTY) -> Any:
        return self.harness.call(method, request, who)

    def register(self, report: ReportRegistered, event_id: UUID | None = None) -> None:
        self.harness.deliver(report, report.report_id, report.version, event_id=event_id)

    def acknowledge(self, report: ReportRegistered) -> None:
        self.harness.deliver(acknowledged(report, self.clock.now()), report.report_id, report.version)

    def pass_time(self, by: timedelta = PAUSE) -> None:
        """The clock goes on, then the timed work is done once."""
        self.clock.advance(by)
        self.harness.run_job(CALL_JOB)

    def calls(self) -> list[str]:
        """Names of the duty officers called so far, in order; those of one call by name, joined."""
        with self.harness.database.reading() as session:
            rows = session.scalars(select(Message).where(Message.message == DUTY_CALL).order_by(Message.message_id))
            names: dict[UUID, list[str]] = {}
            for row in rows:
                names.setdefault(row.cause_id, []).append(row.person_name)
        return ["".join(called) for called in names.values()]

    def messages(self, **where: Any) -> list[Message]:
        with self.harness.database.reading() as session:
            found = list(session.scalars(select(Message).filter_by(**where).order_by(Message.message_id)))
            for message in found:
                assert message.deliveries is not None  # loaded while the session is open
            session.expunge_all()
            return found


def urgent(**changes: Any) -> ReportRegistered:
    """An urgent first report of a district, as intake registers it."""
    number = f"2026-{next(_numbers):07}"
    values: dict[str, Any] = {
        "report_id": new_id(), "number": number, "receipt_number": number, "version": 1, "kind": Kind.URGENT_FIRST,
        "severity": Severity.LARGER, "unit_id": DISTRICT, "unit_name": "河西区", "unit_class": UnitClass.DISTRICT,
        "title": "一化工厂发生火情", "body": "消防部门已到场处置。", "received_at": NOON, "content_hash": "sha256:0",
        "sign_off": SignOff(
            author_id=None, author_name="王芳", signer_id=None, signer_name="李强", signer_post="分管负责人",
            signed_at=NOON, method=SignOffMethod.SESSION,
        ),
    }
    return ReportRegistered(**(values | changes))


def acknowledged(report: ReportRegistered, at: datetime) -> ReportAcknowledged:
    return ReportAcknowledged(
        report_id=report.report_id, receipt_number=report.receipt_number, unit_id=report.unit_id, title=report.title,
        kind=report.kind, acknowledged_by="周静", acknowledged_at=at, drill=report.drill,
    )
