"""Issues of publications: begun, composed, published once, read."""

from __future__ import annotations

from uuid import UUID, uuid5

from flask import flash, render_template

from contracts.rpc.issues import Issue, IssuePage
from contracts.rpc.publications import Publication, PublicationPage
from contracts.vocabulary import IssueState, Level
from gateway.console.forms import asked, asked_query, form_key, line, paragraphs
from gateway.console.page import Answer, Page, go_to


def list_issues() -> Answer:
    query = asked_query("state", "publication_code", "cursor")
    page = asked("review", "list_issues", IssuePage, **query)
    publications = asked("review", "list_publications", PublicationPage).items
    return render_template(
        "console/issues.html", page=page, query=query, publications=publications, states=IssueState, levels=Level
    )


def open_issue() -> Answer:
    issue_id = uuid5(form_key(), "issue_id")
    asked("review", "open_issue", Issue, issue_id=issue_id, publication_code=line("publication_code"))
    flash("已新开一期。在编辑台采用的信息可以编入这一期。")
    return go_to("show_issue", issue_id=issue_id)


def show_issue(issue_id: UUID) -> Answer:
    issue = asked("review", "get_issue", Issue, issue_id=issue_id)
    return render_template("console/issue.html", issue=issue)


def publish_issue(issue_id: UUID) -> Answer:
    """At the version the chief editor read; somebody's change since then is told instead of published."""
    issue = asked("review", "publish_issue", Issue, issue_id=issue_id, version=line("version"))
    flash(f"已刊发：{issue.publication_name} {issue.year}年第{issue.number}期。")
    return go_to("show_issue", issue_id=issue_id)


def record_publication() -> Answer:
    columns = [name.strip() for name in paragraphs("columns").split("\n") if name.strip()]
    asked(
        "review", "record_publication", Publication, code=line("code"), name=line("name"), level=line("level"),
        columns=columns,
    )
    flash("刊物已登记。")
    return go_to("list_issues")


PAGES = (
    Page("GET", "/issues", list_issues),
    Page("POST", "/issues", open_issue),
    Page("GET", "/issues/<uuid:issue_id>", show_issue),
    Page("POST", "/issues/<uuid:issue_id>/publication", publish_issue),
    Page("POST", "/publications", record_publication),
)
