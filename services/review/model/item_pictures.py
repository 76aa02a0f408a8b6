"""Pictures of an item: kept in its leading adoption, in the order of the paper; their print copies by digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from contracts.rpc.item_pictures import MOST_OF_ITEM, MOST_WEIGHT, PictureShown, PlacedPicture
from kernel.errors import Conflict, Invalid
from kernel.papers.pictures import printed_width
from services.review.model.adoptions import Adoption
from services.review.model.base import Base

Picture = dict[str, Any]
"""`picture_id`, `report_id`, `digest` (the attachment's), `name`, `copy` (the print copy's digest), `width`, `height`
(its pixels), `weight` (bytes it adds to the paper), `caption`, `after`."""
LINE_MM = 10.23


class PictureCopy(Base):
    """What is printed of a picture, by its digest; never changed, and kept with the issues that show it."""

    __tablename__ = "picture_copies"

    digest: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def add(adoption: Adoption, picture: Picture, others_weight: int) -> None:
    """Behind those it has. Raises `Conflict` when it is chosen already, `Invalid` for one too many or too heavy."""
    pictures = adoption.pictures or []
    if any(each["digest"] == picture["digest"] for each in pictures):
        raise Conflict("该图片已选入本条。", "This picture is chosen already.")
    if len(pictures) >= MOST_OF_ITEM:
        raise Invalid(
            f"一条信息至多排 {MOST_OF_ITEM} 张图片。", f"An item takes {MOST_OF_ITEM} pictures.", pointer="/digest"
        )
    if others_weight + picture["weight"] > MOST_WEIGHT:
        raise Invalid(
            "本期图片合计过大，请先移除其他图片，或请报送单位缩小后重新报送。",
            f"The pictures of this issue would add more than {MOST_WEIGHT} bytes to its paper; take others out first.",
            pointer="/digest",
        )
    adoption.pictures = [*pictures, picture]


def place(adoption: Adoption, wanted: Sequence[PlacedPicture]) -> None:
    """Order, captions and places as wanted; what is not named goes. Raises `Invalid` for an unknown or doubled one."""
    known = {each["picture_id"]: each for each in adoption.pictures or []}
    placed = []
    for number, each in enumerate(wanted):
        picture = known.pop(str(each.picture_id), None)
        if picture is None:
            raise Invalid(
                "本条没有这张图片，或列了两次。", "The item has no such picture, or it is named twice.",
                pointer=f"/pictures/{number}/picture_id",
            )
        placed.append(picture | {"caption": each.caption, "after": each.after})
    adoption.pictures = placed or None


def bring_along(leading: Adoption, further: Iterable[Adoption]) -> None:
    """Combined items: the others' pictures stand at the end, for their paragraphs are gone."""
    brought = [{**each, "after": None} for member in further for each in member.pictures or []]
    leading.pictures = [*(leading.pictures or []), *brought] or None
    for member in further:
        member.pictures = None


def part_pictures(leaving: Adoption, leading: Adoption, following: Adoption) -> None:
    """A report leaves its combined item with its own pictures; when it led, the rest follow the next one."""
    pictures = leading.pictures or []
    own = [each for each in pictures if each["report_id"] == str(leaving.report_id)]
    rest = [each for each in pictures if each["report_id"] != str(leaving.report_id)]
    stays = following if leading is leaving else leading
    leading.pictures = None
    leaving.pictures = [{**each, "after": None} for each in own] or None
    stays.pictures = ([{**each, "after": None} for each in rest] if leading is leaving else rest) or None


def pictures_shown(adoption: Adoption) -> list[PictureShown]:
    return [
        PictureShown(
            picture_id=UUID(each["picture_id"]), report_id=UUID(each["report_id"]), digest=each["digest"],
            name=each["name"], caption=each["caption"], after=each["after"],
            width_mm=(wide := printed_width(each["width"], each["height"])),
            height_mm=round(wide * each["height"] / each["width"]),
        )
        for each in adoption.pictures or []
    ]  # fmt: skip


def weight_of(adoptions: Iterable[Adoption]) -> int:
    """Bytes that their pictures add to the paper."""
    return sum(each["weight"] for adoption in adoptions for each in adoption.pictures or [])


def lines_of(pictures: Iterable[PictureShown]) -> int:
    """Lines that pictures take, captions included, for the estimate of pages."""
    return sum(ceil(each.height_mm / LINE_MM) + (2 if each.caption else 1) for each in pictures)
