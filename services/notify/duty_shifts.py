"""Use cases: the duty list, kept by duty officers and the chief editor."""

from __future__ import annotations

from sqlalchemy import func, select

from contracts.rpc import notify as rpc
from contracts.rpc.paging import Done
from kernel.database import Work
from kernel.errors import Conflict, NotFound, refuse_stale
from kernel.locks import lock_key
from services.notify.model.contacts import Person
from services.notify.model.duty_shifts import DutyShift, check_persons, check_times
from services.notify.queries.duty_shifts import as_shifts
from services.notify.wording import local_time


def record_duty_shift(work: Work, request: rpc.RecordDutyShift) -> rpc.DutyShift:
    """Create a shift or change one that is not over. Raises `Invalid`, `StaleVersion`; `Conflict` for an overlap or a
    past shift."""
    check_times(request.starts_at, request.ends_at)
    check_persons(request, work.session.scalars(select(Person).where(Person.person_id.in_(request.persons))))
    _lock_list(work)
    shift = work.session.get(DutyShift, request.shift_id)
    refuse_stale(shift.version if shift else 0, request.version, "该班次", "The shift")
    if shift is None:
        shift = DutyShift(shift_id=request.shift_id, version=0)
        work.session.add(shift)
    else:
        shift.refuse_ended(work.now)
    _refuse_overlap(work, request)
    shift.take(request)
    work.session.flush()
    work.audit("record_duty_shift", shift.shift_id, shift.version, persons=shift.persons)
    return as_shifts(work.session, [shift])[0]


def remove_duty_shift(work: Work, request: rpc.RemoveDutyShift) -> Done:
    """Take a shift off the list. Raises `NotFound`, `StaleVersion`; `Conflict` for one that is over."""
    _lock_list(work)
    shift = work.session.get(DutyShift, request.shift_id)
    if shift is None:
        raise NotFound("没有这个班次。", "There is no such shift.")
    refuse_stale(shift.version, request.version, "该班次", "The shift")
    shift.refuse_ended(work.now)
    work.session.delete(shift)
    work.audit("remove_duty_shift", shift.shift_id, shift.version, persons=shift.persons)
    return Done()


def _lock_list(work: Work) -> None:
    """One change at a time: two shifts recorded at once must see each other's times."""
    work.session.execute(select(func.pg_advisory_xact_lock(lock_key("duty list"))))


def _refuse_overlap(work: Work, wanted: rpc.RecordDutyShift) -> None:
    with work.session.no_autoflush:
        other = work.session.scalar(
            select(DutyShift)
            .where(
                DutyShift.ends_at > wanted.starts_at,
                DutyShift.starts_at < wanted.ends_at,
                DutyShift.shift_id != wanted.shift_id,
            )
            .limit(1)
        )
    if other is not None:
        times = f"{local_time(other.starts_at)}—{local_time(other.ends_at)}"
        raise Conflict(
            f"与已排班次（{times}）重叠。", "It overlaps another shift.", pointer="/starts_at",
            extra={"starts_at": other.starts_at.isoformat(), "ends_at": other.ends_at.isoformat()},
        )
