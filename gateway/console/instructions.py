"""Leaders' instructions: recorded with their assignments, listed, closed."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from flask import flash, render_template

from contracts.rpc.intake import UnitPage
from contracts.rpc.review import Instruction, InstructionPage, Issue
from contracts.vocabulary import InstructionClass, Level, Role
from gateway.assembly import gateway
from gateway.console.forms import asked, asked_query, beijing_time, form_key, line, paragraphs
from gateway.console.page import Answer, Page, go_to
from gateway.entrance import present
from kernel.errors import Invalid

ROWS = 6
"""Assignments that one form can give; a person adds more by recording a second instruction."""


def list_instructions() -> Answer:
    query = asked_query("cursor")
    page = asked("review", "list_instructions", InstructionPage, **query)
    return render_template("console/instructions.html", page=page, query=query)


def new_instruction() -> Answer:
    """Begun from an item of a published issue."""
    wanted = asked_query("issue_id", "report_id")
    if "issue_id" not in wanted:
        raise Invalid("请从已刊发的一期中选择一条信息登记批示。", "Choose an item of a published issue first.")
    issue = asked("review", "get_issue", Issue, issue_id=wanted["issue_id"])
    item = next((entry for entry in issue.items if str(entry.report_id) == wanted.get("report_id")), None)
    if item is None:
        raise Invalid("这一期中没有该条信息。", "The issue has no such item.", pointer="/report_id")
    units = asked("intake", "list_units", UnitPage, limit=200).items
    principal = present().principal
    return render_template(
        "console/instruction_form.html", issue=issue, item=item, units=units, classes=InstructionClass, levels=Level,
        rows=range(1, ROWS + 1), leader=principal.name if principal.holds(Role.LEADER) else "",
        moment=gateway().clock.now(),
    )


def record_instruction() -> Answer:
    instruction_id = uuid5(form_key(), "instruction_id")
    asked(
        "review", "record_instruction", Instruction, instruction_id=instruction_id, issue_id=line("issue_id"),
        report_id=line("report_id"), leader=line("leader") or "", text=paragraphs("text"),
        instruction_class=line("instruction_class"), level=line("level"), given_at=beijing_time("given_at"),
        assignments=_assignments(),
    )
    flash("批示已登记，交办事项已通知有关单位。")
    return go_to("show_instruction", instruction_id=instruction_id)


def _assignments() -> list[dict[str, Any]]:
    """The rows in which a unit was chosen; words in a row without a unit are not lost silently."""
    rows = []
    for number in range(1, ROWS + 1):
        requirement = paragraphs(f"requirement{number}")
        unit_id = line(f"unit_id{number}")
        if unit_id:
            due_at = beijing_time(f"due_at{number}")
            rows.append({"unit_id": unit_id, "requirement": requirement, "due_at": due_at})
        elif requirement:
            raise Invalid(
                f"第 {number} 项交办写了要求，但没有选择单位。", f"Assignment {number} has no unit.",
                pointer=f"/unit_id{number}",
            )
    return rows


def show_instruction(instruction_id: UUID) -> Answer:
    instruction = asked("review", "get_instruction", Instruction, instruction_id=instruction_id)
    return render_template("console/instruction.html", instruction=instruction)


def close_instruction(instruction_id: UUID) -> Answer:
    asked("review", "close_instruction", Instruction, instruction_id=instruction_id)
    flash("批示已办结。")
    return go_to("show_instruction", instruction_id=instruction_id)


PAGES = (
    Page("GET", "/instructions", list_instructions),
    Page("GET", "/instructions/new", new_instruction),
    Page("POST", "/instructions", record_instruction),
    Page("GET", "/instructions/<uuid:instruction_id>", show_instruction),
    Page("POST", "/instructions/<uuid:instruction_id>/closing", close_instruction),
)
