"""The list of publications."""

from __future__ import annotations

from sqlalchemy import select

from contracts.rpc import issues as rpc
from contracts.rpc.paging import ListQuery
from kernel.service import Reading
from services.review.model.publications import Publication
from services.review.queries.cursors import cursor_after, cut, read_cursor


def list_publications(reading: Reading, request: ListQuery) -> rpc.PublicationPage:
    """All publications by their code."""
    statement = select(Publication).order_by(Publication.code).limit(request.limit + 1)
    if request.cursor:
        statement = statement.where(Publication.code > read_cursor(request.cursor, str)[0])
    page, last = cut(reading.session.scalars(statement).all(), request.limit)
    return rpc.PublicationPage(
        items=[publication_shown(row) for row in page], next_cursor=cursor_after(last.code) if last else None
    )


def publication_shown(publication: Publication) -> rpc.Publication:
    """A publication as the contract tells it."""
    return rpc.Publication(
        code=publication.code,
        name=publication.name,
        level=publication.level,
        columns=publication.columns,
        version=publication.version,
    )
