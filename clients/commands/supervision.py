"""`chengbao supervision`: who is late for a leader, the ledger and its papers, what the supervisor decides (R17)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from clients.commands.connection import DEFAULT_URL, Token, Url, connect
from clients.output import Json, console, in_beijing, show, speaks
from contracts.rpc.extensions import ExtensionState
from contracts.rpc.instructions import Turn
from contracts.rpc.notices import NoticeKind
from contracts.vocabulary import AssignmentState

commands = typer.Typer(help="督办 Supervision.", no_args_is_help=True)
LEDGER = "/v1/supervision-ledger"
PAPERS = {NoticeKind.ASSIGNMENT: "notice", NoticeKind.CHASING: "chasing-notice"}
File = Annotated[Path, typer.Argument(help="Where to write it; the ending says pdf, docx or xlsx.")]
Remarks = Annotated[str, typer.Option(help="Told to the unit.")]


@commands.command("leaders")
@speaks
def leaders(
    leader: Annotated[str, typer.Option(help="Only this one.")] = "",
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Is anyone late for a leader: one line each."""
    with connect(url, token) as client:
        found = client.get(f"{LEDGER}/leaders", leader=leader or None)
    show(found, as_json, lambda: console.print("\n".join(row["line_zh"] for row in found["rows"]) or "近期没有批示。"))


@commands.command("ledger")
@speaks
def ledger(
    file: File,
    unfinished: Annotated[bool, typer.Option("--unfinished", help="The week's list: what is not finished.")] = False,
    late: Annotated[bool, typer.Option("--late", help="Only those whose time is over.")] = False,
    leader: Annotated[str, typer.Option(help="Only of this leader.")] = "",
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Write the ledger as a spreadsheet (xlsx) or as an official paper (pdf, docx)."""
    kind = _ending(file, "pdf", "docx", "xlsx")
    wanted = {
        "unfinished": "true" if unfinished else None, "late": "true" if late else None, "leader": leader or None,
    }  # fmt: skip
    with connect(url, token) as client:
        if kind == "xlsx":
            content = client.download(f"{LEDGER}/file", **wanted)
        else:
            content = client.download(f"{LEDGER}/paper", **wanted, format=kind)
    _written(file, content)


@commands.command("notice")
@speaks
def notice(
    assignment_id: str,
    file: File,
    kind: Annotated[NoticeKind, typer.Option(help="Which notice.")] = NoticeKind.ASSIGNMENT,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Write a notice as it was issued; before that, for the supervision office, as a proof."""
    ending = _ending(file, "pdf", "docx")
    with connect(url, token) as client:
        content = client.download(f"/v1/assignments/{assignment_id}/{PAPERS[kind]}", format=ending)
    _written(file, content)


@commands.command("show")
@speaks
def show_assignment(assignment_id: str, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """One assignment with its feedback and its extensions."""
    with connect(url, token) as client:
        assignment = client.get(f"/v1/assignments/{assignment_id}")
    show(assignment, as_json, lambda: _print(assignment))


@commands.command("accept")
@speaks
def accept(assignment_id: str, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """The feedback is enough: the unit is done."""
    _act(f"/v1/assignments/{assignment_id}/acceptance", {}, url, token, as_json)


@commands.command("return")
@speaks
def return_feedback(
    assignment_id: str, remarks: Remarks, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False
) -> None:
    """The feedback is not enough: the unit answers again."""
    _act(f"/v1/assignments/{assignment_id}/return", {"remarks": remarks}, url, token, as_json)


@commands.command("grant")
@speaks
def grant(
    assignment_id: str,
    extension_id: str,
    until: Annotated[str, typer.Option(help="Another time than the one asked for, with a zone.")] = "",
    remarks: Remarks = "",
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Grant an extension until the time that was asked for, or another one."""
    body = {"due_at": until or None, "remarks": remarks}
    _act(f"/v1/assignments/{assignment_id}/extensions/{extension_id}/grant", body, url, token, as_json)


@commands.command("refuse")
@speaks
def refuse(
    assignment_id: str,
    extension_id: str,
    remarks: Remarks,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Refuse an extension: the time stays as it is."""
    path = f"/v1/assignments/{assignment_id}/extensions/{extension_id}/refusal"
    _act(path, {"remarks": remarks}, url, token, as_json)


def _act(path: str, body: dict[str, Any], url: str, token: str, as_json: bool) -> None:
    with connect(url, token) as client:
        after = client.post(path, body)
    show(after, as_json, lambda: _print(after))


def _ending(file: Path, *known: Literal["pdf", "docx", "xlsx"]) -> str:
    """Raises `BadParameter` for a name that does not say what is wanted."""
    ending = file.suffix.removeprefix(".").lower()
    if ending not in known:
        raise typer.BadParameter(f"文件名须以 {'、'.join(known)} 结尾 (the name ends in one of these): {file}")
    return ending


def _written(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    console.print(f"已写入 {file}")


def _print(assignment: dict[str, Any]) -> None:
    stands = f"{AssignmentState(assignment['state']).label}，轮到{Turn(assignment['turn']).label}"
    console.print(f"{assignment['assignment_id']} {assignment['unit_name']}：{assignment['requirement']}（{stands}）")
    console.print(f"{assignment['leader']}：{assignment['instruction_text']}")
    console.print(f"截止 {in_beijing(assignment['due_at'])}。{assignment['deadline']['explanation_zh']}")
    for one in assignment["feedback"]:
        console.print(f"反馈 {one['receipt_number']} {in_beijing(one['received_at'])} {one['title']}：{one['body']}")
    for one in assignment["extensions"]:
        state = ExtensionState(one["state"]).label
        console.print(f"延期 {one['extension_id']} 至 {in_beijing(one['wanted_due_at'])}（{state}）：{one['reason']}")
