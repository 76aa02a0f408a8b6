"""Leaders' instructions: recorded with their assignments, listed, closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from flask import flash, render_template, request

from contracts.problems import PROBLEMS
from contracts.rpc.directory import Unit, UnitPage
from contracts.rpc.instructions import Instruction, InstructionPage
from contracts.rpc.issues import Issue
from contracts.vocabulary import InstructionClass, Level, Role
from gateway.assembly import gateway
from gateway.console.forms import asked, asked_query, beijing_time, form_key, key_after, line, paragraphs
from gateway.console.page import Answer, Page, go_to
from gateway.console.wording import beijing_input
from gateway.entrance import present
from kernel.errors import Invalid, Refusal

ROWS = 6
"""Assignments that one form can give; a person adds more by recording a second instruction."""


def list_instructions() -> Answer:
    query = asked_query("cursor")
    page = asked("review", "list_instructions", InstructionPage, **query)
    return render_template("console/instructions.html", page=page, query=query)


def new_instruction() -> Answer:
    """Begun from an item of a published issue."""
    wanted = asked_query("issue_id", "report_id")
    return _form(wanted.get("issue_id"), wanted.get("report_id"), {})


def _form(issue_id: str | None, report_id: str | None, typed: dict[str, str], refusal: Refusal | None = None) -> str:
    """The form, empty or with what was typed into it. Raises a refusal."""
    if issue_id is None:
        raise Invalid("请从已刊发的一期中选择一条信息登记批示。", "Choose an item of a published issue first.")
    issue = asked("review", "get_issue", Issue, issue_id=issue_id)
    item = next((entry for entry in issue.items if str(entry.report_id) == report_id), None)
    if item is None:
        raise Invalid("这一期中没有该条信息。", "The issue has no such item.", pointer="/report_id")
    units = asked("intake", "list_units", UnitPage, limit=200).items
    return render_template(
        "console/instruction_form.html", issue=issue, item=item, units=units, classes=InstructionClass, levels=Level,
        rows=range(1, ROWS + 1), typed=typed or _first_values(item.unit_name, units), refusal=refusal,
        key=key_after(refusal.problem) if refusal else None,
        opened=any(typed.get(f"unit_id{number}") for number in range(2, ROWS + 1)),
    )


def _first_values(unit_name: str, units: list[Unit]) -> dict[str, str]:
    """The unit that reported it, now, and the leader himself where he enters it."""
    principal = present().principal
    return {
        "leader": principal.name if principal.holds(Role.LEADER) else "",
        "given_at": beijing_input(gateway().clock.now()),
        "instruction_class": InstructionClass.FOR_ACTION,
        "level": Level.CITY,
        "unit_id1": next((str(unit.unit_id) for unit in units if unit.name == unit_name), ""),
    }


def record_instruction() -> Answer:
    instruction_id = uuid5(form_key(), "instruction_id")
    try:
        _record(instruction_id)
    except Refusal as refusal:
        return _refused(refusal)
    flash("批示已登记，交办事项已通知有关单位。")
    return go_to("show_instruction", instruction_id=instruction_id)


def _record(instruction_id: UUID) -> None:
    asked(
        "review", "record_instruction", Instruction, instruction_id=instruction_id, issue_id=line("issue_id"),
        report_id=line("report_id"), leader=line("leader") or "", text=paragraphs("text"),
        instruction_class=line("instruction_class"), level=line("level"), given_at=beijing_time("given_at"),
        assignments=_assignments(),
    )


def _refused(refusal: Refusal) -> Answer:
    """The form again; while that cannot be shown either, the problem page keeps the text."""
    try:
        page = _form(line("issue_id"), line("report_id"), request.form.to_dict(), refusal)
    except Refusal:
        raise refusal from None
    return page, PROBLEMS[refusal.problem].status


def _assignments() -> list[dict[str, Any]]:
    """The rows in which a unit was chosen; words in a row without a unit are not lost silently."""
    rows = []
    for number in range(1, ROWS + 1):
        requirement = paragraphs(f"requirement{number}")
        unit_id = line(f"unit_id{number}")
        if unit_id:
            rows.append({"unit_id": unit_id, "requirement": requirement, "due_at": _due(number)})
        elif requirement:
            raise Invalid(
                f"第 {number} 项交办写了要求，但没有选择单位。", f"Assignment {number} has no unit.",
                pointer=f"/unit_id{number}",
            )
    return rows


def _due(number: int) -> datetime:
    due_at = beijing_time(f"due_at{number}")
    if due_at is None:
        raise Invalid(
            f"第 {number} 项交办没有写反馈截止时间。", f"Assignment {number} has no due time.",
            pointer=f"/due_at{number}",
        )
    return due_at


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
