"""Composing an issue on its page: moving items, edit copies, proof, comments, signatures."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from flask import flash
from werkzeug.wrappers import Response as WebResponse

from contracts.rpc.issues import Issue
from gateway.console.forms import asked, form_key, line, paragraphs
from gateway.console.page import Answer, Page, address, go_to
from kernel.errors import Invalid


def arrange_issue(issue_id: UUID) -> Answer:
    """One item to a place in a column; all others keep their order. The version is the one on the page."""
    issue = asked("review", "get_issue", Issue, issue_id=issue_id)
    adoption_id, column = line("adoption_id"), line("column")
    order = _moved(issue, adoption_id, column, _place())
    asked("review", "arrange_issue", Issue, issue_id=issue_id, version=line("version"), places=order)
    return _to_item(issue_id, adoption_id)


def _place() -> int:
    try:
        return max(0, int(line("place") or "0"))
    except ValueError as error:
        raise Invalid("位置应为数字。", "The place must be a number.", pointer="/place") from error


def _moved(issue: Issue, adoption_id: str | None, column: str | None, place: int) -> list[dict[str, Any]]:
    """The whole arrangement with this item at its new place."""
    order: dict[str | None, list[str]] = {name: [] for name in (*issue.columns, None)}
    for item in issue.items:
        known = item.column if item.column in issue.columns else None
        if str(item.adoption_id) != adoption_id:
            order[known].append(str(item.adoption_id))
    if adoption_id in {str(item.adoption_id) for item in issue.items}:
        order.setdefault(column, []).insert(place, str(adoption_id))
    return [{"column": name, "adoption_ids": ids} for name, ids in order.items()]


def proof_issue(issue_id: UUID) -> Answer:
    asked("review", "proof_issue", Issue, issue_id=issue_id, version=line("version"))
    flash("已出校样，可以提意见和签发。")
    return go_to("show_issue", issue_id=issue_id)


def recompose_issue(issue_id: UUID) -> Answer:
    asked(
        "review", "recompose_issue", Issue, issue_id=issue_id, version=line("version"), reason=paragraphs("reason")
    )
    flash("已退回编排，此前的签发作废。")
    return go_to("show_issue", issue_id=issue_id)


def comment_on_issue(issue_id: UUID) -> Answer:
    asked(
        "review", "comment_on_issue", Issue, issue_id=issue_id, comment_id=uuid5(form_key(), "comment_id"),
        adoption_id=line("adoption_id"), quote=line("quote"), text=paragraphs("text"),
    )
    return _to_item(issue_id, line("adoption_id"))


def resolve_comment(issue_id: UUID, comment_id: UUID) -> Answer:
    asked(
        "review", "resolve_comment", Issue, issue_id=issue_id, comment_id=comment_id,
        resolution=paragraphs("resolution"),
    )
    return go_to("show_issue", issue_id=issue_id)


def sign_issue(issue_id: UUID) -> Answer:
    asked("review", "sign_issue", Issue, issue_id=issue_id, version=line("version"))
    flash("已签发。")
    return go_to("show_issue", issue_id=issue_id)


def _to_item(issue_id: UUID, adoption_id: str | None) -> WebResponse:
    """The page again, at the item that was acted upon."""
    away = go_to("show_issue", issue_id=issue_id)
    if adoption_id:
        away.headers["Location"] = f"{address('show_issue', issue_id=issue_id)}#item-{UUID(adoption_id)}"
    return away


ONE = "/issues/<uuid:issue_id>"

PAGES = (
    Page("POST", f"{ONE}/arrangement", arrange_issue),
    Page("POST", f"{ONE}/proof", proof_issue),
    Page("POST", f"{ONE}/recomposition", recompose_issue),
    Page("POST", f"{ONE}/comments", comment_on_issue),
    Page("POST", f"{ONE}/comments/<uuid:comment_id>/resolution", resolve_comment),
    Page("POST", f"{ONE}/signatures", sign_issue),
)
