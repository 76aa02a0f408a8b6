"""Pictures of an issue's items: the gateway, which keeps the units' files, makes the copy that is printed (R23)."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import quote
from uuid import UUID, uuid5

from flask import Flask, Response, request

from contracts.model import Strict
from contracts.rpc.item_pictures import (
    MOST_COPY_BASE64,
    AddPicture,
    After,
    Caption,
    ChoosePicture,
    Digest,
    ItemOfIssue,
    ItemPictures,
)
from contracts.rpc.scoring import File
from gateway.api.own_routes import OwnRoute, register_own
from gateway.api.routes import Route, ask, command_id_for, json_answer, register, take_version
from gateway.assembly import gateway
from gateway.attachments.downloads import SANDBOX
from gateway.bodies import checked, json_body, query_values
from kernel.errors import Invalid, Refusal
from kernel.papers.pictures import print_copy

PICTURES = "/v1/issues/<uuid:issue_id>/items/<uuid:adoption_id>/pictures"


class PictureWanted(Strict):
    """Which attachment of the item's reports, with caption and place; `version` is the item's as seen."""

    version: int
    digest: Digest
    caption: Caption = ""
    after: After = None


def choose_picture(issue_id: UUID, adoption_id: UUID) -> Response:
    """Set a picture in an item."""
    query_values(request.args)
    data = json_body()
    if isinstance(data, dict):
        take_version(data, True)
    wanted = checked(PictureWanted, data)
    choice = ChoosePicture(issue_id=issue_id, adoption_id=adoption_id, **wanted.model_dump())
    return json_answer(chosen(choice, command_id_for("POST", request.path)), 201, versioned=True)


def chosen(choice: ChoosePicture, command_id: UUID) -> ItemPictures:
    """Make the copy for print of what a report of the item brought, and have it set. Raises a refusal."""
    item = ItemOfIssue(issue_id=choice.issue_id, adoption_id=choice.adoption_id)
    known = ask("review", "list_item_pictures", item)
    assert isinstance(known, ItemPictures)
    if choice.digest not in {each.digest for each in known.offered} | {each.digest for each in known.chosen}:
        raise Invalid(
            "该条的报送附件中没有这张图片；可选的是 PNG、JPEG 附件。",
            "No report of this item brought such a picture; PNG and JPEG can be chosen.", pointer="/digest",
        )
    copy = base64.b64encode(print_copy(_kept(choice.digest)).content).decode()
    if len(copy) > MOST_COPY_BASE64:
        raise Invalid("图片过大，不能排入期刊。", "The picture is too large for print.", pointer="/digest")
    added = AddPicture(**choice.model_dump(), picture_id=uuid5(command_id, "picture_id"), copy_base64=copy)
    reply = ask("review", "add_picture", added, command_id)
    assert isinstance(reply, ItemPictures)
    return reply


def shown(picture: File) -> Response:
    """What is printed, to be shown in a page and kept nowhere: its class may be raised, its issue withdrawn."""
    answer = Response(base64.b64decode(picture.content_base64), mimetype=picture.media_type)
    answer.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(picture.name, safe='')}"
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _kept(digest: str) -> bytes:
    """The attachment's bytes, which must be what the digest says. Raises a refusal."""
    try:
        content = gateway().storage.path(digest).read_bytes()
    except FileNotFoundError:
        content = b""
    if f"sha256:{hashlib.sha256(content).hexdigest()}" != digest:
        raise Refusal(
            "该图片的文件不在存储中或已损坏，请联系运维人员。",
            "The bytes of this picture are not in the storage, or damaged.", problem="unavailable",
        )
    return content


OWN_ROUTES = (
    OwnRoute(
        "POST", PICTURES, choose_picture, "选入图片", "Set an attached picture in an item", ItemPictures,
        body=PictureWanted, status=201, versioned=True,
        asks=(("review", "list_item_pictures"), ("review", "add_picture")),
    ),
)
ROUTES = (
    Route(
        "GET", PICTURES, "review", "list_item_pictures", "一条信息的图片", "Pictures chosen and on offer",
        versioned=True,
    ),
    Route(
        "GET", f"{PICTURES}/<uuid:picture_id>", "review", "get_item_picture", "期刊中的一张图片",
        "A picture of an issue, as it is printed", respond=shown,
    ),
    Route(
        "PUT", PICTURES, "review", "place_pictures", "图片的次序、图题与位置", "Order, captions, places; the rest goes",
        versioned=True,
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
    register_own(app, OWN_ROUTES)
