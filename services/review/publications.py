"""Publications: created and changed by the chief editor."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from contracts.rpc import publications as rpc
from contracts.vocabulary import Secrecy
from kernel.clock import china_day
from kernel.database import Work
from services.review.model.publications import Publication
from services.review.queries.publications import publication_shown


def record_publication(work: Work, request: rpc.RecordPublication) -> rpc.Publication:
    """Create the publication or change the one with this code; issues keep the name they were opened under.

    Raises `StaleVersion` when it changed since it was seen, `Invalid`.
    """
    fresh = insert(Publication).values(
        code=request.code, version=0, name=request.name, level=request.level, columns=request.columns,
        kind=request.kind, numberings=[], total_before=0, secrecy=Secrecy.UNCLASSIFIED, distribution=[],
        sign_off_chain=[],
    )  # fmt: skip
    work.session.execute(fresh.on_conflict_do_nothing())
    publication = work.session.scalars(
        select(Publication).where(Publication.code == request.code).with_for_update()
    ).one()
    today = china_day(work.now)
    publication.change(request, today)
    work.audit("record_publication", publication.code, publication.version, name=publication.name)
    return publication_shown(publication, today)
