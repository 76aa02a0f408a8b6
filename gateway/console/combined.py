"""Combined items (综合) of an issue being composed, and the edit copy of an item."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from uuid import UUID

from flask import flash, render_template, request

from contracts.problems import PROBLEMS
from contracts.rpc.desk import DeskItem
from contracts.rpc.edit_copies import EditCopyDifferences
from contracts.rpc.issues import Issue, IssueItem
from contracts.rpc.item_pictures import ItemPictures
from contracts.rpc.publications import PublicationPage
from gateway.console.forms import asked, line, paragraphs
from gateway.console.page import Answer, Page, go_to
from kernel.errors import Invalid, NotFound, Refusal, StaleVersion


def show_combining(issue_id: UUID) -> Answer:
    return _combining_page(issue_id)


def _combining_page(issue_id: UUID, trouble: str | None = None) -> str:
    """With what was chosen before, where it was refused."""
    issue = asked("review", "get_issue", Issue, issue_id=issue_id)
    return render_template(
        "console/combining.html", issue=issue, trouble=trouble, chosen=request.form.getlist("item"),
        leading=line("leading"),
    )


def combine_items(issue_id: UUID) -> Answer:
    """The first one chosen leads; its text is the draft of the combined one."""
    chosen = request.form.getlist("item")
    leading = line("leading") or (chosen[0] if chosen else None)
    others = [each for each in chosen if each != leading]
    if leading is None or not others:
        return _combining_page(issue_id, "请至少选中两条，再点“合并为一条”。"), 422
    asked("review", "combine_items", Issue, issue_id=issue_id, adoption_id=leading, others=others)
    flash("已合并为一条综合稿，份额按供稿均分，可以调整；请修改综合稿的文字。")
    return go_to("show_issue_item", issue_id=issue_id, adoption_id=leading)


def show_issue_item(issue_id: UUID, adoption_id: UUID) -> Answer:
    return _item_page(issue_id, adoption_id)


@dataclass(frozen=True)
class Typed:
    """What the item's page was sent: words or shares that were refused, or words to be compared."""

    words: dict[str, str] = field(default_factory=dict)
    shares: dict[str, str] = field(default_factory=dict)
    words_trouble: str | None = None
    shares_trouble: str | None = None
    compared: EditCopyDifferences | None = None
    builds_on: str | None = None
    """The version from which words that are compared were written: what changed since is not to be overwritten."""


def _item_page(issue_id: UUID, adoption_id: UUID, typed: Typed = Typed()) -> str:
    issue, item = _item(issue_id, adoption_id)
    return render_template(
        "console/issue_item.html", issue=issue, item=item, columns=_columns(issue, item), typed=typed,
        words=_words(item) | typed.words,
        originals=[(credit, _original(credit.report_id)) for credit in item.credits],
    )


def _item(issue_id: UUID, adoption_id: UUID) -> tuple[Issue, IssueItem]:
    issue = asked("review", "get_issue", Issue, issue_id=issue_id)
    item = next((each for each in issue.items if each.adoption_id == adoption_id), None)
    if item is None:
        # The desk refuses it likewise, and knows whether it was an attempt.
        asked("review", "list_item_pictures", ItemPictures, issue_id=issue_id, adoption_id=adoption_id)
        raise NotFound("该期没有这条稿件。", "The issue holds no such item.")
    return issue, item


def _words(item: IssueItem) -> dict[str, str]:
    return {"title": item.title, "body": item.body, "column": item.column or "", "item_kind": item.item_kind}


def _original(report_id: UUID) -> DeskItem | None:
    """The report that an item was made from, to write by; None where it cannot be read now, which the page survives."""
    with suppress(Refusal):
        return asked("review", "get_desk_item", DeskItem, report_id=report_id)
    return None


def revise_item(issue_id: UUID, adoption_id: UUID) -> Answer:
    """Refused words are shown again beside those that stand there now: two revise no item unseen."""
    words = _typed_words()
    try:
        asked(
            "review", "revise_item", Issue, issue_id=issue_id, adoption_id=adoption_id, version=line("version"),
            **words | {"column": words["column"] or None},
        )
    except (Invalid, StaleVersion) as refusal:
        page = _item_page(issue_id, adoption_id, Typed(words=words, words_trouble=refusal.detail_zh))
        return page, PROBLEMS[refusal.problem].status
    flash("编辑稿已保存。")
    return go_to("show_issue_item", issue_id=issue_id, adoption_id=adoption_id)


def _typed_words() -> dict[str, str]:
    return {"body": paragraphs("body")} | {name: line(name) or "" for name in ("title", "column", "item_kind")}


def compare_item(issue_id: UUID, adoption_id: UUID) -> Answer:
    """How the edit copy as typed differs from the report; the differences alone where script asks."""
    words, (_, item) = _typed_words(), _item(issue_id, adoption_id)
    compared = asked(
        "intake", "compare_edit_copy", EditCopyDifferences, report_id=item.report_id, title=words["title"],
        body=words["body"],
    )
    if request.headers.get("HX-Target") == "differences":
        return render_template("console/edit_differences.html", compared=compared)
    return _item_page(issue_id, adoption_id, Typed(words=words, compared=compared, builds_on=line("version")))


def divide_credit(issue_id: UUID, adoption_id: UUID) -> Answer:
    """Shares that are refused are shown again as they were typed, with their sum."""
    typed = dict(zip(request.form.getlist("adoption_id"), request.form.getlist("share"), strict=False))
    try:
        shares = [{"adoption_id": one, "share": _share(share)} for one, share in typed.items()]
        asked("review", "divide_credit", Issue, issue_id=issue_id, adoption_id=adoption_id, shares=shares)
    except Invalid as refusal:
        return _item_page(issue_id, adoption_id, Typed(shares=typed, shares_trouble=refusal.detail_zh)), 422
    flash("份额已调整。")
    return go_to("show_issue_item", issue_id=issue_id, adoption_id=adoption_id)


def separate_item(issue_id: UUID, adoption_id: UUID) -> Answer:
    asked("review", "separate_item", Issue, issue_id=issue_id, adoption_id=adoption_id)
    flash("已移出综合稿，其余供稿的份额重新均分。")
    return go_to("show_combining", issue_id=issue_id)


def _share(typed: str) -> Decimal:
    try:
        return Decimal(typed.strip())
    except InvalidOperation as error:
        raise Invalid(
            "份额应为小数，例：0.25。", "A share is a decimal, for example 0.25.", pointer="/shares"
        ) from error


def _columns(issue: Issue, item: IssueItem) -> list[str]:
    """The publication's columns, and the one it stands in should that be one no longer."""
    publications = asked("review", "list_publications", PublicationPage, limit=200).items
    columns = [
        column
        for publication in publications
        if publication.code == issue.publication_code
        for column in publication.columns
    ]
    return list(dict.fromkeys([*columns, *([item.column] if item.column else [])]))


ITEM = "/issues/<uuid:issue_id>/items/<uuid:adoption_id>"

PAGES = (
    Page("GET", "/issues/<uuid:issue_id>/combining", show_combining),
    Page("POST", "/issues/<uuid:issue_id>/combining", combine_items),
    Page("GET", ITEM, show_issue_item),
    Page("POST", ITEM, revise_item),
    Page("POST", f"{ITEM}/comparison", compare_item),
    Page("POST", f"{ITEM}/shares", divide_credit),
    Page("POST", f"{ITEM}/separation", separate_item),
)
