"""The deadline engine: opens, settles, moves and sweeps deadlines, each inside the caller's transaction.

Every function locks the deadline's row first, so that callers need not; what changed is audited, and what others must
hear of is handed to `announce`, which the service turns into its contract event.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kernel.database import Work
from kernel.deadlines.due import CalendarName, Due
from kernel.deadlines.model import MET, MISSED, OPEN, STARTED_BY, WAIVED, Deadline, Passing
from kernel.deadlines.state import DeadlineState
from kernel.deadlines.swept import LockedDeadlines, SweptDeadline
from kernel.deadlines.thresholds import next_threshold_at, threshold_at
from kernel.errors import Conflict, Invalid
from kernel.ids import new_id

Announce = Callable[[Work, DeadlineState, Passing], None]
"""Turns a passing into the service's event; `deadline` is in the state after it, and left as it is."""

TOLD_AT_ONCE = 100
"""So many deadlines of a sweep are told of before PostgreSQL is sent the events; the sooner it has some to write."""
_EARLIER_TIME = "得知更早的完成时间 (an earlier time became known)"


def open_deadline(
    work: Work,
    *,
    kind: str,
    subject_id: UUID,
    started_at: datetime,
    started_by: str,
    due: Due,
    facts: dict[str, Any],
    announce: Announce,
    settled_at: datetime | None = None,
) -> Deadline:
    """Start the clock of a subject; where it runs already, the running one is returned unchanged.

    Opened late, only the highest threshold that has passed fires. Give `settled_at` when the subject is known to be
    done at that time already: then nothing reminds of it. Raises `Invalid`.
    """
    _check_order(started_at, due.due_at)
    if started_by not in STARTED_BY:
        raise ValueError(f"started_by is one of {', '.join(STARTED_BY)}, not {started_by}")
    values = _new_row(work, kind, subject_id, started_at, started_by, due, facts)
    created = work.session.scalar(insert(Deadline).values(values).on_conflict_do_nothing().returning(Deadline.id))
    deadline = find_deadline(work.session, kind, subject_id, lock=True)
    if deadline is None:
        raise RuntimeError(f"the deadline {kind} of {subject_id} is neither there nor could it be made")
    if created is None:
        return deadline
    _audit(work, deadline, "deadline.opened", due_at=due.due_at, rule=due.rule, rule_version=due.rule_version)
    if settled_at is not None:
        settle(work, deadline, settled_at, announce)
    for percent in deadline.pending_thresholds(work.now)[-1:]:
        _fire(work, deadline, percent, threshold_at(started_at, due.due_at, percent), announce)
    return deadline


def find_deadline(session: Session, kind: str, subject_id: UUID, lock: bool = False) -> Deadline | None:
    """The deadline of a subject, locked until the transaction ends if so asked."""
    query = select(Deadline).where(Deadline.kind == kind, Deadline.subject_id == subject_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def settle(work: Work, deadline: Deadline, at: datetime, announce: Announce) -> None:
    """The subject is done; its own time `at` decides: met when at or before the due time, else missed.

    Idempotent; a later time than one reported before changes nothing, an earlier one after a miss reassesses it.
    """
    _lock(work, deadline)
    old = deadline.outcome
    if not deadline.settle(at, work.now):
        return
    _audit(work, deadline, "deadline.settled", settled_at=at, outcome=deadline.outcome)
    _tell_outcome(work, deadline, old, deadline.due_at, _EARLIER_TIME, announce)


def extend(work: Work, deadline: Deadline, due_at: datetime, reason: str, announce: Announce) -> None:
    """Give more time. A missed one is reassessed. Raises `Conflict` once met or waived, `Invalid`."""
    _lock(work, deadline)
    _refuse_when(deadline, MET, WAIVED)
    _move(work, deadline, "extended", deadline.started_at, _later(deadline, due_at), reason, announce)


def reopen(work: Work, deadline: Deadline, due_at: datetime, reason: str, announce: Announce) -> None:
    """What settled it in time was sent back: open again, until `due_at`; told as a reassessment and recorded as an
    extension. Raises `Conflict` unless met, `Invalid`."""
    _lock(work, deadline)
    _refuse_when(deadline, MISSED, WAIVED)
    if deadline.outcome == OPEN:
        raise Conflict("该期限尚未完成，无需重新计时。", "This deadline is still open; there is nothing to reopen.")
    old_due_at, due = deadline.due_at, _later(deadline, due_at)
    deadline.reopen(due, _record(work, deadline, "extended", due_at, reason), work.now)
    _audit(work, deadline, "deadline.reopened", old_due_at=old_due_at, due_at=due_at, reason=reason)
    _tell_outcome(work, deadline, MET, old_due_at, reason, announce)


def _later(deadline: Deadline, due_at: datetime) -> Due:
    """The same rule with a later due time. Raises `Invalid`."""
    if due_at <= deadline.due_at:
        raise Invalid("延期后的截止时间必须晚于现截止时间。", "An extension must end later than the present due time.")
    calendar: CalendarName = "working" if deadline.calendar == "working" else "wall"
    return Due(due_at, deadline.rule, deadline.rule_version, calendar, deadline.limit_zh, deadline.limit_en)


def reassess(
    work: Work,
    deadline: Deadline,
    *,
    started_at: datetime,
    due: Due,
    reason: str,
    announce: Announce,
    started_by: str | None = None,
) -> None:
    """Correct the start, what started the clock, or the rule; the outcome is judged again.

    Told where the outcome or the due time changed: people have planned by the old one. Raises `Invalid`.
    """
    _lock(work, deadline)
    _check_order(started_at, due.due_at)
    old_outcome, old_due_at = deadline.outcome, deadline.due_at
    deadline.started_by = started_by or deadline.started_by
    _move(work, deadline, "reassessed", started_at, due, reason, announce)
    if deadline.outcome == old_outcome != WAIVED and deadline.due_at != old_due_at:
        _tell_reassessed(work, deadline, old_outcome, old_due_at, reason, announce)


def waive(work: Work, deadline: Deadline, reason: str) -> None:
    """Nobody need do it any more. Waiving twice is one waiver. Raises `Conflict` once met or missed, `Invalid`."""
    _lock(work, deadline)
    if deadline.outcome == WAIVED:
        return
    _refuse_when(deadline, MET, MISSED)
    deadline.waive(_record(work, deadline, "waived", deadline.due_at, reason), work.now)
    _audit(work, deadline, "deadline.waived", reason=reason)


def excuse(work: Work, deadline: Deadline, reason: str, announce: Announce) -> None:
    """A person finds that a missed one is not held against anybody: waived, and told as a reassessment.

    Raises `Conflict` unless missed, `Invalid`.
    """
    _lock(work, deadline)
    if deadline.outcome != MISSED:
        raise Conflict("该期限并未超时，无需免责。", "This deadline is not missed; there is nothing to excuse.")
    deadline.waive(_record(work, deadline, "waived", deadline.due_at, reason), work.now)
    _judged_anew(work, deadline, "deadline.excused", MISSED, reason, announce)


def reinstate(work: Work, deadline: Deadline, reason: str, announce: Announce) -> None:
    """An excuse is taken back: the facts decide again, told as a reassessment. Raises `Conflict` unless waived,
    `Invalid`."""
    _lock(work, deadline)
    if deadline.outcome != WAIVED:
        raise Conflict("该期限并未免除。", "This deadline is not waived.")
    deadline.reinstate(_record(work, deadline, "reinstated", deadline.due_at, reason), work.now)
    _judged_anew(work, deadline, "deadline.reinstated", WAIVED, reason, announce)


def _judged_anew(work: Work, deadline: Deadline, act: str, old: str, reason: str, announce: Announce) -> None:
    _audit(work, deadline, act, reason=reason)
    passing = Passing("reassessed", work.now, old_outcome=old, old_due_at=deadline.due_at, reason=reason)
    announce(work, deadline, passing)


def sweep(work: Work, kind: str, announce: Announce, decided_up_to: datetime | None, limit: int = 500) -> int:
    """Fire what has passed and decide what was missed; returns how many deadlines were looked at.

    Missed is only decided where the due time lies before `decided_up_to`: up to then nothing can arrive any more;
    None decides nothing. Replicas share the work: each takes rows the others have not locked. `announce` may not ask
    the database here: it is called while that writes.
    """
    locked = LockedDeadlines(work.session, kind, work.now, decided_up_to, limit)
    if not locked:
        return 0
    with locked.written() as (deadlines, send):
        for told, deadline in enumerate(deadlines, start=1):
            for percent, at in deadline.fired:
                _fire(work, deadline, percent, at, announce)
            if deadline.missed:
                _miss(work, deadline, announce, decided_up_to)
            if told % TOLD_AT_ONCE == 0:
                work.write_ahead(send)
        work.write_ahead(send)
    return len(locked)


def _miss(work: Work, deadline: SweptDeadline, announce: Announce, decided_up_to: datetime | None) -> None:
    deadline.miss()
    _audit(work, deadline, "deadline.missed", due_at=deadline.due_at, decided_up_to=decided_up_to)
    announce(work, deadline, Passing("missed", work.now))


def _fire(
    work: Work, deadline: Deadline | SweptDeadline, percent: int, passed_at: datetime, announce: Announce
) -> None:
    deadline.pass_threshold(percent)
    announce(work, deadline, Passing("approaching", passed_at, threshold_percent=percent))


def _move(
    work: Work, deadline: Deadline, what: str, started_at: datetime, due: Due, reason: str, announce: Announce
) -> None:
    old_outcome, old_due_at = deadline.outcome, deadline.due_at
    deadline.move(started_at, due, _record(work, deadline, what, due.due_at, reason), work.now)
    _audit(work, deadline, f"deadline.{what}", old_due_at=old_due_at, due_at=due.due_at, reason=reason)
    _tell_outcome(work, deadline, old_outcome, old_due_at, reason, announce)


def _tell_outcome(
    work: Work, deadline: Deadline, old: str, old_due_at: datetime, reason: str, announce: Announce
) -> None:
    if deadline.outcome in (old, WAIVED):
        return
    if old == OPEN and deadline.outcome == MET:
        announce(work, deadline, Passing("met", deadline.settled_at or work.now))
    elif old == OPEN:
        announce(work, deadline, Passing("missed", work.now))
    else:
        _tell_reassessed(work, deadline, old, old_due_at, reason, announce)


def _tell_reassessed(
    work: Work, deadline: Deadline, old: str, old_due_at: datetime, reason: str, announce: Announce
) -> None:
    passing = Passing("reassessed", work.now, old_outcome=old, old_due_at=old_due_at, reason=reason)
    announce(work, deadline, passing)


def _record(work: Work, deadline: Deadline, what: str, due_at: datetime, reason: str) -> dict[str, Any]:
    if not reason.strip():
        raise Invalid("请写明理由。", "State the reason.", pointer="/reason")
    return {
        "what": what,
        "at": work.now.isoformat(),
        "by_id": work.principal.id,
        "by_name": work.principal.name,
        "reason": reason.strip(),
        "old_due_at": deadline.due_at.isoformat(),
        "due_at": due_at.isoformat(),
    }


def _audit(work: Work, deadline: DeadlineState, act: str, **detail: Any) -> None:
    shown = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in detail.items()}
    work.audit(act, deadline.id, deadline.version, kind=deadline.kind, subject_id=str(deadline.subject_id), **shown)


def _lock(work: Work, deadline: Deadline) -> None:
    work.session.flush()  # a refresh throws away what this act has changed before: a move, then a settlement
    work.session.refresh(deadline, with_for_update=True)


def _refuse_when(deadline: Deadline, *outcomes: str) -> None:
    words = {MET: ("按时完成", "met"), MISSED: ("超时", "missed"), WAIVED: ("免除", "waived")}
    if deadline.outcome in outcomes:
        zh, en = words[deadline.outcome]
        raise Conflict(f"该期限已{zh}，不能再作此变更。", f"This deadline is already {en}; it cannot be changed so.")


def _check_order(started_at: datetime, due_at: datetime) -> None:
    if due_at <= started_at:
        raise Invalid("截止时间必须晚于起算时间。", "The due time must be later than the start of the clock.")


def _new_row(
    work: Work,
    kind: str,
    subject_id: UUID,
    started_at: datetime,
    started_by: str,
    due: Due,
    facts: dict[str, Any],
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "kind": kind,
        "subject_id": subject_id,
        "started_at": started_at,
        "started_by": started_by,
        "opened_by": work.principal.name,
        "due_at": due.due_at,
        "first_due_at": due.due_at,
        "rule": due.rule,
        "rule_version": due.rule_version,
        "calendar": due.calendar,
        "limit_zh": due.limit_zh,
        "limit_en": due.limit_en,
        "facts": facts,
        "outcome": OPEN,
        "extensions": [],
        "passed_percent": 0,
        "next_threshold_at": next_threshold_at(started_at, due.due_at, 0),
        "version": 1,
    }
