"""`chengbao instruction`: leaders' instructions, from the entry until they are closed (R17)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from clients.client import Client
from clients.commands.connection import DEFAULT_URL, Token, Url, connect
from clients.output import Json, console, in_beijing, show, speaks, table
from contracts.rpc.instructions import AS_INSTRUCTED, AssignmentPart, InstructionState, Turn
from contracts.vocabulary import AssignmentState, InstructionClass

commands = typer.Typer(help="领导批示 Leaders' instructions.", no_args_is_help=True)
Scan = Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Scan of the paper: PDF, OFD or picture.")]


@commands.command("list")
@speaks
def list_instructions(
    state: Annotated[InstructionState | None, typer.Option(help="Only those in this state.")] = None,
    to_present: Annotated[bool, typer.Option("--to-present", help="Only those to be shown to the leader.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Rows at the most.")] = 20,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """The newest given first."""
    wanted = {"state": state.value if state else None, "to_present": "true" if to_present else None}
    with connect(url, token) as client:
        page = client.get("/v1/instructions", limit=limit, **wanted)
    rows = [
        (
            item["instruction_id"], item["leader"], item["text"], item["report_title"], item["given_at"],
            InstructionState(item["state"]).label, "、".join(one["unit_name"] for one in item["assignments"]),
        )
        for item in page["items"]
    ]  # fmt: skip
    heads = ("编号", "领导", "批示", "事项", "批示时间", "状态", "承办单位")
    show(page, as_json, lambda: table("批示 Instructions", heads, rows))


@commands.command("show")
@speaks
def show_instruction(instruction_id: str, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """One instruction, what each unit has to do and until when."""
    with connect(url, token) as client:
        instruction = client.get(f"/v1/instructions/{instruction_id}")
    show(instruction, as_json, lambda: _print(instruction))


@commands.command("record")
@speaks
def record(
    leader: Annotated[str, typer.Option(help="Who gave it.")],
    text: Annotated[str, typer.Option(help="Its words.")],
    given_at: Annotated[str, typer.Option(help="When, with a zone: 2026-11-24T09:00:00+08:00.")],
    issue: Annotated[str, typer.Option(help="Id of the published issue it was written on.")] = "",
    report: Annotated[str, typer.Option(help="Id of the report in that issue.")] = "",
    subject: Annotated[str, typer.Option(help="Of a paper that is not in the system; needs --scan.")] = "",
    scan: Scan = None,
    instruction_class: Annotated[
        InstructionClass, typer.Option("--class", help="For action, guidance or reference.")
    ] = InstructionClass.FOR_ACTION,
    unit: Annotated[str, typer.Option(help="Id of the unit that leads; nobody is assigned without.")] = "",
    helping: Annotated[list[str] | None, typer.Option(help="Id of a unit that helps; repeat it for more.")] = None,
    requirement: Annotated[str, typer.Option(help="What the units have to do.")] = AS_INSTRUCTED,
    due: Annotated[str, typer.Option(help="Until when, with a zone; else --days, else the class's own days.")] = "",
    days: Annotated[int | None, typer.Option(min=1, max=250, help="Working days.")] = None,
    follows: Annotated[str, typer.Option(help="Id of the instruction whose result led to this one.")] = "",
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Enter an instruction and assign it; without the scan it waits until the leader or a second person confirms."""
    units = [(unit, AssignmentPart.LEAD)] if unit else []
    units += [(one, AssignmentPart.HELPING) for one in helping or []]
    what = {"requirement": requirement, "due_at": due or None, "working_days": days}
    with connect(url, token) as client:
        recorded = client.post("/v1/instructions", {
            "leader": leader, "text": text, "given_at": given_at, "issue_id": issue or None,
            "report_id": report or None, "subject": subject or None, "scan": _uploaded(client, scan),
            "instruction_class": instruction_class.value, "follows": follows or None,
            "assignments": [{"unit_id": one, "part": part.value} | what for one, part in units],
        })  # fmt: skip
    show(recorded, as_json, lambda: _print(recorded))


@commands.command("confirm")
@speaks
def confirm(
    instruction_id: str, scan: Scan = None, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False
) -> None:
    """It is the leader's own: told, and the units are assigned."""
    with connect(url, token) as client:
        confirmed = client.post(
            f"/v1/instructions/{instruction_id}/confirmation", {"scan": _uploaded(client, scan)}
        )  # fmt: skip
    show(confirmed, as_json, lambda: _print(confirmed))


@commands.command("withdraw")
@speaks
def withdraw(
    instruction_id: str,
    reason: Annotated[str, typer.Option(help="Why; kept with it.")],
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Take back a wrong entry that nobody has confirmed."""
    _act(instruction_id, "withdrawal", {"reason": reason}, url, token, as_json)


@commands.command("present")
@speaks
def present(
    instruction_id: str,
    note: Annotated[str, typer.Option(help="What the leader was told.")] = "",
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """The leader was shown the results."""
    _act(instruction_id, "presentation", {"note": note}, url, token, as_json)


@commands.command("close")
@speaks
def close(instruction_id: str, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """Close it once every unit is done and the leader was shown the results."""
    _act(instruction_id, "closing", {}, url, token, as_json)


def _act(instruction_id: str, act: str, body: dict[str, str], url: str, token: str, as_json: bool) -> None:
    with connect(url, token) as client:
        after = client.post(f"/v1/instructions/{instruction_id}/{act}", body)
    show(after, as_json, lambda: _print(after))


def _uploaded(client: Client, scan: Path | None) -> dict[str, Any] | None:
    if scan is None:
        return None
    return {name: value for name, value in client.upload(scan).items() if name != "verdict"}


def _print(instruction: dict[str, Any]) -> None:
    state = InstructionState(instruction["state"]).label
    console.print(f"{instruction['instruction_id']} {instruction['leader']}：{instruction['text']}（{state}）")
    console.print(f"《{instruction['report_title']}》")
    for one in instruction["planned"]:
        console.print(f"待确认后交办 {one['unit_name']}：{one['requirement']}")
    for one in instruction["assignments"]:
        console.print(f"{one['assignment_id']} {one['unit_name']}：{one['requirement']}")
        stands = f"{AssignmentState(one['state']).label}，轮到{Turn(one['turn']).label}"
        console.print(f"  截止 {in_beijing(one['due_at'])}，{stands}")
