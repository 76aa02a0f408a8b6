"""Pictures of an issue's items: those chosen, those on offer, and the copies that are printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import Session

from contracts.rpc import item_pictures as rpc
from contracts.vocabulary import IssueState, Secrecy
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from services.review.model.adoptions import Adoption
from services.review.model.desk import DeskItem
from services.review.model.issues import Issue
from services.review.model.item_pictures import PictureCopy, digest_of, pictures_shown
from services.review.queries.issue_items import STANDS


def list_item_pictures(reading: Reading, request: rpc.ItemOfIssue) -> rpc.ItemPictures:
    """Of one item. Raises `NotFound`, also for an item that this person is not cleared for."""
    adoption = reading.session.get(Adoption, request.adoption_id)
    if adoption is None or adoption.issue_id != request.issue_id or adoption.leading_id or adoption.withdrawn_at:
        raise _no_item()
    visible_members(reading.session, reading.principal, adoption)
    return item_pictures_shown(reading.session, adoption)


def visible_members(session: Session, principal: Principal, adoption: Adoption) -> None:
    """Raises `NotFound` unless the person may read every report of the item."""
    classes = session.scalars(
        select(DeskItem.secrecy).join(Adoption, Adoption.report_id == DeskItem.report_id).where(_members(adoption))
    ).all()
    if not set(classes) <= set(Secrecy.up_to(principal.clearance)):
        raise _no_item()


def item_pictures_shown(session: Session, adoption: Adoption) -> rpc.ItemPictures:
    chosen = pictures_shown(adoption)
    taken = {picture.digest for picture in chosen}
    return rpc.ItemPictures(
        issue_id=adoption.issue_id, adoption_id=adoption.adoption_id, version=adoption.version, chosen=chosen,
        offered=[each for each in brought(session, adoption) if each.digest not in taken],
    )


def brought(session: Session, adoption: Adoption) -> list[rpc.PictureOffered]:
    """The pictures attached to the item's reports as they lie on the desk, each once."""
    rows = session.execute(
        select(DeskItem.report_id, DeskItem.unit_name, DeskItem.attachments)
        .join(Adoption, Adoption.report_id == DeskItem.report_id)
        .where(_members(adoption))
        .order_by(Adoption.leading_id.is_not(None), Adoption.adopted_at, Adoption.adoption_id)
    )
    found = [
        rpc.PictureOffered(
            report_id=report_id, digest=file["digest"], name=file["name"], size=file["size"], unit_name=unit_name
        )
        for report_id, unit_name, files in rows
        for file in files
        if file["media_type"] in rpc.PICTURES
    ]
    return list({each.digest: each for each in reversed(found)}.values())[::-1]


def copies_of(session: Session, digests: Iterable[str]) -> dict[str, bytes]:
    """The print copies that are what their digests say; one that was lost or changed is not among them."""
    rows = session.scalars(select(PictureCopy).where(PictureCopy.digest.in_(set(digests))))
    return {row.digest: row.content for row in rows if digest_of(row.content) == row.digest}


def copies_in_use() -> Select[str]:
    """Digests of the print copies that items name: those standing in an issue, and all that were ever published, also
    of an issue or adoption withdrawn since (its paper is still shown). Withdrawn before publication is never set again.
    """
    picture = func.jsonb_array_elements(Adoption.pictures).table_valued("value").lateral()
    return (
        select(picture.c.value.op("->>")("copy"))
        .select_from(Adoption)
        .join(picture, true())
        .where(STANDS)
    )


def lost_pictures(session: Session, issue: Issue) -> Sequence[tuple[UUID, str]]:
    """Items of an unpublished issue, by their adoptions, with the names of pictures whose copies are gone."""
    if issue.published_at is not None or issue.state == IssueState.WITHDRAWN:
        return []
    adoptions = session.scalars(
        select(Adoption)
        .where(Adoption.issue_id == issue.issue_id, Adoption.withdrawn_at.is_(None), Adoption.pictures.is_not(None))
        .order_by(Adoption.adopted_at, Adoption.adoption_id)
    ).all()
    wanted = {picture["copy"] for adoption in adoptions for picture in adoption.pictures or []}
    if not wanted:
        return []
    hexadecimal = func.encode(func.sha256(PictureCopy.content), "hex")
    whole = set(
        session.scalars(
            select(PictureCopy.digest).where(
                PictureCopy.digest.in_(wanted), PictureCopy.digest == func.concat("sha256:", hexadecimal)
            )
        )
    )
    return [
        (adoption.adoption_id, picture["name"])
        for adoption in adoptions
        for picture in adoption.pictures or []
        if picture["copy"] not in whole
    ]


def _members(adoption: Adoption) -> ColumnElement[bool]:
    item = adoption.leading_id or adoption.adoption_id
    return (Adoption.withdrawn_at.is_(None) | (Adoption.adoption_id == item)) & or_(
        Adoption.adoption_id == item, Adoption.leading_id == item
    )


def _no_item() -> NotFound:
    return NotFound("该期没有这条稿件。", "The issue holds no such item.")
