"""What the supervision office finished: how much in time and late, how long it took, and the cases behind."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import render_template, request

from contracts.rpc.finished_steps import FinishedStepPage, OfficeTime, OfficeTimeTable
from contracts.rpc.office_steps import OfficeStep
from contracts.rpc.turns import TurnTable, TurnTaken
from gateway.console.forms import asked, asked_query, may_ask
from gateway.console.page import Answer, Page
from gateway.console.timeliness import period_choices, period_of, this_month


def list_finished_steps() -> Answer:
    """Of this month, unless another period is asked for; an empty one is all that is kept."""
    query = asked_query("step", "late", "cursor")
    period = period_of(request.args.get("period", this_month()).strip())
    filters: dict[str, Any] = {**query, **period.bounds}
    return render_template(
        "console/finished_steps.html", page=asked("review", "list_finished_steps", FinishedStepPage, **filters),
        query={**query, "period": period.word}, steps=OfficeStep, choices=period_choices(),
        times=asked("review", "office_time", OfficeTimeTable, **period.bounds).rows,
    )  # fmt: skip


def times_of_this_month() -> list[OfficeTime]:
    """What the metrics say too."""
    return asked("review", "office_time", OfficeTimeTable, **period_of(this_month()).bounds).rows


def turns_of(instruction_id: UUID) -> list[TurnTaken]:
    """Whose turn it was with an instruction; nothing for whoever does not oversee."""
    if not may_ask("review", "list_turns"):
        return []
    return asked("review", "list_turns", TurnTable, instruction_id=instruction_id).rows


PAGES = (Page("GET", "/supervision/office/finished", list_finished_steps),)
