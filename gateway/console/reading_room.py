"""The leaders' reading room: newest issues in large type, one tap to write an instruction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from flask import flash, render_template, request

from contracts.problems import PROBLEMS
from contracts.rpc.instructions import Instruction
from contracts.rpc.issues import Issue, IssueItem, IssuePage
from contracts.vocabulary import InstructionClass, IssueState, Role
from gateway.assembly import gateway
from gateway.console.forms import asked, asked_query, form_key, key_after, line, paragraphs
from gateway.console.menu import may
from gateway.console.page import Answer, Page, address, go_to
from gateway.entrance import present
from kernel.clock import SHANGHAI
from kernel.errors import Invalid, Refusal

DUE_DAYS, DUE_HOUR = 15, 17
"""When feedback on an instruction for action is due unless a later entry says otherwise: Beijing time."""
REQUIREMENT = "请按批示要求研究办理，并按时反馈办理情况。"
NEWEST = 10


def show_reading_room() -> Answer:
    """The newest published issues that are distributed to whoever asks."""
    query = asked_query("cursor")
    page = asked(
        "review", "list_issues", IssuePage, state=IssueState.PUBLISHED, with_text=False, limit=NEWEST, **query
    )
    return render_template("console/reading_room.html", page=page, query=query)


def read_issue(issue_id: UUID) -> Answer:
    """Opening the page is what counts as read; another site's link or a look ahead does not."""
    foreign = request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}
    method = "get_issue" if foreign or request.method == "HEAD" else "read_issue"
    return _page(asked("review", method, Issue, issue_id=issue_id))


def _page(issue: Issue, refusal: Refusal | None = None) -> str:
    return render_template(
        "console/issue_reading.html", issue=issue, classes=InstructionClass, refusal=refusal,
        typed=request.form if refusal else {}, key=key_after(refusal.problem) if refusal else None,
        asks_leader=not present().principal.holds(Role.LEADER), instructs=may("instruct_in_reading"),
        due_days=DUE_DAYS,
    )


def instruct_in_reading(issue_id: UUID) -> Answer:
    """Two lines are enough: what the leader says, and what class it is."""
    issue = asked("review", "get_issue", Issue, issue_id=issue_id)
    try:
        item = next((one for one in issue.items if str(one.report_id) == line("report_id")), None)
        if item is None:
            raise Invalid("这一期中没有该条信息。", "The issue has no such item.", pointer="/report_id")
        _instruct(issue_id, item)
    except Refusal as refusal:
        return _page(issue, refusal), PROBLEMS[refusal.problem].status
    given = present().principal.holds(Role.LEADER)
    flash("批示已登记。" if given else "批示已登记，待领导本人或另一位秘书确认后交办。")
    away = go_to("read_issue", issue_id=issue_id)
    away.headers["Location"] = f"{address('read_issue', issue_id=issue_id)}#item-{item.adoption_id}"
    return away


def _instruct(issue_id: UUID, item: IssueItem) -> None:
    principal, now = present().principal, gateway().clock.now()
    asked(
        "review", "record_instruction", Instruction, instruction_id=uuid5(form_key(), "instruction_id"),
        issue_id=issue_id, report_id=item.report_id,
        leader=principal.name if principal.holds(Role.LEADER) else line("leader") or "",
        text=paragraphs("text"), instruction_class=line("instruction_class"), given_at=now,
        assignments=_assignments(item, now),
    )


def _assignments(item: IssueItem, now: datetime) -> list[dict[str, Any]]:
    """For action: to the unit that reported it, due by the default; otherwise nobody has to answer."""
    if line("instruction_class") != InstructionClass.FOR_ACTION or item.unit_id is None:
        return []
    day = now.astimezone(SHANGHAI) + timedelta(days=DUE_DAYS)
    due_at = day.replace(hour=DUE_HOUR, minute=0, second=0, microsecond=0)
    return [{"unit_id": item.unit_id, "requirement": REQUIREMENT, "due_at": due_at}]


ONE = "/reading/<uuid:issue_id>"

PAGES = (
    Page("GET", "/reading", show_reading_room),
    Page("GET", ONE, read_issue),
    Page("POST", f"{ONE}/instructions", instruct_in_reading),
)
