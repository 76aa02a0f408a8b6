"""The duty list: shifts, each with the persons who are told, in their order (access.md: roster)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import DateTime, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contracts.rpc.notify import RecordDutyShift
from contracts.vocabulary import Role
from kernel.clock import china_day
from kernel.errors import Conflict, Invalid
from services.notify.model.base import Base
from services.notify.model.contacts import Person

LONGEST = timedelta(hours=48)
DUTY = frozenset({Role.DUTY_OFFICER})


class DutyShift(Base):
    """One shift. The first of `persons` is told at once, the next when nobody has acknowledged."""

    __tablename__ = "duty_shifts"
    __table_args__ = (Index("duty_shifts_by_end", "ends_at", "shift_id"),)

    shift_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    persons: Mapped[list[str]] = mapped_column(JSONB)

    @property
    def person_ids(self) -> list[UUID]:
        return [UUID(person) for person in self.persons]

    def take(self, wanted: RecordDutyShift) -> None:
        """Times and persons as recorded now."""
        self.starts_at, self.ends_at = wanted.starts_at, wanted.ends_at
        self.persons = [str(person) for person in wanted.persons]
        self.version += 1

    def refuse_ended(self, now: datetime) -> None:
        """Raises `Conflict` for a shift that is over: who was on duty then is history."""
        if self.ends_at <= now:
            raise Conflict("该班次已结束，不能再改动。", "This shift is over; it can no longer be changed.")


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Raises `Invalid` unless the shift ends after its start, within 48 hours."""
    if ends_at <= starts_at:
        raise Invalid("结束时间必须晚于开始时间。", "A shift ends after it starts.", pointer="/ends_at")
    if ends_at - starts_at > LONGEST:
        raise Invalid("一个班次最长48小时。", "A shift lasts 48 hours at the most.", pointer="/ends_at")


def check_persons(wanted: RecordDutyShift, known: Iterable[Person]) -> None:
    """Raises `Invalid` naming the first person who stands twice or is no duty officer on every day of the shift."""
    people = {person.person_id: person for person in known}
    days = days_of(wanted.starts_at, wanted.ends_at)
    for place, person_id in enumerate(wanted.persons):
        if person_id in wanted.persons[:place]:
            raise Invalid("同一人排了两次。", "This person stands twice.", pointer=f"/persons/{place}")
        person = people.get(person_id)
        if person is None or not all(person.holds(DUTY, None, day) for day in days):
            raise Invalid(
                f"{person.name if person else person_id}在该班次期间不任值班员。",
                f"{person.name if person else person_id} does not hold the post duty officer throughout the shift.",
                pointer=f"/persons/{place}",
            )


def days_of(starts_at: datetime, ends_at: datetime) -> list[date]:
    """The days (Asia/Shanghai) a shift touches; one that ends at midnight does not touch the day that begins."""
    first, last = china_day(starts_at), china_day(ends_at - timedelta(microseconds=1))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
