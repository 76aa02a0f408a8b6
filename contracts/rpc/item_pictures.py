"""Pictures of an issue's items: chosen among what the units attached to their reports (R23)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from contracts.model import Method, Strict, Text, command, query
from contracts.rpc.attachments import MediaType
from contracts.rpc.roles import DESK, ISSUE_READERS
from contracts.rpc.scoring import File

PICTURES = (MediaType.PNG, MediaType.JPEG)
MOST_OF_ITEM = 10
MOST_WEIGHT = 6_000_000
"""Bytes that the pictures of one issue may add to its paper. With the text and its fonts it stays below 7 MB, which is
less than 10 MB in an e-mail."""
MOST_COPY_BASE64 = 6_000_000

Digest = Annotated[Text, Field(pattern="^sha256:[0-9a-f]{64}$", description="`sha256:` and the SHA-256 of the bytes")]


def _one_line(caption: str) -> str:
    if len(caption.splitlines()) > 1:
        raise ValueError("a caption is one line")
    return caption.strip()


Caption = Annotated[Text, Field(max_length=50, description="one line, characters"), AfterValidator(_one_line)]
After = Annotated[
    int | None,
    Field(ge=1, le=5_000, description="stands behind this paragraph (a table counts as one); null: at the item's end"),
]


class PictureShown(Strict):
    """A picture of an item; `digest` is the attachment's. Millimetres are those of print."""

    picture_id: UUID
    report_id: UUID
    digest: str
    name: str
    caption: str
    after: int | None
    width_mm: int
    height_mm: int


class PictureOffered(Strict):
    """A picture that a report of the item brought and that is not chosen."""

    report_id: UUID
    digest: str
    name: str
    size: int
    unit_name: str


class ItemPictures(Strict):
    """`version` is the item's; `chosen` stand in the order of the paper."""

    issue_id: UUID
    adoption_id: UUID
    version: int
    chosen: list[PictureShown]
    offered: list[PictureOffered]


class ItemOfIssue(Strict):
    issue_id: UUID
    adoption_id: UUID


class PictureOfItem(ItemOfIssue):
    """One that the issue shows."""

    picture_id: UUID


class SeenItem(ItemOfIssue):
    version: int = Field(description="version of the item that was seen; 412 when it changed since")


class ChoosePicture(SeenItem):
    """Set this attachment in the item."""

    digest: Digest
    caption: Caption = ""
    after: After = None


class AddPicture(ChoosePicture):
    """The same with the copy that is printed, which the gateway made of the attachment's bytes."""

    picture_id: UUID
    copy_base64: str = Field(min_length=1, max_length=MOST_COPY_BASE64)


class PlacedPicture(Strict):
    picture_id: UUID
    caption: Caption = ""
    after: After = None


class PlacePictures(SeenItem):
    """All pictures of the item in their order; one that is left out is taken out."""

    pictures: list[PlacedPicture] = Field(max_length=MOST_OF_ITEM)


METHODS: dict[str, Method] = {
    "list_item_pictures": query(ItemOfIssue, ItemPictures, *DESK),
    "get_item_picture": query(PictureOfItem, File, *ISSUE_READERS),
    "add_picture": command(AddPicture, ItemPictures, *DESK),
    "place_pictures": command(PlacePictures, ItemPictures, *DESK),
}
