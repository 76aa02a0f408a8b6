"""What waits for whoever asks: every kind of work of his roles, asked of the services that own it.

One list for the console's first page and for programs. A service that is away leaves the others readable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from contracts.model import Instant, Strict
from contracts.rpc.commissions import CommissionPage, CommissionTaskPage, TaskState
from contracts.rpc.deadlines import DeadlinePage
from contracts.rpc.desk import QueuePage
from contracts.rpc.drafts import Draft, DraftPage
from contracts.rpc.instructions import AssignmentPage, InstructionPage, InstructionState
from contracts.rpc.intake import ReportPage
from contracts.rpc.issues import Issue, IssuePage
from contracts.rpc.office_steps import OfficeCasePage
from contracts.services import RPC
from contracts.vocabulary import (
    URGENT_KINDS,
    AssignmentState,
    DeadlineOutcome,
    DraftState,
    IssueState,
    ReportState,
    Role,
)
from gateway.api.routes import ask
from gateway.assembly import gateway
from gateway.bodies import checked
from gateway.entrance import present
from gateway.identity.grants import ListGrants, list_grants
from kernel.errors import Refusal

MOST = 100
"""Rows that are asked for and counted; beyond them the count says "and more"."""

UNIT = (Role.INFORMATION_OFFICER, Role.RESPONSIBLE_LEADER, Role.API_CLIENT)
DESK = (Role.EDITOR, Role.CHIEF_EDITOR)
OPEN = (AssignmentState.RETURNED, AssignmentState.ASSIGNED, AssignmentState.RECEIVED)

Reply = TypeVar("Reply", bound=BaseModel)
Found = tuple[Sequence[Any], bool]
"""Rows, and whether there are more than were asked for."""


@dataclass(frozen=True)
class Task:
    """One kind of work: who does it, what it is called, where the rows come from, how the page shows them."""

    name: str
    roles: tuple[Role, ...]
    title: str
    shape: str
    """Which rows they are; a key of `SHAPES`."""
    whole: str
    """Page with all of them."""
    read: Callable[[], Found]
    parameters: tuple[tuple[str, str], ...] = ()
    waits: bool = True
    """Whether somebody waits for this person to act; what is only good to see is not counted."""
    named_empty: bool = True
    """Whether it is named while nothing waits; not for work that most holders of the role never have."""


@dataclass(frozen=True)
class Shape:
    """How a row is named to programs: its address, title and limit."""

    path: str
    id: str
    title: Callable[[Any], str] = attrgetter("title")
    due_at: Callable[[Any], datetime | None] = attrgetter("due_at")
    urgent: Callable[[Any], bool] | None = None


class WaitingItem(Strict):
    path: str
    """Where a program reads it."""
    title: str
    urgent: bool
    due_at: Instant | None


class WaitingGroup(Strict):
    name: str
    title: str
    count: int
    more: bool
    """Whether there are more than `count` says."""
    trouble: str | None
    """Why this group could not be read; the others are complete."""
    items: list[WaitingItem]


class Waiting(Strict):
    """All that waits for whoever asks, what is urgent first."""

    count: int
    more: bool
    groups: list[WaitingGroup]


@dataclass(frozen=True)
class Group:
    """A task with its rows, or with what kept them away."""

    task: Task
    rows: Sequence[Any]
    more: bool = False
    trouble: str | None = None

    def item(self, row: Any) -> WaitingItem:
        shape = SHAPES[self.task.shape]
        return WaitingItem(
            path=f"{shape.path}/{getattr(row, shape.id)}", title=shape.title(row), urgent=self._urgent(row),
            due_at=shape.due_at(row),
        )

    @property
    def urgent(self) -> bool:
        return any(map(self._urgent, self.rows))

    def _urgent(self, row: Any) -> bool:
        urgent = SHAPES[self.task.shape].urgent
        return urgent is not None and urgent(row)

    @property
    def rank(self) -> int:
        """What is urgent and waits stands first, what is empty last."""
        if not self.rows and self.trouble is None:
            return 3
        return (0 if self.urgent else 1) if self.task.waits else 2


def waiting_groups() -> list[Group]:
    """Every task of this person's roles with its rows, the most pressing first."""
    groups = [_group(task) for task in TASKS if present().principal.holds(*task.roles)]
    shown = [group for group in groups if group.task.named_empty or group.rows or group.trouble]
    return sorted(shown, key=lambda group: group.rank)


def waiting_count(groups: Sequence[Group]) -> int:
    """How many things wait for this person."""
    return sum(len(group.rows) for group in groups if group.task.waits)


def as_reply(groups: Sequence[Group]) -> Waiting:
    """The same for programs: only what waits."""
    shown = [
        WaitingGroup(
            name=group.task.name, title=group.task.title, count=len(group.rows), more=group.more,
            trouble=group.trouble, items=[group.item(row) for row in group.rows],
        )
        for group in groups
        if group.task.waits
    ]
    return Waiting(count=waiting_count(groups), more=any(group.more for group in shown), groups=shown)


def _group(task: Task) -> Group:
    try:
        return Group(task, *task.read())
    except Refusal as refusal:
        return Group(task, (), trouble=refusal.detail_zh)


def _asked(service: str, method: str, reply: type[Reply], **fields: Any) -> Reply:
    return cast(Reply, ask(service, method, checked(RPC[service][method].request, fields)))


def _all(service: str, method: str, reply: type[Any], **fields: Any) -> Found:
    page = _asked(service, method, reply, limit=MOST, **fields)
    return page.items, page.next_cursor is not None


def _drafts(state: DraftState, mine: Callable[[Draft], bool]) -> Found:
    """Drafts of the unit that are this person's to act on; urgent ones first, the one due first on top."""
    drafts, more = _all("intake", "list_drafts", DraftPage, state=state)
    return sorted(filter(mine, drafts), key=_pressing), more


def _pressing(draft: Draft) -> tuple[bool, datetime]:
    urgent = draft.content.kind in URGENT_KINDS
    return not urgent, (draft.due_at if urgent and draft.due_at else draft.changed_at)


def _sent() -> Found:
    """What this person has sent for signature, at whichever step it is: whom to press while the time runs."""
    found = [_drafts(state, _own) for state in (DraftState.AWAITING_ENDORSEMENT, DraftState.OFFERED)]
    return sorted((draft for rows, _ in found for draft in rows), key=_pressing), any(more for _, more in found)


def _own(draft: Draft) -> bool:
    return present().principal.same_person(draft.author_id)


def _to_endorse(draft: Draft) -> bool:
    return any(present().principal.same_person(endorser.person_id) for endorser in draft.endorsers)


def _assignments(*states: AssignmentState) -> Found:
    """What is due first stands on top."""
    found = [_all("review", "list_assignments", AssignmentPage, state=state) for state in states]
    rows = [assignment for items, _ in found for assignment in items]
    return sorted(rows, key=lambda assignment: assignment.due_at), any(more for _, more in found)


def _proofs_to_sign() -> Found:
    """Proofs whose next signature is this person's."""
    proofs, more = _all("review", "list_issues", IssuePage, state=IssueState.PROOF, with_text=False)
    return [issue for issue in proofs if _my_turn(issue)], more


def _my_turn(issue: Issue) -> bool:
    waiting = issue.sign_off_chain[len(issue.signed_by) :]
    return bool(waiting) and present().principal.holds(waiting[0].value)


def _urgent_kind(row: Any) -> bool:
    return row.kind in URGENT_KINDS


def _never(_row: Any) -> None:
    return None


def _grants_to_decide() -> Found:
    """Roles that another security administrator proposed, and not for this one."""
    with gateway().database.reading() as session:
        page = list_grants(session, ListGrants(state="proposed", limit=MOST))
    me = present().principal
    theirs = [row for row in page.items if not me.same_person(row.proposed_by) and not me.same_person(row.account_id)]
    return theirs, page.next_cursor is not None


def _always(_row: Any) -> bool:
    return True


SHAPES: dict[str, Shape] = {
    "draft": Shape(
        "/v1/drafts", "draft_id", lambda row: row.content.title, urgent=lambda row: row.content.kind in URGENT_KINDS
    ),
    "report": Shape("/v1/reports", "report_id", due_at=_never, urgent=_urgent_kind),
    "acknowledgement": Shape("/v1/reports", "report_id", due_at=_never, urgent=_always),
    "late": Shape("/v1/deadlines", "deadline_id"),
    "deadline": Shape("/v1/deadlines", "deadline_id", urgent=_always),
    "assignment": Shape("/v1/assignments", "assignment_id", attrgetter("requirement")),
    "commission": Shape("/v1/commission-tasks", "task_id", attrgetter("subject")),
    "owed_upward": Shape("/v1/commissions", "commission_id", attrgetter("subject"), attrgetter("upward_due_at")),
    "desk": Shape("/v1/queue", "report_id", due_at=_never, urgent=_urgent_kind),
    "instruction": Shape(
        "/v1/instructions", "instruction_id", lambda row: f"{row.leader}：{row.text[:40]}", due_at=_never
    ),
    "office_case": Shape("/v1/instructions", "instruction_id", attrgetter("report_title"), urgent=_always),
    "grant": Shape("/v1/grants", "grant_id", lambda row: f"{row.name}：{row.role.label}", due_at=_never),
    "issue": Shape("/v1/issues", "issue_id", attrgetter("publication_name"), due_at=_never),
}

TASKS: tuple[Task, ...] = (
    Task(
        "to_acknowledge", (Role.DUTY_OFFICER,), "待签收紧急信息", "acknowledgement", "list_unacknowledged",
        lambda: _all("intake", "list_reports", ReportPage, acknowledged=False),
    ),
    Task(
        "to_sign", (Role.RESPONSIBLE_LEADER,), "待签发的稿件", "draft", "list_drafts",
        lambda: _drafts(DraftState.OFFERED, lambda draft: not _own(draft)), (("state", "offered"),),
    ),
    Task(
        "issues_to_sign", (Role.CHIEF_EDITOR, Role.RESPONSIBLE_LEADER, Role.LEADER), "待签发的校样", "issue",
        "list_issues", _proofs_to_sign, (("state", "proof"),), named_empty=False,
    ),
    Task(
        "to_endorse", (Role.SECTION_HEAD,), "待核稿的稿件", "draft", "list_drafts",
        lambda: _drafts(DraftState.AWAITING_ENDORSEMENT, _to_endorse), (("state", "awaiting_endorsement"),),
    ),
    Task(
        "returned_drafts", (Role.INFORMATION_OFFICER,), "退回修改的稿件", "draft", "list_drafts",
        lambda: _drafts(DraftState.RETURNED, _own), (("state", "returned"),),
    ),
    Task(
        "returned_reports", UNIT, "市里退回的信息", "report", "list_reports",
        lambda: _all("intake", "list_reports", ReportPage, state=ReportState.RETURNED), (("state", "returned"),),
    ),
    Task("assignments", UNIT, "待办的交办事项", "assignment", "list_assignments", lambda: _assignments(*OPEN)),
    Task(
        "commissions", UNIT, "待交的约稿", "commission", "list_commission_tasks",
        lambda: _all("review", "list_commission_tasks", CommissionTaskPage, state=TaskState.OWED),
        (("state", "owed"),),
    ),
    Task(
        "late_to_explain", UNIT, "超时待说明原因", "late", "list_cases",
        lambda: _all("intake", "list_deadlines", DeadlinePage, unexplained=True), (("unexplained", "true"),),
    ),
    Task("desk", DESK, "编辑台待处理", "desk", "list_queue", lambda: _all("review", "list_queue", QueuePage)),
    Task(
        "owed_upward", DESK, "待向上报送的约稿", "owed_upward", "list_commissions",
        lambda: _all("review", "list_commissions", CommissionPage, owed_upward=True), (("owed_upward", "true"),),
        named_empty=False,
    ),
    Task(
        "late_to_decide", DESK, "迟报待认定", "late", "list_cases",
        lambda: _all("intake", "list_deadlines", DeadlinePage, undecided=True), (("undecided", "true"),),
    ),
    Task(
        "feedback_to_review", (Role.SUPERVISOR,), "待审核的反馈", "assignment", "list_assignments",
        lambda: _assignments(AssignmentState.FED_BACK), (("state", "fed_back"),),
    ),
    Task(
        "instructions_to_confirm", (Role.SECRETARY, Role.LEADER), "待确认的批示", "instruction", "list_instructions",
        lambda: _all("review", "list_instructions", InstructionPage, state=InstructionState.RECORDED),
        (("state", "recorded"),),
    ),
    Task(
        "extensions_to_decide", (Role.SUPERVISOR,), "待审批的延期", "assignment", "list_assignments",
        lambda: _all("review", "list_assignments", AssignmentPage, extension_asked=True),
    ),
    Task(
        "to_present", (Role.SUPERVISOR, Role.SECRETARY), "待呈领导阅的办理结果", "instruction", "list_instructions",
        lambda: _all("review", "list_instructions", InstructionPage, to_present=True), (("state", "in_hand"),),
    ),
    Task(
        "presented", (Role.LEADER,), "已呈阅的办理结果", "instruction", "list_instructions",
        lambda: _all("review", "list_instructions", InstructionPage, state=InstructionState.PRESENTED),
        (("state", "presented"),),
    ),
    Task(
        "being_written", (Role.INFORMATION_OFFICER,), "正在写的稿件", "draft", "list_drafts",
        lambda: _drafts(DraftState.EDITING, _own), (("state", "editing"),), waits=False,
    ),
    Task(
        "sent", (Role.INFORMATION_OFFICER,), "已送签，尚未签发", "draft", "list_drafts", _sent,
        (("state", "offered"),), waits=False, named_empty=False,
    ),
    Task(
        "issues", DESK, "正在编排的期刊", "issue", "list_issues",
        lambda: _all("review", "list_issues", IssuePage, state=IssueState.COMPOSING, with_text=False),
        (("state", "composing"),),
        waits=False,
    ),
    Task(
        "unanswered", (Role.SUPERVISOR,), "尚未反馈的交办事项", "assignment", "list_assignments",
        lambda: _assignments(*OPEN), waits=False,
    ),
    Task(
        "grants_to_decide", (Role.SECURITY_ADMINISTRATOR,), "待批准的授权", "grant", "show_grants", _grants_to_decide,
        (("state", "proposed"),),
    ),
    # Each of them waits above under its own name; here they are those that have waited too long.
    Task(
        "office_late", (Role.SUPERVISOR,), "督办部门超时未办", "office_case", "list_office_cases",
        lambda: _all("review", "list_office_cases", OfficeCasePage, late=True), (("late", "true"),), waits=False,
        named_empty=False,
    ),
    Task(
        "published", (Role.SECRETARY, Role.LEADER), "新刊发的期刊", "issue", "show_reading_room",
        lambda: _all("review", "list_issues", IssuePage, state=IssueState.PUBLISHED, with_text=False),
        waits=False,
    ),
    Task(
        "clocks", (Role.DUTY_OFFICER,), "计时中的紧急信息", "deadline", "show_timeliness",
        lambda: _all("intake", "list_deadlines", DeadlinePage, outcome=DeadlineOutcome.OPEN), waits=False,
    ),
)
