"""A picture of an issue as its readers see it: the copy that is printed."""

from __future__ import annotations

import base64
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contracts.rpc.item_pictures import PictureOfItem
from contracts.rpc.scoring import File
from contracts.vocabulary import Secrecy
from kernel.errors import NotFound, Refusal
from kernel.papers.pictures import PNG_MARK
from kernel.principal import Principal
from kernel.service import Reading
from services.review.model.adoptions import Adoption
from services.review.model.desk import DeskItem
from services.review.model.item_pictures import Picture
from services.review.queries.issue_items import STANDS
from services.review.queries.issues import visible_issue
from services.review.queries.item_pictures import copies_of


def get_item_picture(reading: Reading, request: PictureOfItem) -> File:
    """To whoever may read the item where it stands. Raises `NotFound`, and `Refusal` when its copy is lost."""
    visible_issue(reading.session, reading.principal, request.issue_id)
    pictures = _readable_pictures(reading.session, reading.principal, request.issue_id, request.adoption_id)
    picture = next((each for each in pictures if each["picture_id"] == str(request.picture_id)), None)
    if picture is None:
        raise NotFound("该期没有这张图片。", "The issue shows no such picture.")
    content = copies_of(reading.session, [picture["copy"]]).get(picture["copy"])
    if content is None:
        raise Refusal("图片缺失，请联系编辑。", "The copy of this picture is lost.", problem="unavailable")
    ending = "png" if content.startswith(PNG_MARK) else "jpeg"
    return File(
        name=f"{picture['name'].rpartition('.')[0] or picture['name']}.{ending}", media_type=f"image/{ending}",
        content_base64=base64.b64encode(content).decode(), sha256=picture["copy"].removeprefix("sha256:"),
    )


def _readable_pictures(session: Session, reader: Principal, issue_id: UUID, adoption_id: UUID) -> list[Picture]:
    """None for whoever may not read one of the item's reports, as of its text (`item_shown`)."""
    item = or_(Adoption.adoption_id == adoption_id, Adoption.leading_id == adoption_id)
    members = session.execute(
        select(Adoption, DeskItem.secrecy.in_(Secrecy.up_to(reader.clearance)))
        .join(DeskItem, DeskItem.report_id == Adoption.report_id)
        .where(Adoption.issue_id == issue_id, STANDS, item)
    ).all()
    if not all(readable for _, readable in members):
        return []
    return next((adoption.pictures or [] for adoption, _ in members if adoption.adoption_id == adoption_id), [])
