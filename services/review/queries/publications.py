"""Publications as they are listed and read."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from contracts.rpc import publications as rpc
from contracts.rpc.paging import ListQuery
from kernel.clock import china_day
from kernel.cursors import cursor_after, cut, read_cursor
from kernel.errors import NotFound
from kernel.service import Reading
from services.review.model.publications import Publication


def list_publications(reading: Reading, request: ListQuery) -> rpc.PublicationPage:
    """All publications by their code."""
    statement = select(Publication).order_by(Publication.code).limit(request.limit + 1)
    if request.cursor:
        statement = statement.where(Publication.code > read_cursor(request.cursor, str)[0])
    page, last = cut(reading.session.scalars(statement).all(), request.limit)
    today = china_day(reading.now)
    return rpc.PublicationPage(
        items=[publication_shown(row, today) for row in page], next_cursor=cursor_after(last.code) if last else None
    )


def get_publication(reading: Reading, request: rpc.PublicationCode) -> rpc.Publication:
    """One publication. Raises `NotFound`."""
    publication = reading.session.get(Publication, request.code)
    if publication is None:
        raise NotFound("没有这个刊物。", "There is no such publication.")
    return publication_shown(publication, china_day(reading.now))


def publication_shown(publication: Publication, today: date) -> rpc.Publication:
    """A publication as the contract tells it; the numbering is the one that holds today."""
    copied: dict[str, Any] = {
        name: getattr(publication, name)
        for name in (
            "code", "name", "level", "columns", "version", "kind", "head_text", "issuing_body", "numberings",
            "total_before", "secrecy", "item_limit", "distribution", "sign_off_chain",
        )
    }  # fmt: skip
    return rpc.Publication.model_validate(copied | {"numbering": publication.numbering_on(today)})
