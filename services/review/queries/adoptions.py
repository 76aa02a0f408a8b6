"""A report's adoptions in force and withdrawn (R11)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import aliased

from contracts.rpc import adoptions as rpc
from contracts.rpc.desk import ReportId
from kernel.service import Reading
from services.review.model.adoptions import Adoption
from services.review.model.issues import Issue
from services.review.queries.desk import visible_item

COPY_OFFERED = timedelta(days=7)
"""How long an edit copy lies ready after its adoption was withdrawn."""
_further = aliased(Adoption)
SINGLE = and_(Adoption.leading_id.is_(None), ~exists().where(_further.leading_id == Adoption.adoption_id))
"""Whether an adoption is an item by itself, no contribution to a combined one (综合)."""


def list_adoptions(reading: Reading, request: ReportId) -> rpc.Adoptions:
    """The report's adoptions, the newest first. Raises `NotFound`."""
    visible_item(reading.session, reading.principal, request.report_id)
    rows = reading.session.execute(
        select(Adoption, Issue, SINGLE)
        .join(Issue, Issue.issue_id == Adoption.issue_id)
        .where(Adoption.report_id == request.report_id)
        .order_by(Adoption.adopted_at.desc(), Adoption.adoption_id.desc())
        .limit(rpc.MOST)
    )
    return rpc.Adoptions(items=[_told(*row, reading.now) for row in rows])


def _told(adoption: Adoption, issue: Issue, single: bool, now: datetime) -> rpc.ToldAdoption:
    """The words of a combined item are other units' too: no edit copy of this report, whoever is cleared for it."""
    told = {name: getattr(adoption, name) for name in rpc.ToldAdoption.model_fields if hasattr(adoption, name)}
    lies_ready = adoption.withdrawn_at is not None and now <= adoption.withdrawn_at + COPY_OFFERED
    if not (single and adoption.edited_by_id and lies_ready):
        told["title"] = told["body"] = None
    told["column"] = adoption.column_name
    return rpc.ToldAdoption(**told, publication_name=issue.publication_name, number_line=issue.number_line)
