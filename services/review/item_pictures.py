"""Pictures set in an issue's items: chosen, placed, taken out; what the paper takes of them (R23)."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from sqlalchemy import delete, not_, select
from sqlalchemy.dialects.postgresql import insert

from contracts.rpc import item_pictures as rpc
from kernel.database import Work
from kernel.errors import Conflict, Invalid, NotFound, refuse_stale
from kernel.green import aside
from kernel.papers.pictures import PrintCopy, size_of
from services.review.issues import locked_issue
from services.review.model.adoptions import Adoption
from services.review.model.item_pictures import PictureCopy, add, digest_of, place, weight_of
from services.review.queries.issue_items import standing
from services.review.queries.item_pictures import brought, copies_in_use, item_pictures_shown, visible_members

CLEARED_AT_ONCE = 100
"""Print copies of up to a megabyte each."""


def add_picture(work: Work, request: rpc.AddPicture) -> rpc.ItemPictures:
    """Set a picture that one of the item's reports brought.

    Raises `NotFound`, `Conflict`, `StaleVersion`, `Invalid`.
    """
    copy = _copy(request.copy_base64)
    weight = aside(lambda: copy.weight)
    adoption = _item(work, request)
    offered = next((each for each in brought(work.session, adoption) if each.digest == request.digest), None)
    if offered is None:
        raise Invalid(
            "该条的报送附件中没有这张图片。", "No report of this item brought such a picture.", pointer="/digest"
        )
    picture: dict[str, Any] = {
        "picture_id": str(request.picture_id), "report_id": str(offered.report_id), "digest": request.digest,
        "name": offered.name, "copy": digest_of(copy.content), "width": copy.width, "height": copy.height,
        "weight": weight, "caption": request.caption, "after": request.after,
    }  # fmt: skip
    issue = locked_issue(work.session, request.issue_id)
    add(adoption, picture, weight_of(standing(work.session, issue)))
    kept = insert(PictureCopy).values(digest=picture["copy"], content=copy.content)
    work.session.execute(kept.on_conflict_do_update(index_elements=["digest"], set_={"content": copy.content}))
    return _changed(work, adoption, "add_picture")


def place_pictures(work: Work, request: rpc.PlacePictures) -> rpc.ItemPictures:
    """Their order, captions and places; what is left out goes. Raises as `add_picture`."""
    adoption = _item(work, request)
    place(adoption, request.pictures)
    return _changed(work, adoption, "place_pictures")


def clear_unused_copies(work: Work) -> None:
    """Let go of print copies that no item names any more, `CLEARED_AT_ONCE` at the most.

    Held first and looked at again: an editor who is choosing the same picture holds its copy until the item names it,
    or waits here and writes the copy anew.
    """
    unused = not_(PictureCopy.digest.in_(copies_in_use()))
    held = select(PictureCopy.digest).where(unused).limit(CLEARED_AT_ONCE).with_for_update(skip_locked=True)
    digests = work.session.scalars(held).all()
    if digests:
        work.session.execute(delete(PictureCopy).where(PictureCopy.digest.in_(digests), unused))


def _item(work: Work, request: rpc.SeenItem) -> Adoption:
    """The item as it was seen, its issue locked and composing, all of its reports readable."""
    issue = locked_issue(work.session, request.issue_id)
    issue.require("compose")
    adoption = work.session.get(Adoption, request.adoption_id, populate_existing=True)
    if adoption is None or adoption.issue_id != issue.issue_id or adoption.withdrawn_at is not None:
        raise NotFound("该期没有这条稿件，或已撤销采用。", "The issue holds no such item; it may have been withdrawn.")
    visible_members(work.session, work.principal, adoption)
    if adoption.leading_id is not None:
        raise Conflict("该条已并入综合稿，请在综合稿中排图。", "It is part of a combined item; set them in that one.")
    refuse_stale(adoption.version, request.version, "该稿", "The item")
    return adoption


def _copy(packed: str) -> PrintCopy:
    try:
        content = base64.b64decode(packed, validate=True)
    except binascii.Error as error:
        raise Invalid("图片数据不是 Base64。", "The copy is not base64.", pointer="/copy_base64") from error
    return PrintCopy(content, *size_of(content))


def _changed(work: Work, adoption: Adoption, act: str) -> rpc.ItemPictures:
    """Whoever chooses pictures edits: he does not sign the issue (access.md 2)."""
    adoption.rewrite(adoption.title, adoption.body, work.principal.id)
    locked_issue(work.session, adoption.issue_id).compose()
    told = [f"{each['digest']} {each['caption']}".strip() for each in adoption.pictures or []]
    work.audit(act, adoption.adoption_id, adoption.version, issue_id=str(adoption.issue_id), pictures=told)
    work.session.flush()
    return item_pictures_shown(work.session, adoption)
