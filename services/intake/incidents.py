"""Joining several units' chains into one incident: judged by a person, with reason, and undone the same way."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from contracts.events.intake import IncidentChanged
from contracts.rpc import incidents as rpc
from kernel.clock import china_day
from kernel.database import Work
from kernel.errors import Conflict
from services.intake.model.incidents import Incident, IncidentNumber, IncidentReport, check_first
from services.intake.model.reports import Report
from services.intake.queries.chains import visible_urgent_report
from services.intake.queries.incidents import incident_not_found, incident_reply


def open_incident(work: Work, request: rpc.OpenIncident) -> rpc.IncidentRecord:
    """Begin an incident with a first report. Raises `NotFound`, `Invalid`, `Conflict` when it is in one already."""
    report = _first_report(work, request.report_id)
    number = _next_number(work, work.now)
    incident = Incident.of(request.incident_id, number, report, request.title, work.principal.name, work.now)
    work.session.add(incident)
    work.session.flush()
    _join(work, incident, report, "opened", request.reason)
    return incident_reply(work.session, work.principal, incident)


def join_incident(work: Work, request: rpc.JoinIncident) -> rpc.IncidentRecord:
    """Join another first report. Raises `NotFound`, `Invalid`, `Conflict` when it is in an incident already."""
    incident, report = _locked(work, request.incident_id), _first_report(work, request.report_id)
    incident.check_may_join(report)
    _join(work, incident, report, "joined", request.reason)
    return incident_reply(work.session, work.principal, incident)


def leave_incident(work: Work, request: rpc.LeaveIncident) -> rpc.IncidentRecord:
    """Take a first report out again. Raises `NotFound`, `Conflict` when it is not in this incident."""
    incident, report = _locked(work, request.incident_id), _first_report(work, request.report_id)
    left = work.session.scalar(
        delete(IncidentReport)
        .where(IncidentReport.first_report_id == report.id, IncidentReport.incident_id == incident.id)
        .returning(IncidentReport.first_report_id)
    )
    if left is None:
        raise Conflict(
            f"{report.number} 不在突发事件 {incident.number} 中。",
            f"{report.number} is not part of incident {incident.number}.",
        )
    _tell(work, incident, report, "left", request.reason)
    return incident_reply(work.session, work.principal, incident)


def _join(
    work: Work, incident: Incident, report: Report, change: Literal["opened", "joined"], reason: str
) -> None:
    """However many join one report at once, its key lets one through."""
    row = insert(IncidentReport).values(
        first_report_id=report.id, incident_id=incident.id, joined_by=work.principal.name, joined_at=work.now,
        reason=reason,
    )  # fmt: skip
    joined = work.session.scalar(row.on_conflict_do_nothing().returning(IncidentReport.first_report_id))
    if joined is None:
        raise Conflict(
            f"{report.number} 已归入一个突发事件，须先移出。",
            f"{report.number} is part of an incident already; take it out there first.",
        )
    _tell(work, incident, report, change, reason)


def _tell(
    work: Work, incident: Incident, report: Report, change: Literal["opened", "joined", "left"], reason: str
) -> None:
    incident.version += 1
    changed = IncidentChanged(
        incident_id=incident.id, number=incident.number, change=change, report_id=report.id, unit_id=report.unit_id,
        reason=reason, drill=incident.drill,
    )  # fmt: skip
    work.emit(changed, subject=incident.id, version=incident.version)
    work.audit(f"incident.{change}", incident.id, incident.version, report_id=str(report.id), reason=reason)


def _first_report(work: Work, report_id: UUID) -> Report:
    report = visible_urgent_report(work.session, work.principal, report_id)
    check_first(report)
    return report


def _locked(work: Work, incident_id: UUID) -> Incident:
    incident = work.session.get(Incident, incident_id, with_for_update=True)
    if incident is None:
        raise incident_not_found(incident_id)
    return incident


def _next_number(work: Work, at: datetime) -> str:
    """The next number of the year; a transaction that fails gives it back, so the numbers have no gaps."""
    year = china_day(at).year
    first = insert(IncidentNumber).values(year=year, last=1)
    following = first.on_conflict_do_update(
        index_elements=[IncidentNumber.year], set_={"last": IncidentNumber.last + 1}
    )
    number = work.session.scalars(following.returning(IncidentNumber.last)).one()
    return f"{year}-{number:04d}"
