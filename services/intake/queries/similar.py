"""Reports like a text: candidates by their bands, few of them compared as a whole; what the reader may not know of is
left out in the SQL (access.md 3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from contracts.rpc import similar as rpc
from contracts.vocabulary import Kind, ReportState
from kernel.principal import Principal
from kernel.service import Reading
from services.intake.model.incidents import IncidentReport
from services.intake.model.reports import Report
from services.intake.model.similar import (
    SIMILAR,
    Sketch,
    Span,
    equal_sentences,
    likeness,
    shingles_of,
    sketch_of,
)
from services.intake.queries.chains import root_of
from services.intake.queries.reports import visible_report
from services.intake.queries.visibility import cleared

LOOKED_AT = 1_000
"""Candidates whose sketches are compared, the newest first."""
COMPARED = 50
"""Reports whose texts are compared, those with the likest sketches."""
MARGIN = 0.12
"""How far the agreement of two sketches may fall short of the likeness: three standard deviations."""
HINTED, LISTED = 3, 10

MINUTE = timedelta(minutes=1)

BY_INDEX = text("SET LOCAL enable_seqscan = off")
"""PostgreSQL takes the overlap of two arrays for cheap and for frequent, and would compare all rows."""
# Materialised: ordered by its key, the table would be read from the end until enough is found.
SHARING = text("""
    WITH sharing AS MATERIALIZED (
      SELECT report_id, bins FROM report_sketches WHERE bands && CAST(:bands AS integer[])
    )
    SELECT report_id, bins FROM sharing ORDER BY report_id DESC LIMIT :looked_at
""")
"""Sketches that have a band in common with one, of the newest reports."""
TOLD = text("""
    SELECT id, number, unit_id, unit_name, kind, state, title, body, first_received_at FROM reports
    WHERE id = ANY(:candidates) AND secrecy = ANY(:cleared) AND drill = :drill AND state <> :withdrawn
      AND id <> ALL(:chain) AND (follows_report_id IS NULL OR follows_report_id <> ALL(:chain))
""")
"""Candidates whose existence the reader may learn of: up to his clearance, none of the text's own chain. An exercise is
like exercises only."""

Found = Row[Any]
"""A report of `TOLD`."""


@dataclass(frozen=True)
class Asked:
    """A text, and whose chain of documents it belongs to: these are like it by nature."""

    title: str
    body: str
    kind: Kind
    drill: bool
    chain: frozenset[UUID]


def similar_to_text(reading: Reading, request: rpc.SimilarToText) -> rpc.SimilarHints:
    """What a unit may know of reports like the text it writes: of whom, when, how like."""
    chain = frozenset(filter(None, (request.report_id, request.follows_report_id)))
    asked = Asked(request.title, request.body, request.kind, request.drill, chain)
    found = _similar(reading.session, reading.principal, asked)[:HINTED]
    return rpc.SimilarHints(items=[_hint(reading, report, share) for report, share in found])


def similar_reports(reading: Reading, request: rpc.SimilarReportsQuery) -> rpc.SimilarReports:
    """Reports like one that the reader may see, of all units. Raises `NotFound`."""
    report = visible_report(reading.session, reading.principal, request.report_id)
    asked = Asked(report.title, report.body, report.kind, report.drill, frozenset({report.id, root_of(report)}))
    found = _similar(reading.session, reading.principal, asked)[:LISTED]
    incidents = _incidents(reading.session, [other.id for other, _ in found])
    return rpc.SimilarReports(
        items=[_listed(report, other, share, incidents.get(other.id)) for other, share in found]
    )


def _similar(session: Session, reader: Principal, asked: Asked) -> list[tuple[Found, float]]:
    """The reports at least `SIMILAR` to the text, alike first, then newest first."""
    shingles = shingles_of(asked.title, asked.body)
    sketch = sketch_of(shingles) if asked.kind is not Kind.FEEDBACK else None
    candidates = _candidates(session, sketch) if sketch else []
    if not candidates:
        return []
    told = {
        "cleared": cleared(reader), "drill": asked.drill, "chain": list(asked.chain), "candidates": candidates,
        "withdrawn": str(ReportState.WITHDRAWN),
    }  # fmt: skip
    shares = [
        (report, likeness(shingles, shingles_of(report.title, report.body)))
        for report in session.execute(TOLD, told)
    ]
    found = [each for each in shares if each[1] >= SIMILAR]
    return sorted(found, key=lambda each: (each[1], each[0].first_received_at, each[0].id), reverse=True)


def _candidates(session: Session, sketch: Sketch) -> list[UUID]:
    """Reports whose sketches say that they may be similar."""
    session.execute(BY_INDEX)
    newest = session.execute(SHARING, {"bands": list(sketch.bands), "looked_at": LOOKED_AT})
    agreeing = [(sketch.agreement(bins), report_id) for report_id, bins in newest]
    alike = sorted((each for each in agreeing if each[0] >= SIMILAR - MARGIN), reverse=True)
    return [report_id for _, report_id in alike[:COMPARED]]


def _hint(reading: Reading, report: Found, share: float) -> rpc.SimilarHint:
    own = report.unit_id == reading.principal.unit_id
    return rpc.SimilarHint(
        unit_name=report.unit_name,
        own=own,
        received_at=report.first_received_at,
        minutes=(reading.now - report.first_received_at) // MINUTE,
        percent=round(share * 100),
        report_id=report.id if own else None,
        number=report.number if own else None,
        title=report.title if own else None,
    )


def _incidents(session: Session, report_ids: list[UUID]) -> dict[UUID, UUID]:
    """The incident that each of these first reports was joined to."""
    query = select(IncidentReport.first_report_id, IncidentReport.incident_id)
    rows = session.execute(query.where(IncidentReport.first_report_id.in_(report_ids)))
    return {row.first_report_id: row.incident_id for row in rows}


def _listed(report: Report, other: Found, share: float, incident_id: UUID | None) -> rpc.SimilarReport:
    return rpc.SimilarReport(
        report_id=other.id,
        number=other.number,
        unit_name=other.unit_name,
        kind=other.kind,
        state=other.state,
        title=other.title,
        received_at=other.first_received_at,
        minutes=int((other.first_received_at - report.first_received_at) / MINUTE),
        percent=round(share * 100),
        incident_id=incident_id,
        equal=[
            rpc.EqualSentence(here=_span(here), there=_span(there))
            for here, there in equal_sentences(report.body, other.body)
        ],
    )


def _span(span: Span) -> rpc.Span:
    return rpc.Span(begin=span.begin, end=span.end)
