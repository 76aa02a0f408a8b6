"""What one shift at the desk leaves to the next (R11)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from contracts.rpc import handover_sheets as rpc
from contracts.vocabulary import DeskState, ReportState, Secrecy
from kernel.errors import Invalid
from kernel.service import Reading
from services.review.model.desk import NEVER, DeskItem
from services.review.model.verifications import Verification

LONGEST = timedelta(days=7)
MOST = 200


def get_handover_sheet(reading: Reading, request: rpc.HandoverQuery) -> rpc.HandoverSheet:
    """The sheet of a shift, within the reader's clearance. Raises `Invalid` for a shift that is none."""
    if not timedelta(0) < request.end - request.begin <= LONGEST:
        raise Invalid("止时应晚于起时，且不超过 7 天。", "A shift ends after it begins, within 7 days.", pointer="/end")
    cleared = DeskItem.secrecy.in_(Secrecy.up_to(reading.principal.clearance))
    in_shift = DeskItem.decided_at.between(request.begin, request.end)

    def part(*conditions: ColumnElement[bool]) -> rpc.HandoverPart:
        return _part(reading.session, cleared, *conditions)

    return rpc.HandoverSheet(
        begin=request.begin,
        end=request.end,
        waiting=part(DeskItem.state == DeskState.WAITING, DeskItem.handover_note.is_(None)),
        in_hand=part(DeskItem.state == DeskState.CLAIMED, DeskItem.handover_note.is_(None)),
        promised=part(DeskItem.state != DeskState.DECIDED, DeskItem.handover_note.is_not(None)),
        pre_adopted=part(DeskItem.state == DeskState.DECIDED, DeskItem.decision == ReportState.PRE_ADOPTED),
        returned=part(DeskItem.state == DeskState.DECIDED, DeskItem.decision == ReportState.RETURNED, in_shift),
        decided=_decided(reading.session, cleared, in_shift),
        verifications=_verifications(
            reading.session, cleared, Verification.asked_at.between(request.begin, request.end)
        ),
    )


def _part(session: Session, *conditions: ColumnElement[bool]) -> rpc.HandoverPart:
    key = (DeskItem.urgency, DeskItem.due_at, DeskItem.received_at, DeskItem.report_id)
    items = session.scalars(select(DeskItem).where(*conditions).order_by(*key).limit(MOST)).all()
    total = len(items)
    if total == MOST:
        total = session.scalars(select(func.count()).select_from(DeskItem).where(*conditions)).one()
    return rpc.HandoverPart(total=total, items=[_line(item) for item in items])


def _decided(session: Session, *conditions: ColumnElement[bool]) -> list[rpc.DecidedCount]:
    rows = session.execute(
        select(DeskItem.decision, func.count()).where(*conditions, DeskItem.decision.is_not(None)).group_by(
            DeskItem.decision
        )
    )
    counts = {row[0]: row[1] for row in rows}
    return [rpc.DecidedCount(decision=each, number=counts[each]) for each in ReportState if each in counts]


def _verifications(session: Session, *conditions: ColumnElement[bool]) -> rpc.HandoverVerifications:
    """An entry that another corrects counts no more, whenever it was corrected."""
    later = aliased(Verification)
    uncorrected = ~exists().where(later.corrects_id == Verification.verification_id)
    of_reports = Verification.report_id == DeskItem.report_id
    wanted = select(Verification, DeskItem).join(DeskItem, of_reports).where(*conditions, uncorrected)
    newest = (Verification.asked_at.desc(), Verification.verification_id.desc())
    rows = session.execute(wanted.order_by(*newest).limit(MOST)).all()
    total = len(rows)
    if total == MOST:
        total = session.scalars(select(func.count()).select_from(wanted.subquery("found"))).one()
    return rpc.HandoverVerifications(total=total, items=[_asked(*row) for row in rows])


def _asked(entry: Verification, item: DeskItem) -> rpc.HandoverVerification:
    return rpc.HandoverVerification(
        report_id=item.report_id, number=item.number, title=item.title, unit_name=item.unit_name,
        asked_name=entry.asked_name, asked_post=entry.asked_post, asked_unit=entry.asked_unit,
        asked_phone=entry.asked_phone, asked_at=entry.asked_at, means=entry.means, conclusion=entry.conclusion,
        recorded_by=entry.recorded_by,
    )  # fmt: skip


def _line(item: DeskItem) -> rpc.HandoverLine:
    return rpc.HandoverLine(
        report_id=item.report_id, number=item.number, title=item.title, unit_name=item.unit_name, kind=item.kind,
        severity=item.severity, drill=item.drill, received_at=item.received_at,
        due_at=item.due_at if item.due_at < NEVER else None, person=item.claimed_by, until=item.claimed_until,
        note=item.remarks if item.state == DeskState.DECIDED else item.handover_note, at=item.decided_at,
    )  # fmt: skip
