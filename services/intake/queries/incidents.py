"""Incidents with one timeline over all units' chains; a unit sees its own reports only, in the SQL itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import incidents as rpc
from contracts.rpc.chains import Chain
from contracts.vocabulary import Figure, IncidentCategory, IncidentState, Kind
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from services.intake.model.chain_steps import ChainRow
from services.intake.model.incidents import Incident, IncidentReport, category_of, likenesses
from services.intake.model.reports import Report
from services.intake.queries.chains import chain_reply, visible_members
from services.intake.queries.keyset import cursor_after, instant_after, page
from services.intake.queries.visibility import cleared, in_reach, own_unit_only, reads_text

CANDIDATES = 20
LOOKED_AT = 200
"""First reports near in time that are compared."""

Joined = tuple[IncidentReport, Report, bool]
"""A joined first report, and whether its chain is closed."""


def incident_not_found(incident_id: UUID) -> NotFound:
    return NotFound(f"没有找到突发事件 {incident_id}。", f"There is no incident {incident_id}.")


def get_incident(reading: Reading, request: rpc.IncidentId) -> rpc.IncidentRecord:
    """One incident. Raises `NotFound`; for a unit also when none of its reports is in it."""
    incident = visible_incident(reading.session, reading.principal, request.incident_id)
    return incident_reply(reading.session, reading.principal, incident)


def visible_incident(session: Session, reader: Principal, incident_id: UUID) -> Incident:
    """The incident, if the reader may see it. Raises `NotFound`."""
    incident = session.get(Incident, incident_id)
    if incident is None or (own_unit_only(reader) and not _joined(session, reader, [incident.id])):
        raise incident_not_found(incident_id)
    return incident


def list_incidents(reading: Reading, request: rpc.ListIncidents) -> rpc.IncidentPage:
    """Incidents the reader may see, newest first."""
    query = select(Incident).order_by(Incident.opened_at.desc(), Incident.id.desc()).limit(request.limit + 1)
    if own_unit_only(reading.principal):
        own = select(IncidentReport.incident_id).join(Report, Report.id == IncidentReport.first_report_id)
        query = query.where(Incident.id.in_(own.where(*_visible(reading.principal))))
    if request.cursor:
        query = query.where(tuple_(Incident.opened_at, Incident.id) < instant_after(request.cursor))
    incidents, last = page(list(reading.session.scalars(query)), request.limit)
    joined = _joined(reading.session, reading.principal, [incident.id for incident in incidents])
    return rpc.IncidentPage(
        items=[
            rpc.IncidentSummary(**_summary(reading.principal, each, joined.get(each.id, []))) for each in incidents
        ],
        next_cursor=cursor_after(last.opened_at, last.id) if last else None,
    )


def incident_reply(session: Session, reader: Principal, incident: Incident) -> rpc.IncidentRecord:
    """The incident as the reader sees it now."""
    session.flush()
    joined = _joined(session, reader, [incident.id]).get(incident.id, [])
    inside = own_unit_only(reader)
    chains = [
        chain_reply(session, reader, visible_members(session, reader, report.id, report.unit_id))
        for _, report, _ in joined
    ]
    place = joined[0][1].place if inside and joined else incident.place
    return rpc.IncidentRecord(
        **_summary(reader, incident, joined),
        place=place if reads_text(reader) else None,
        opened_by="" if inside else incident.opened_by,
        version=incident.version,
        chains=[
            rpc.JoinedChain(
                chain=chain, joined_at=row.joined_at, joined_by="" if inside else row.joined_by,
                reason="" if inside else row.reason,
            )
            for chain, (row, _, _) in zip(chains, joined, strict=True)
        ],
        timeline=sorted(
            (rpc.IncidentStep(unit_name=chain.unit_name, step=step) for chain in chains for step in chain.steps),
            key=lambda each: (each.step.received_at, each.step.number),
        ),
        figures=sorted(
            (stated for chain in chains for stated in chain.figures),
            key=lambda each: (each.received_at, each.receipt_number),
        ),
        figures_by_unit=[_figures_of(chain, report.id) for chain, (_, report, _) in zip(chains, joined, strict=True)],
        candidates=[] if inside else _candidates(session, reader, incident, [report for _, report, _ in joined]),
    )  # fmt: skip


def _figures_of(chain: Chain, first_report_id: UUID) -> rpc.UnitFigures:
    last: dict[Figure, Decimal] = {stated.figure: stated.value for stated in chain.figures}
    return rpc.UnitFigures(unit_name=chain.unit_name, first_report_id=first_report_id, figures=last)


def _visible(reader: Principal) -> list[ColumnElement[bool]]:
    return [in_reach(reader, Report.unit_id), Report.secrecy.in_(cleared(reader))]


def _joined(session: Session, reader: Principal, incident_ids: Iterable[UUID]) -> dict[UUID, list[Joined]]:
    """The first reports of these incidents that the reader may see, in order of receipt."""
    query = (
        select(IncidentReport, Report, ChainRow.closed_at)
        .join(Report, Report.id == IncidentReport.first_report_id)
        .outerjoin(ChainRow, ChainRow.first_report_id == Report.id)
        .where(IncidentReport.incident_id.in_(list(incident_ids)), *_visible(reader))
        .order_by(Report.first_received_at, Report.number)
    )
    found: dict[UUID, list[Joined]] = {}
    for row, report, closed_at in session.execute(query):
        found.setdefault(row.incident_id, []).append((row, report, closed_at is not None))
    return found


def _summary(reader: Principal, incident: Incident, joined: list[Joined]) -> dict[str, object]:
    """For a unit everything is told by its own report: the incident's words may be another unit's."""
    title, category, occurred_at = incident.title, incident.category, incident.occurred_at
    if own_unit_only(reader) and joined:
        title, category, occurred_at = _own_words(joined[0][1])
    closed = bool(joined) and all(is_closed for _, _, is_closed in joined)
    return {
        "incident_id": incident.id,
        "number": incident.number,
        "title": title,
        "category": category,
        "occurred_at": occurred_at,
        "state": IncidentState.CLOSED if closed else IncidentState.OPEN,
        "drill": incident.drill,
        "unit_names": list(dict.fromkeys(report.unit_name for _, report, _ in joined)),
        "reports": len(joined),
        "opened_at": incident.opened_at,
    }


def _own_words(report: Report) -> tuple[str, IncidentCategory | None, datetime | None]:
    return report.title, category_of(report), report.occurred_at


def _candidates(
    session: Session, reader: Principal, incident: Incident, joined: list[Report]
) -> list[rpc.Candidate]:
    """First reports of other units, in no incident, near in time and alike in category or place; nearest first."""
    around = incident.occurred_at
    if around is None:
        return []
    taken = select(IncidentReport.first_report_id)
    query = select(Report).where(
        Report.kind == Kind.URGENT_FIRST,
        Report.occurred_at.between(around - rpc.NEAR, around + rpc.NEAR),
        Report.unit_id.not_in([report.unit_id for report in joined]),
        Report.drill == incident.drill,
        Report.id.not_in(taken),
        *_visible(reader),
    )
    newest = session.scalars(query.order_by(Report.first_received_at.desc()).limit(LOOKED_AT))
    alike = [(report, found) for report in newest if (found := likenesses(incident, report))]
    alike.sort(key=lambda each: (abs((each[0].occurred_at or around) - around), each[0].number))
    return [
        rpc.Candidate(
            report_id=report.id, number=report.number, unit_name=report.unit_name, title=report.title,
            occurred_at=report.occurred_at or around, likeness=found,
        )
        for report, found in alike[:CANDIDATES]
    ]  # fmt: skip
