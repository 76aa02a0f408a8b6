"""`chengbao queue`: what an editor does with one report of the desk, and what a shift leaves to the next."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from clients.commands import queue
from clients.commands.connection import DEFAULT_URL, Token, Url, connect
from clients.commands.reports import given, instant
from clients.output import CommandFailed, Json, console, show, speaks, table
from contracts.vocabulary import DeskState, Level, Outcome, ReportState
from kernel.clock import SystemClock

commands = queue.commands
SHIFT = timedelta(hours=12)


@commands.command("show")
@speaks
def show_report(report_id: str, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """One report on the desk: its text, where it was adopted and passed upward. It does not count as seen."""
    path = f"/v1/queue/{report_id}"
    with connect(url, token) as client:
        told = client.get(path) | {name: client.get(f"{path}/{name}") for name in ("adoptions", "passings")}
    show(told, as_json, lambda: _print_report(told))


@commands.command("release")
@speaks
def release_report(report_id: str, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """Give the claim back to the desk."""
    _act(url, token, as_json, "POST", f"{report_id}/release")


@commands.command("hand-over")
@speaks
def hand_over_report(
    report_id: str,
    to: Annotated[str, typer.Option(help="Id of the colleague (UUID).")],
    name: Annotated[str, typer.Option(help="The colleague's name.")],
    note: Annotated[str, typer.Option(help="What was promised, what is still to be asked.")],
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Hand the claim over to a colleague, who is told."""
    _act(url, token, as_json, "POST", f"{report_id}/handover", to_id=to, to_name=name, note=note)


@commands.command("due")
@speaks
def set_due(
    report_id: str,
    at: Annotated[str, typer.Option(help="By when it is to be decided, with zone; none: no time.")] = "",
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """State by when the desk wants it decided."""
    _act(url, token, as_json, "PUT", f"{report_id}/due", due_at=instant(at))


@commands.command("adopt")
@speaks
def adopt_report(
    report_id: str,
    issue: Annotated[str, typer.Option(help="Id of the composing issue (UUID).")],
    column: Annotated[str, typer.Option(help="A column of its publication.")] = "",
    item_kind: Annotated[str, typer.Option(help="item, brief or combined.")] = "item",
    title: Annotated[str, typer.Option(help="The edit copy's title; none: as submitted.")] = "",
    file: Annotated[Path | None, typer.Option(help="File with the edit copy's text (UTF-8).")] = None,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Adopt it into an issue, with an edit copy where one is given."""
    words = {"column": column or None, "title": title or None, "body": _text(file)}
    _act(url, token, as_json, "POST", f"{report_id}/adoption", issue_id=issue, item_kind=item_kind, **given(words))


@commands.command("withdraw-adoption")
@speaks
def withdraw_adoption(
    report_id: str,
    reason: Annotated[str, typer.Option(help="Why; kept with the report.")],
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Withdraw the adoption, also after publication; its points are reversed."""
    _act(url, token, as_json, "POST", f"{report_id}/adoption/withdrawal", reason=reason)


@commands.command("pass-up")
@speaks
def pass_up_report(
    report_id: str,
    level: Annotated[Level, typer.Option(help="To which level.")] = Level.UPPER,
    note: Annotated[str, typer.Option(help="What is to be remembered.")] = "",
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Note that it was passed upward."""
    _act(url, token, as_json, "POST", f"{report_id}/passings", level=level.value, **given({"note": note or None}))


@commands.command("outcome")
@speaks
def record_outcome(
    report_id: str,
    outcome: Annotated[Outcome, typer.Option(help="What became of it there.")],
    at: Annotated[str, typer.Option(help="When, with zone.")],
    level: Annotated[Level, typer.Option(help="At which level.")] = Level.UPPER,
    publication: Annotated[str, typer.Option(help="In which publication.")] = "",
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Enter what a higher level did with a report that was passed upward."""
    said = {"level": level.value, "outcome": outcome.value, "publication": publication or None}
    with connect(url, token) as client:
        kept = client.post(f"/v1/reports/{report_id}/outcomes", given(said) | {"happened_at": instant(at)})
    show(kept, as_json, lambda: console.print(f"已登记，编号 {kept['outcome_id']}"))


@commands.command("send")
@speaks
def send_for_reading(
    report_id: str,
    reader: Annotated[list[str], typer.Option(help="A leader as ID=NAME; repeatable.")],
    note: Annotated[str, typer.Option(help="A word why.")] = "",
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Send it to leaders for reading."""
    readers = [dict(zip(("person_id", "name"), each.split("=", 1), strict=False)) for each in reader]
    _act(url, token, as_json, "POST", f"{report_id}/readings", readers=readers, **given({"note": note or None}))


@commands.command("reopen")
@speaks
def reopen_report(report_id: str, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """Let it wait again, after it was pre-adopted, passed upward, sent for reading or kept on file."""
    _act(url, token, as_json, "POST", f"{report_id}/reopening")


@commands.command("sheet")
@speaks
def show_handover_sheet(
    begin: Annotated[str, typer.Option(help="Begin of the shift, with zone; none: 12 hours ago.")] = "",
    end: Annotated[str, typer.Option(help="Its end, with zone; none: now.")] = "",
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """The handover sheet: what is promised, open, in hand, pre-adopted, returned, and whom the shift asked."""
    now = SystemClock().now()
    shift = {"begin": instant(begin) or (now - SHIFT).isoformat(), "end": instant(end) or now.isoformat()}
    with connect(url, token) as client:
        sheet = client.get("/v1/handover-sheet", **shift)
    show(sheet, as_json, lambda: _print_sheet(sheet))


@commands.command("views")
@speaks
def list_views(url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """One's own saved views of the desk; `queue list --view` shows one, `--save-as` keeps one."""
    with connect(url, token) as client:
        views = client.get("/v1/queue-views")
    rows = [
        (each["name"], "，".join(f"{name}={value}" for name, value in each["filters"].items() if value))
        for each in views["items"]
    ]
    show(views, as_json, lambda: table("常用视图 Views", ("名称", "条件"), rows))


def _act(url: str, token: str, as_json: bool, verb: str, path: str, **body: Any) -> None:
    with connect(url, token) as client:
        item = (client.put if verb == "PUT" else client.post)(f"/v1/queue/{path}", body)
    show(item, as_json, lambda: console.print(_line(item)))


def _text(file: Path | None) -> str | None:
    try:
        return file.read_text(encoding="utf-8") if file else None
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(f"无法读取 {file}：{error}", "请检查路径、权限和编码（UTF-8）。") from error


def _line(item: dict[str, Any]) -> str:
    state = ReportState(item["decision"]).label if item["decision"] else DeskState(item["state"]).label
    return f"{item['number']} {item['title']}：{state}{'（' + item['claimed_by'] + '）' if item['claimed_by'] else ''}"


def _print_report(told: dict[str, Any]) -> None:
    console.print(_line(told))
    console.print(f"{told['unit_name']}，{told['signer_name']}签发，{told['received_at']} 收到\n\n{told['body']}\n")
    if told["handover_note"]:
        console.print(f"{told['handed_by']}移交时交代：{told['handover_note']}")
    for each in told["adoptions"]["items"]:
        withdrawn = f"，{each['withdrawn_by']}撤销：{each['withdrawal_reason']}" if each["withdrawn_at"] else ""
        called = f"{each['publication_name']} {each['number_line'] or '（未刊发）'}"
        console.print(f"{each['adopted_at']} {each['adopted_by']}采用，{called}{withdrawn}")
    for each in told["passings"]["passings"]:
        undone = "（已撤回）" if each["undone_at"] else ""
        console.print(f"{each['passed_at']} {each['passed_by']}报{Level(each['level']).label}{undone}")
    for each in told["passings"]["outcomes"]:
        console.print(f"{each['happened_at']} {Level(each['level']).label}{Outcome(each['outcome']).label}")


PARTS = {
    "promised": "应承待办", "waiting": "待处理", "in_hand": "处理中", "pre_adopted": "预采用", "returned": "本班退回",
}  # fmt: skip


def _print_sheet(sheet: dict[str, Any]) -> None:
    for name, title in PARTS.items():
        rows = [
            (each["report_id"], each["unit_name"], each["title"], each["person"] or "", each["note"] or "")
            for each in sheet[name]["items"]
        ]
        table(f"{title}（{sheet[name]['total']}）", ("标识", "单位", "标题", "经手", "交代"), rows)
    asked = [
        (each["report_id"], each["title"], each["asked_name"], each["asked_phone"] or "", each["recorded_by"])
        for each in sheet["verifications"]["items"]
    ]
    table(f"本班核实（{sheet['verifications']['total']}）", ("标识", "标题", "问谁", "电话", "登记"), asked)
