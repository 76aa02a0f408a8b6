"""Sketching registered reports, so that reports like another text are found (`queries/similar.py`)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contracts.vocabulary import Kind
from kernel.database import Work
from services.intake.model.reports import Report
from services.intake.model.similar import ReportSketch, shingles_of, sketch_of

BATCH = 300
"""Reports sketched in one run of the timed work: about a tenth of a second."""


def sketch_reports(session: Session, reports: Iterable[Report]) -> None:
    """Keep the sketches of these reports' newest versions, in the transaction that registers them.

    Feedback has none: that a unit was given an assignment is no other unit's business.
    """
    sketches = {
        report.id: sketch_of(shingles_of(report.title, report.body)) if report.kind is not Kind.FEEDBACK else None
        for report in reports
    }
    kept = [
        {"report_id": report_id, "bins": sketch.bins, "bands": list(sketch.bands)}
        for report_id, sketch in sorted(sketches.items())
        if sketch is not None
    ]
    if kept:
        rows = insert(ReportSketch).values(kept)
        changed = {"bins": rows.excluded.bins, "bands": rows.excluded.bands}
        session.execute(rows.on_conflict_do_update(index_elements=["report_id"], set_=changed))
    without = [report.id for report in reports if sketches[report.id] is None and report.version > 1]
    if without:
        session.execute(delete(ReportSketch).where(ReportSketch.report_id.in_(without)))


def sketch_earlier(work: Work) -> None:
    """Sketch some of the reports that were registered before there were sketches; those being changed wait."""
    query = select(Report).where(~Report.sketched).order_by(Report.id).limit(BATCH)
    reports = list(work.session.scalars(query.with_for_update(skip_locked=True)))
    sketch_reports(work.session, reports)
    for report in reports:
        report.sketched = True
