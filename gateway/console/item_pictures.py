"""Pictures of an item being composed: thumbnails of what its reports brought, captions, places, order."""

from __future__ import annotations

from uuid import UUID

from flask import flash, render_template, request

from contracts.rpc.issues import Issue
from contracts.rpc.item_pictures import ChoosePicture, ItemPictures
from contracts.rpc.scoring import File
from gateway.api.item_pictures import chosen, shown
from gateway.bodies import checked
from gateway.console.forms import asked, form_key, line
from gateway.console.page import Answer, Page, go_to
from kernel.errors import NotFound
from kernel.papers.official.content import Block, Table
from kernel.papers.official.texts import blocks_of

SHOWN = 14
"""Characters of a paragraph by which it is known in the list of places."""


def show_item_pictures(issue_id: UUID, adoption_id: UUID) -> Answer:
    pictures = asked("review", "list_item_pictures", ItemPictures, issue_id=issue_id, adoption_id=adoption_id)
    issue = asked("review", "get_issue", Issue, issue_id=issue_id)
    item = next((each for each in issue.items if each.adoption_id == adoption_id), None)
    if item is None:
        raise NotFound("该期没有这条稿件。", "The issue holds no such item.")
    places = list(enumerate(map(_beginning, blocks_of(item.body)), start=1))
    return render_template("console/item_pictures.html", issue=issue, item=item, pictures=pictures, places=places)


def show_item_picture(issue_id: UUID, adoption_id: UUID, picture_id: UUID) -> Answer:
    """As it is printed, in the issue's page and the reading room."""
    picture = asked(
        "review", "get_item_picture", File, issue_id=issue_id, adoption_id=adoption_id, picture_id=picture_id
    )
    return shown(picture)


def add_picture(issue_id: UUID, adoption_id: UUID) -> Answer:
    fields = {"version": line("version"), "digest": line("digest"), "caption": line("caption") or ""}
    whole = {"issue_id": issue_id, "adoption_id": adoption_id, "after": line("after")} | fields
    chosen(checked(ChoosePicture, whole), form_key())
    flash("图片已选入。")
    return go_to("show_item_pictures", issue_id=issue_id, adoption_id=adoption_id)


def place_pictures(issue_id: UUID, adoption_id: UUID) -> Answer:
    """All of them as the form has them; a button beside one moves or removes it."""
    names = ("picture_id", "caption", "after")
    rows = zip(*(request.form.getlist(name) for name in names), strict=False)
    pictures = [{"picture_id": one, "caption": caption, "after": after or None} for one, caption, after in rows]
    act, _, named = (line("act") or "").partition(":")
    at = next((place for place, each in enumerate(pictures) if each["picture_id"] == named), None)
    if at is not None:
        moved = pictures.pop(at)
        if act != "remove":
            pictures.insert(max(0, at + (1 if act == "down" else -1)), moved)
    asked(
        "review", "place_pictures", ItemPictures, issue_id=issue_id, adoption_id=adoption_id, version=line("version"),
        pictures=pictures,
    )
    flash("图片的编排已保存。")
    return go_to("show_item_pictures", issue_id=issue_id, adoption_id=adoption_id)


def _beginning(block: Block) -> str:
    words = (block.caption or "表格") if isinstance(block, Table) else getattr(block, "text", "")
    return words if len(words) <= SHOWN else f"{words[:SHOWN]}……"


PICTURES = "/issues/<uuid:issue_id>/items/<uuid:adoption_id>/pictures"

PAGES = (
    Page("GET", PICTURES, show_item_pictures),
    Page("GET", f"{PICTURES}/<uuid:picture_id>", show_item_picture),
    Page("POST", PICTURES, add_picture),
    Page("POST", f"{PICTURES}/places", place_pictures),
)
