"""What has lain with the supervision office for too long is told to it and to its head, once (R17)."""

from __future__ import annotations

from uuid import UUID, uuid5

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from contracts.events.supervision import OfficeStepMissed
from contracts.vocabulary import UnitClass
from kernel.clock import china_day
from kernel.database import Work
from kernel.deadlines.calendar import WorkingCalendar
from services.review.model.office_steps import Case, OfficeTelling
from services.review.model.units import Unit
from services.review.queries.office_steps import office_cases


def tell_late_steps(work: Work, calendar: WorkingCalendar) -> None:
    """Tell of every case that is late and was not told of yet; replicas may do so at the same time."""
    late = [case for case in office_cases(work.session, calendar) if case.late(work.now)]
    offices = _offices(work) if late else []
    for case in late:
        _tell(work, case, offices)


def _tell(work: Work, case: Case, offices: list[UUID]) -> None:
    waiting = case.waiting
    row = insert(OfficeTelling).values(
        step=waiting.step, subject_id=waiting.subject_id, since=waiting.since, told_at=work.now
    )
    if work.session.scalar(row.on_conflict_do_nothing().returning(OfficeTelling.step)) is None:
        return
    telling_id = uuid5(waiting.subject_id, f"{waiting.step.value} {waiting.since.isoformat()}")
    event = OfficeStepMissed(
        telling_id=telling_id, step=waiting.step, subject_id=waiting.subject_id,
        instruction_id=waiting.instruction_id, leader=waiting.leader, title=waiting.report_title,
        about_report_id=waiting.report_id, unit_ids=offices, since=waiting.since, due_at=case.due_at,
    )  # fmt: skip
    work.emit(event, subject=telling_id, version=1)
    work.audit("tell_late_step", waiting.subject_id, None, step=waiting.step.value)


def _offices(work: Work) -> list[UUID]:
    """The city's own office, whose head is told too."""
    living = or_(Unit.valid_to.is_(None), Unit.valid_to >= china_day(work.now))
    wanted = select(Unit.unit_id).where(Unit.unit_class == UnitClass.CITY_OFFICE, living)
    return list(work.session.scalars(wanted.order_by(Unit.unit_id)))
