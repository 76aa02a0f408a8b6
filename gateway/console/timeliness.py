"""The compliance tables of a period, what is running, and the cases behind every number with their late findings."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from flask import flash, render_template
from pydantic import BaseModel

from contracts.rpc.deadlines import COUNTED, Deadline, DeadlinePage, LateCase, TimelinessTable, UnitTimelinessTable
from contracts.rpc.instructions import AssignmentPage
from contracts.rpc.supervision import COUNTED as FEEDBACK_COUNTED
from contracts.rpc.urgent import Heaping, HeapingTable
from contracts.vocabulary import AssignmentState, DeadlineKind, DeadlineOutcome, LateDecision, Severity, UnitClass
from gateway.assembly import gateway
from gateway.console.forms import asked, asked_query, line, may_ask, paragraphs
from gateway.console.menu import may
from gateway.console.page import Answer, Page, go_to
from kernel.clock import SHANGHAI, china_day
from kernel.errors import Forbidden, Invalid, Refusal

Table = TypeVar("Table", bound=BaseModel)

UNDECIDED = (AssignmentState.ASSIGNED, AssignmentState.RECEIVED, AssignmentState.RETURNED)
CASE_FILTERS = (
    "kind", "unit_id", "unit_class", "severity", "outcome", "overdue", "drill", "undecided", "unexplained", "cursor",
)
KINDS = (DeadlineKind.URGENT_REPORT, DeadlineKind.FOLLOW_UP)
PERIOD = re.compile(r"(?P<year>20\d\d|21\d\d)(-(?P<month>0[1-9]|1[0-2]))?")


@dataclass(frozen=True)
class Part:
    """Rows, or what kept them away."""

    rows: Sequence[Any]
    trouble: str | None = None


@dataclass(frozen=True)
class Period:
    """A month (2026-11) or year (2026) of due times, Beijing time; empty for all."""

    word: str
    bounds: dict[str, datetime]


def show_timeliness() -> Answer:
    period = period_of(asked_query("period").get("period", ""))
    return render_template(
        "console/timeliness.html",
        period=period.word,
        choices=period_choices(),
        urgent_table=_part(lambda: _asked("intake", "urgent_timeliness", TimelinessTable, **period.bounds).rows),
        units=_part(lambda: _asked("intake", "unit_timeliness", UnitTimelinessTable, **period.bounds).rows),
        heaping=_part(_heaping),
        feedback=_part(lambda: _asked("review", "feedback_timeliness", TimelinessTable, **period.bounds).rows),
        deadlines=_part(_urgent_deadlines),
        feedback_deadlines=_part(_feedback_deadlines),
        counted=COUNTED,
        feedback_counted=FEEDBACK_COUNTED,
    )


def list_cases() -> Answer:
    """The deadlines behind a number: the same filters as the table's."""
    query = asked_query(*CASE_FILTERS, "period")
    filters = {name: value for name, value in query.items() if name != "period"}
    period = period_of(query.get("period", ""))
    page = asked("intake", "list_deadlines", DeadlinePage, **filters, **period.bounds)
    return render_template(
        "console/cases.html", page=page, query=query, kinds=KINDS, outcomes=DeadlineOutcome, classes=UnitClass,
        severities=Severity,
    )


def show_case(deadline_id: UUID) -> Answer:
    case = asked("intake", "get_deadline", LateCase, deadline_id=deadline_id)
    return render_template("console/case.html", case=case, deadline=case.deadline, decisions=LateDecision)


def explain_lateness(deadline_id: UUID) -> Answer:
    asked("intake", "explain_lateness", LateCase, deadline_id=deadline_id, reason=paragraphs("reason"))
    flash("已说明原因，编辑可见。")
    return go_to("show_case", deadline_id=deadline_id)


def decide_lateness(deadline_id: UUID) -> Answer:
    case = asked(
        "intake", "decide_lateness", LateCase, deadline_id=deadline_id, decision=line("decision"),
        grounds=paragraphs("grounds"),
    )
    decided = case.deadline.late_decision
    flash(f"{decided.label if decided else '已处理'}，已告知单位。")
    return go_to("show_case", deadline_id=deadline_id)


def period_of(word: str) -> Period:
    """Raises `Invalid` for what is neither a month nor a year."""
    if not word:
        return Period("", {})
    found = PERIOD.fullmatch(word)
    if found is None:
        raise Invalid(
            "时段应为年或年月，例：2026、2026-11。", "A year or a month, for example 2026-11.", pointer="/period"
        )
    year, month = int(found["year"]), int(found["month"] or 1)
    beyond = (year + 1, 1) if found["month"] is None or month == 12 else (year, month + 1)
    since, until = (datetime(*start, 1, tzinfo=SHANGHAI) for start in ((year, month), beyond))
    return Period(word, {"since": since, "until": until})


def this_month() -> str:
    """As `period_of` takes it, of Beijing."""
    return f"{china_day(gateway().clock.now()):%Y-%m}"


def period_choices() -> list[tuple[str, str]]:
    """This month, the month before, this year, everything."""
    today = gateway().clock.now().astimezone(SHANGHAI)
    before = (today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)
    return [
        (this_month(), "本月"), ("{}-{:02}".format(*before), "上月"), (f"{today:%Y}", "本年"), ("", "全部"),
    ]


def _heaping() -> list[Heaping]:
    """Units with reports that came just below their limit in the last 90 days, most of them first."""
    return [row for row in _asked("intake", "occurrence_heaping", HeapingTable).rows if row.just_below_limit]


def _urgent_deadlines() -> list[Deadline]:
    return _asked("intake", "list_deadlines", DeadlinePage, outcome=DeadlineOutcome.OPEN, limit=100).items


def _feedback_deadlines() -> list[Deadline]:
    """Of assignments that nobody has answered yet; read from the assignments, which show them to whom they concern."""
    if not may("list_assignments"):
        return []
    found = [
        assignment.deadline
        for state in UNDECIDED
        for assignment in asked("review", "list_assignments", AssignmentPage, state=state, limit=100).items
    ]
    return sorted(found, key=lambda deadline: deadline.due_at)


def _part(read: Callable[[], Sequence[Any]]) -> Part | None:
    """None for a part that this person's role does not see."""
    try:
        return Part(read())
    except Forbidden:
        return None
    except Refusal as refusal:
        return Part((), refusal.detail_zh)


def _asked(service: str, method: str, reply: type[Table], **fields: Any) -> Table:
    """Ask for a part. Raises `Forbidden` without asking where the role does not fit."""
    if not may_ask(service, method):
        raise Forbidden("您的角色看不到这一部分。", "Your role does not see this part.")
    return asked(service, method, reply, **fields)


CASES = "/timeliness/cases"

PAGES = (
    Page("GET", "/timeliness", show_timeliness),
    Page("GET", CASES, list_cases),
    Page("GET", f"{CASES}/<uuid:deadline_id>", show_case),
    Page("POST", f"{CASES}/<uuid:deadline_id>/reason", explain_lateness),
    Page("POST", f"{CASES}/<uuid:deadline_id>/finding", decide_lateness),
)
