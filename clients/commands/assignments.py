"""`chengbao assignment`: what leaders' instructions ask of the unit: listed, received, more time asked for."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from clients.commands.connection import DEFAULT_URL, Token, Url, connect
from clients.output import Json, show, speaks, table
from contracts.rpc.finished_steps import StepOutcome
from contracts.rpc.instructions import Turn
from contracts.rpc.notices import NoticeKind
from contracts.rpc.office_steps import OfficeStep
from contracts.rpc.supervision import FeedbackOutcome
from contracts.vocabulary import AssignmentState

commands = typer.Typer(help="交办与督办 Assignments and their supervision.", no_args_is_help=True)


@commands.command("list")
@speaks
def list_assignments(
    outcome: Annotated[FeedbackOutcome | None, typer.Option(help="Only those whose feedback stands so.")] = None,
    late: Annotated[bool, typer.Option("--late", help="Only those whose time is over.")] = False,
    unfinished: Annotated[bool, typer.Option("--unfinished", help="Only those not accepted yet.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Rows at the most.")] = 20,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """The ledger of supervision, next due first; a unit sees its own."""
    wanted = {
        "outcome": outcome.value if outcome else None, "late": "true" if late else None,
        "unfinished": "true" if unfinished else None,
    }  # fmt: skip
    with connect(url, token) as client:
        page = client.get("/v1/supervision-ledger", limit=limit, **wanted)
    rows = [
        (
            item["assignment_id"], item["leader"], item["unit_name"], item["requirement"], item["due_at"],
            AssignmentState(item["state"]).label, "逾期" if item["late"] else "",
        )
        for item in page["items"]
    ]  # fmt: skip
    heads = ("编号", "领导", "承办单位", "要求", "截止", "状态", "")
    show(page, as_json, lambda: table("督办台账 Supervision", heads, rows))


@commands.command("receive")
@speaks
def receive(assignment_id: str, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """Confirm that the unit has received it."""
    with connect(url, token) as client:
        received = client.post(f"/v1/assignments/{assignment_id}/receipt")
    show(received, as_json, lambda: _print_line(received))


@commands.command("to-desk")
@speaks
def to_desk(assignment_id: str, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """Lay the accepted feedback on the editors' desk, to be adopted as information."""
    with connect(url, token) as client:
        laid = client.post(f"/v1/assignments/{assignment_id}/feedback/desk-item")
    show(laid, as_json, lambda: _print_line(laid))


@commands.command("issue-notice")
@speaks
def issue_notice(
    assignment_id: str,
    kind: Annotated[NoticeKind, typer.Option(help="Which notice.")] = NoticeKind.ASSIGNMENT,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Issue a notice: it gets its document number and is printed as it is now from then on."""
    with connect(url, token) as client:
        issued = client.post(f"/v1/assignments/{assignment_id}/notices", {"kind": kind.value})
    row = (issued["number"], kind.label, issued["issued_by"], issued["issued_at"])
    show(issued, as_json, lambda: table("通知单 Notice", ("文号", "种类", "签发", "时间"), [row]))


@commands.command("office")
@speaks
def office(
    late: Annotated[bool, typer.Option("--late", help="Only what is late.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Rows at the most.")] = 20,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """What lies with the supervision office, the oldest first."""
    with connect(url, token) as client:
        page = client.get("/v1/supervision-ledger/office-cases", limit=limit, late="true" if late else None)
    rows = [
        (
            OfficeStep(item["step"]).label, item["leader"], item["report_title"], item["unit_name"] or "",
            item["due_at"], "超时" if item["late"] else "",
        )
        for item in page["items"]
    ]  # fmt: skip
    heads = ("环节", "领导", "事项", "单位", "应办结", "")
    show(page, as_json, lambda: table("督办部门待办 With the office", heads, rows))


@commands.command("office-finished")
@speaks
def office_finished(
    late: Annotated[bool, typer.Option("--late", help="Only what was finished late.")] = False,
    since: Annotated[str | None, typer.Option(help="Finished at or after, with a zone.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Rows at the most.")] = 20,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """What the supervision office finished, the newest first."""
    wanted = {"late": "true" if late else None, "since": since}
    with connect(url, token) as client:
        page = client.get("/v1/supervision-ledger/finished-office-steps", limit=limit, **wanted)
    rows = [
        (
            OfficeStep(item["step"]).label, StepOutcome(item["outcome"]).label, item["leader"], item["report_title"],
            item["finished_by"], item["finished_at"], f"{item['seconds'] / 86_400:.1f}", "超时" if item["late"] else "",
        )
        for item in page["items"]
    ]  # fmt: skip
    heads = ("环节", "结果", "领导", "事项", "办理人", "办结", "天", "")
    show(page, as_json, lambda: table("督办部门已办结 Finished by the office", heads, rows))


@commands.command("office-time")
@speaks
def office_time(
    since: Annotated[str | None, typer.Option(help="Finished at or after, with a zone.")] = None,
    until: Annotated[str | None, typer.Option(help="Finished before, with a zone.")] = None,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """How much the supervision office finished in time and late, and how long it took."""
    with connect(url, token) as client:
        found = client.get("/v1/supervision-ledger/office-time", since=since, until=until)
    rows = [
        (
            OfficeStep(one["step"]).label, one["in_time"], one["late"],
            "—" if one["median_seconds"] is None else f"{one['median_seconds'] / 86_400:.1f}",
        )
        for one in found["rows"]
    ]  # fmt: skip
    heads = ("环节", "按时办结", "超时办结", "用时中位数（天）")
    show(found, as_json, lambda: table("督办部门办结 Finished by the office", heads, rows))


@commands.command("turns")
@speaks
def turns(instruction_id: str, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """Whose turn it was with an instruction, and for how long."""
    with connect(url, token) as client:
        found = client.get(f"/v1/instructions/{instruction_id}/turns")
    rows = [
        (
            Turn(one["turn"]).label, one["unit_name"] or "", OfficeStep(one["step"]).label if one["step"] else "",
            one["since"], one["until"] or "", f"{one['seconds'] / 86_400:.1f}", "超时" if one["late"] else "",
        )
        for one in found["rows"]
    ]  # fmt: skip
    heads = ("轮到谁", "单位", "环节", "自", "至", "天", "")
    show(found, as_json, lambda: table("轮到谁办 Whose turn", heads, rows))


@commands.command("extend")
@speaks
def extend(
    assignment_id: str,
    until: Annotated[str, typer.Option(help="Until when, with a zone: 2026-12-20T18:00:00+08:00.")],
    reason: Annotated[str, typer.Option(help="Why more time is needed.")],
    progress: Annotated[str, typer.Option(help="How far it is.")],
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Ask for more time, before the time is over."""
    body = {"wanted_due_at": until, "reason": reason, "progress": progress}
    with connect(url, token) as client:
        asked = client.post(f"/v1/assignments/{assignment_id}/extensions", body)
    show(asked, as_json, lambda: _print_line(asked))


def _print_line(assignment: dict[str, Any]) -> None:
    row = (
        assignment["assignment_id"], assignment["requirement"], assignment["due_at"],
        AssignmentState(assignment["state"]).label,
    )  # fmt: skip
    table("交办 Assignment", ("编号", "要求", "截止", "状态"), [row])
