"""Leaders' instructions: recorded with their assignments, listed, closed."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from flask import flash, render_template, request

from contracts.problems import PROBLEMS
from contracts.rpc.directory import Unit, UnitPage
from contracts.rpc.instructions import AS_INSTRUCTED, AssignmentPart, Instruction, InstructionPage, InstructionState
from contracts.rpc.issues import Issue
from contracts.rpc.supervision import LeaderLatenessTable
from contracts.vocabulary import InstructionClass, Level, Role
from gateway.api.instructions import download_scan
from gateway.assembly import gateway
from gateway.attempts import note
from gateway.console.attachments import taken_file
from gateway.console.finished_steps import turns_of
from gateway.console.forms import asked, asked_query, beijing_time, form_key, key_after, line, paragraphs
from gateway.console.page import Answer, Page, go_to
from gateway.console.wording import beijing_input
from gateway.entrance import present
from kernel.errors import Invalid, Refusal

ROWS = 6
"""Assignments that one form can give; a person adds more by recording a second instruction."""


def list_instructions() -> Answer:
    query = asked_query("state", "cursor")
    page = asked("review", "list_instructions", InstructionPage, **query)
    return render_template("console/instructions.html", page=page, query=query, states=InstructionState)


def new_instruction() -> Answer:
    """Begun from an item of a published issue; without one, for a paper that is not in the system."""
    wanted = asked_query("issue_id", "report_id", "follows")
    return _form(wanted.get("issue_id"), wanted.get("report_id"), {}, follows=wanted.get("follows"))


def _form(
    issue_id: str | None, report_id: str | None, typed: dict[str, str], refusal: Refusal | None = None,
    follows: str | None = None,
) -> str:
    """The form, empty or with what was typed into it. Raises a refusal."""
    issue = asked("review", "get_issue", Issue, issue_id=issue_id) if issue_id else None
    item = next((entry for entry in issue.items if str(entry.report_id) == report_id), None) if issue else None
    if issue is not None and item is None:
        raise Invalid("这一期中没有该条信息。", "The issue has no such item.", pointer="/report_id")
    units = asked("intake", "list_units", UnitPage, limit=200).items
    return render_template(
        "console/instruction_form.html", issue=issue, item=item, units=units, classes=InstructionClass, levels=Level,
        parts=AssignmentPart, leaders=_leaders(), as_instructed=AS_INSTRUCTED, rows=range(1, ROWS + 1),
        refusal=refusal, follows=follows or typed.get("follows"),
        typed=typed or _first_values(item.unit_name if item else "", units),
        key=key_after(refusal.problem) if refusal else None,
        opened=any(typed.get(f"unit_id{number}") for number in range(2, ROWS + 1)),
    )  # fmt: skip


def _leaders() -> list[str]:
    """Who gave instructions lately: a name that is chosen is spelled the same. The form does without them."""
    try:
        return [row.leader for row in asked("review", "lateness_by_leader", LeaderLatenessTable).rows]
    except Refusal:
        return []


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
        recorded = _record(instruction_id)
    except Refusal as refusal:
        note(refusal)
        return _refused(refusal)
    waits = recorded.state is InstructionState.RECORDED
    flash("批示已登记，待确认后交办。" if waits else "批示已登记，交办事项已通知有关单位。")
    return go_to("show_instruction", instruction_id=instruction_id)


def _record(instruction_id: UUID) -> Instruction:
    return asked(
        "review", "record_instruction", Instruction, instruction_id=instruction_id, issue_id=line("issue_id"),
        report_id=line("report_id"), subject=line("subject"), scan=taken_file("scan"), follows=line("follows"),
        leader=line("leader") or "", text=paragraphs("text"),
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
            rows.append(
                {
                    "unit_id": unit_id, "part": line(f"part{number}") or AssignmentPart.LEAD,
                    "requirement": requirement or AS_INSTRUCTED, "due_at": beijing_time(f"due_at{number}"),
                    "working_days": line(f"working_days{number}"),
                }
            )
        elif requirement:
            raise Invalid(
                f"第 {number} 项交办写了要求，但没有选择单位。", f"Assignment {number} has no unit.",
                pointer=f"/unit_id{number}",
            )
    return rows


def show_instruction(instruction_id: UUID) -> Answer:
    instruction = asked("review", "get_instruction", Instruction, instruction_id=instruction_id)
    return render_template("console/instruction.html", instruction=instruction, turns=turns_of(instruction_id))


def confirm_instruction(instruction_id: UUID) -> Answer:
    asked(
        "review", "confirm_instruction", Instruction, instruction_id=instruction_id, scan=taken_file("scan"),
    )  # fmt: skip
    flash("批示已确认，交办事项已通知有关单位。")
    return go_to("show_instruction", instruction_id=instruction_id)


def withdraw_instruction(instruction_id: UUID) -> Answer:
    asked(
        "review", "withdraw_instruction", Instruction, instruction_id=instruction_id, reason=paragraphs("reason"),
    )  # fmt: skip
    flash("该登记已撤销，没有交办。")
    return go_to("show_instruction", instruction_id=instruction_id)


def present_instruction(instruction_id: UUID) -> Answer:
    asked("review", "present_instruction", Instruction, instruction_id=instruction_id, note=paragraphs("note"))
    flash("已呈领导阅。")
    return go_to("show_instruction", instruction_id=instruction_id)


def close_instruction(instruction_id: UUID) -> Answer:
    asked("review", "close_instruction", Instruction, instruction_id=instruction_id)
    flash("批示已办结。")
    return go_to("show_instruction", instruction_id=instruction_id)


ONE = "/instructions/<uuid:instruction_id>"

PAGES = (
    Page("GET", "/instructions", list_instructions),
    Page("GET", "/instructions/new", new_instruction),
    Page("POST", "/instructions", record_instruction),
    Page("GET", ONE, show_instruction),
    Page("POST", f"{ONE}/confirmation", confirm_instruction),
    Page("POST", f"{ONE}/withdrawal", withdraw_instruction),
    Page("POST", f"{ONE}/presentation", present_instruction),
    Page("POST", f"{ONE}/closing", close_instruction),
    Page("GET", f"{ONE}/scan", download_scan),
)
