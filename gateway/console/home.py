"""The first page: what waits for whoever signed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, jsonify, render_template

from contracts.rpc.deadlines import DeadlinePage
from contracts.rpc.drafts import Draft, DraftPage
from contracts.rpc.intake import ReportPage
from contracts.rpc.review import AssignmentPage, IssuePage, QueuePage
from contracts.vocabulary import (
    URGENT_KINDS,
    AssignmentState,
    DeadlineOutcome,
    DraftState,
    IssueState,
    ReportState,
    Role,
)
from gateway.assembly import gateway
from gateway.console.acknowledgements import unacknowledged
from gateway.console.forms import asked
from gateway.console.page import Answer, Page
from gateway.entrance import present
from kernel.errors import Refusal

SHOWN = 6
"""Rows of each list; the whole list is one click away."""

UNIT = (Role.INFORMATION_OFFICER, Role.RESPONSIBLE_LEADER)
DESK = (Role.EDITOR, Role.CHIEF_EDITOR)


@dataclass(frozen=True)
class Task:
    """One kind of work: who does it, what it is called, where the rows come from, how the page shows them."""

    roles: tuple[Role, ...]
    title: str
    shape: str
    """Which rows they are: draft, report, assignment, desk, issue, deadline, late,
    acknowledgement."""
    whole: str
    """Page with all of them."""
    read: Callable[[], Sequence[Any]]
    nothing: str
    parameters: tuple[tuple[str, str], ...] = ()


def _to_sign() -> Sequence[Any]:
    """Urgent ones first, the one due first on top: it is what a leader opens his phone for."""
    offered = asked("intake", "list_drafts", DraftPage, state=DraftState.OFFERED, limit=100).items
    return sorted(offered, key=_pressing)[:SHOWN]


def _pressing(draft: Draft) -> tuple[bool, datetime]:
    urgent = draft.content.kind in URGENT_KINDS
    return not urgent, (draft.due_at if urgent and draft.due_at else draft.changed_at)


def _own_drafts(state: DraftState) -> Sequence[Any]:
    drafts = asked("intake", "list_drafts", DraftPage, state=state, limit=50).items
    return [draft for draft in drafts if present().principal.same_person(draft.author_id)][:SHOWN]


def _returned_reports() -> Sequence[Any]:
    return asked("intake", "list_reports", ReportPage, state=ReportState.RETURNED, limit=SHOWN).items


def _assignments(*states: AssignmentState) -> Sequence[Any]:
    return [
        assignment
        for state in states
        for assignment in asked("review", "list_assignments", AssignmentPage, state=state, limit=SHOWN).items
    ][:SHOWN]


def _queue() -> Sequence[Any]:
    return asked("review", "list_queue", QueuePage, limit=SHOWN).items


def _issues() -> Sequence[Any]:
    return asked("review", "list_issues", IssuePage, state=IssueState.COMPOSING, limit=SHOWN).items


def _published() -> Sequence[Any]:
    return asked("review", "list_issues", IssuePage, state=IssueState.PUBLISHED, limit=SHOWN).items


def _late(**narrowing: bool) -> Sequence[Any]:
    return asked("intake", "list_deadlines", DeadlinePage, limit=SHOWN, **narrowing).items


def _deadlines() -> Sequence[Any]:
    return asked("intake", "list_deadlines", DeadlinePage, outcome=DeadlineOutcome.OPEN, limit=SHOWN).items


OPEN = (AssignmentState.RETURNED, AssignmentState.ASSIGNED, AssignmentState.RECEIVED)

TASKS: tuple[Task, ...] = (
    Task(
        (Role.RESPONSIBLE_LEADER,), "待签发的稿件", "draft", "list_drafts", _to_sign,
        "没有待签发的稿件。", (("state", "offered"),),
    ),
    Task(
        (Role.INFORMATION_OFFICER,), "退回修改的稿件", "draft", "list_drafts",
        lambda: _own_drafts(DraftState.RETURNED), "没有被退回的稿件。", (("state", "returned"),),
    ),
    Task(
        UNIT, "市里退回的信息", "report", "list_reports", _returned_reports, "没有被市里退回的信息。",
        (("state", "returned"),),
    ),
    Task(
        UNIT, "超时待说明原因", "late", "list_cases", lambda: _late(unexplained=True), "没有待说明原因的超时。",
        (("unexplained", "true"),),
    ),
    Task(UNIT, "待办的交办事项", "assignment", "list_assignments", lambda: _assignments(*OPEN), "没有待办的交办事项。"),
    Task(
        (Role.INFORMATION_OFFICER,), "正在写的稿件", "draft", "list_drafts", lambda: _own_drafts(DraftState.EDITING),
        "没有正在写的稿件。", (("state", "editing"),),
    ),
    Task(DESK, "编辑台待处理", "desk", "list_queue", _queue, "编辑台上没有待处理的信息。"),
    Task(
        DESK, "迟报待认定", "late", "list_cases", lambda: _late(undecided=True), "没有待认定的迟报。",
        (("undecided", "true"),),
    ),
    Task(DESK, "正在编排的期刊", "issue", "list_issues", _issues, "没有正在编排的期刊。", (("state", "composing"),)),
    Task(
        (Role.SUPERVISOR,), "待审核的反馈", "assignment", "list_assignments",
        lambda: _assignments(AssignmentState.FED_BACK), "没有待审核的反馈。", (("state", "fed_back"),),
    ),
    Task(
        (Role.SUPERVISOR,), "尚未反馈的交办事项", "assignment", "list_assignments", lambda: _assignments(*OPEN),
        "没有尚未反馈的交办事项。",
    ),
    Task(
        (Role.SECRETARY, Role.LEADER), "新刊发的期刊", "issue", "list_issues", _published, "还没有刊发的期刊。",
        (("state", "published"),),
    ),
    Task(
        (Role.DUTY_OFFICER,), "待签收紧急信息", "acknowledgement", "list_unacknowledged", lambda: unacknowledged(SHOWN),
        "没有待签收的紧急信息。",
    ),
    Task(
        (Role.DUTY_OFFICER,), "计时中的紧急信息", "deadline", "show_timeliness", _deadlines, "没有计时中的紧急信息。"
    ),
)


@dataclass(frozen=True)
class Section:
    """A task with its rows, or with what kept them away; one service that is away leaves the others readable."""

    task: Task
    rows: Sequence[Any]
    trouble: str | None = None


def home() -> Answer:
    sections = [_section(task) for task in TASKS if present().principal.holds(*task.roles)]
    sections.sort(key=lambda section: not section.rows and section.trouble is None)  # what waits stands first
    return render_template("console/home.html", sections=sections, waiting=sum(len(s.rows) for s in sections))


def _section(task: Task) -> Section:
    try:
        return Section(task, task.read())
    except Refusal as refusal:
        return Section(task, (), refusal.detail_zh)


def show_clock() -> Response:
    """The gateway's time, by which countdowns go on; also how a page learns that the gateway is there."""
    return jsonify(now=gateway().clock.now().isoformat())


PAGES = (
    Page("GET", "/", home),
    Page("GET", "/clock", show_clock),
)
