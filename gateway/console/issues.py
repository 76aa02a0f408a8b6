"""Issues of publications: begun, shown to whoever composes, signs or reads them, published once."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from flask import flash, render_template

from contracts.rpc.issues import Issue, IssuePage, IssueReaders
from contracts.rpc.publications import PublicationPage
from contracts.rpc.scoring import File
from contracts.vocabulary import IssueState
from gateway.api.bulletins import send_file
from gateway.console.forms import asked, asked_query, form_key, line, paragraphs
from gateway.console.menu import may
from gateway.console.page import Answer, Page, go_to
from gateway.entrance import present

UNPUBLISHED = (IssueState.COMPOSING, IssueState.PROOF, IssueState.SIGNED)


def list_issues() -> Answer:
    query = asked_query("state", "publication_code", "cursor")
    page = asked("review", "list_issues", IssuePage, with_text=False, **query)
    publications = asked("review", "list_publications", PublicationPage).items if may("list_publications") else []
    return render_template(
        "console/issues.html", page=page, query=query, publications=publications, states=IssueState
    )


def open_issue() -> Answer:
    """Also as a supplement, or as the correction of an issue or an item."""
    issue_id = uuid5(form_key(), "issue_id")
    fields: dict[str, Any] = {"publication_code": line("publication_code"), "supplement": bool(line("supplement"))}
    if corrected := line("corrects_issue_id"):
        fields["corrects"] = {
            "issue_id": corrected, "adoption_id": line("corrects_adoption_id"), "reason": paragraphs("reason"),
        }  # fmt: skip
    asked("review", "open_issue", Issue, issue_id=issue_id, **fields)
    flash("已新开一期。在编辑台采用的信息可以编入这一期。")
    return go_to("show_issue", issue_id=issue_id)


def show_issue(issue_id: UUID) -> Answer:
    issue = asked("review", "get_issue", Issue, issue_id=issue_id)
    readings = asked("review", "list_issue_readers", IssueReaders, issue_id=issue_id, limit=200).items if (
        issue.published_at and may("open_issue")
    ) else []  # fmt: skip
    return render_template(
        "console/issue.html", issue=issue, readings=readings, numbered=list(enumerate(issue.items, start=1)),
        places=places_in_columns(issue), next_signer=_next_signer(issue), states=IssueState,
        unpublished=issue.state in UNPUBLISHED,
        open_comments=any(comment.resolved_at is None for comment in issue.comments),
    )


def places_in_columns(issue: Issue) -> dict[str, tuple[int, int]]:
    """Of each item its place within its column and how many stand there, from 0."""
    counts: dict[str | None, int] = {}
    for item in issue.items:
        counts[item.column] = counts.get(item.column, 0) + 1
    seen: dict[str | None, int] = {}
    places = {}
    for item in issue.items:
        place = seen.get(item.column, 0)
        places[str(item.adoption_id)] = (place, counts[item.column])
        seen[item.column] = place + 1
    return places


def _next_signer(issue: Issue) -> str | None:
    """The role whose turn it is, if whoever asks holds it."""
    waiting = issue.sign_off_chain[len(issue.signed_by) :]
    mine = issue.state is IssueState.PROOF and waiting and present().principal.holds(waiting[0].value)
    return waiting[0].label if mine else None


def download_issue_paper(issue_id: UUID) -> Answer:
    """As PDF or DOCX; before its publication a proof."""
    return send_file(asked("review", "get_issue_file", File, issue_id=issue_id, **asked_query("format")))


def publish_issue(issue_id: UUID) -> Answer:
    """At the version the chief editor read; somebody's change since then is told instead of published."""
    issue = asked("review", "publish_issue", Issue, issue_id=issue_id, version=line("version"))
    flash(f"已刊发：{issue.publication_name} {issue.number_line}。")
    return go_to("show_issue", issue_id=issue_id)


def withdraw_issue(issue_id: UUID) -> Answer:
    asked(
        "review", "withdraw_issue", Issue, issue_id=issue_id, version=line("version"), reason=paragraphs("reason")
    )
    flash("该期已撤销，其中的采用不再计分，已通知读者。")
    return go_to("show_issue", issue_id=issue_id)


PAGES = (
    Page("GET", "/issues", list_issues),
    Page("POST", "/issues", open_issue),
    Page("GET", "/issues/<uuid:issue_id>", show_issue),
    Page("GET", "/issues/<uuid:issue_id>/paper", download_issue_paper),
    Page("POST", "/issues/<uuid:issue_id>/publication", publish_issue),
    Page("POST", "/issues/<uuid:issue_id>/withdrawal", withdraw_issue),
)
