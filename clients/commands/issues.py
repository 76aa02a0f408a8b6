"""`chengbao issue` and `chengbao publication`: what is composed, signed, published and read (R23)."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from clients.client import Client
from clients.commands.connection import DEFAULT_URL, Token, Url, connect
from clients.output import Json, console, show, speaks, table
from contracts.rpc.publications import Numbering, PublicationKind, SignerRole
from contracts.vocabulary import IssueState

commands = typer.Typer(help="期刊 Issues of publications.", no_args_is_help=True)
publications = typer.Typer(help="刊物 Publications.", no_args_is_help=True)
Reason = Annotated[str, typer.Option(help="Why; kept with the issue.")]


@commands.command("list")
@speaks
def list_issues(
    state: Annotated[IssueState | None, typer.Option(help="Only those in this state.")] = None,
    publication: Annotated[str, typer.Option(help="Only of the publication with this code.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=200, help="Rows at the most.")] = 20,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """List the issues one may see, the newest first, without their text."""
    wanted = {"state": state.value if state else None, "publication_code": publication or None, "with_text": "false"}
    with connect(url, token) as client:
        page = client.get("/v1/issues", limit=limit, **wanted)
    rows = [
        (
            item["issue_id"], item["publication_name"] + ("（增刊）" if item.get("supplement") else ""),
            item["number_line"] or "—", IssueState(item["state"]).label,
            str(len(item["items"])), item.get("opened_at") or "", item.get("opened_by") or "",
            item["items"][0]["title"] if item["items"] else "",
        )
        for item in page["items"]
    ]  # fmt: skip
    heads = ("标识", "刊物", "期号", "状态", "条数", "新开", "新开人", "第一条")
    show(page, as_json, lambda: table("期刊 Issues", heads, rows))


@commands.command("show")
@speaks
def show_issue(issue_id: str, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """One issue: its items in order, and what it still lacks."""
    with connect(url, token) as client:
        issue = client.get(f"/v1/issues/{issue_id}")
    show(issue, as_json, lambda: _print_issue(issue))


@commands.command("proof")
@speaks
def proof_issue(issue_id: str, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """Make the proof of what stands there now."""
    _act(url, token, as_json, issue_id, "proof")


@commands.command("sign")
@speaks
def sign_issue(issue_id: str, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """Sign the proof as it stands now, at one's turn."""
    _act(url, token, as_json, issue_id, "signatures")


@commands.command("recompose")
@speaks
def recompose_issue(
    issue_id: str, reason: Reason, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False
) -> None:
    """Back to composing; signatures are void."""
    _act(url, token, as_json, issue_id, "recomposition", reason=reason)


@commands.command("publish")
@speaks
def publish_issue(issue_id: str, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """Publish what stands there now, once."""
    _act(url, token, as_json, issue_id, "publication")


@commands.command("withdraw")
@speaks
def withdraw_issue(
    issue_id: str, reason: Reason, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False
) -> None:
    """Take a published issue back, with its points."""
    _act(url, token, as_json, issue_id, "withdrawal", reason=reason)


@publications.command("list")
@speaks
def list_publications(url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """List the publications with numbering and sign-off chain."""
    with connect(url, token) as client:
        page = client.get("/v1/publications", limit=200)
    rows = [
        (
            item["code"], item["name"], PublicationKind(item["kind"]).label, Numbering(item["numbering"]).label,
            " → ".join(SignerRole(role).label for role in item["sign_off_chain"]) or "—",
        )
        for item in page["items"]
    ]
    show(page, as_json, lambda: table("刊物 Publications", ("代码", "名称", "种类", "编号", "签发程序"), rows))


def _act(url: str, token: str, as_json: bool, issue_id: str, act: str, **body: Any) -> None:
    """On the version that is there now; whoever changed it in between makes it refused."""
    with connect(url, token) as client:
        issue = _acted(client, f"/v1/issues/{issue_id}", act, body)
    show(issue, as_json, lambda: _print_issue(issue))


def _acted(client: Client, path: str, act: str, body: dict[str, Any]) -> dict[str, Any]:
    version = client.get(path)["version"]
    done: dict[str, Any] = client.post(f"{path}/{act}", body | {"version": version})
    return done


def _print_issue(issue: dict[str, Any]) -> None:
    called = issue["number_line"] or "（未编号）"
    console.print(f"{issue['publication_name']} {called} {IssueState(issue['state']).label}")
    rows = [
        (str(place), item["column"] or "—", item["title"], item["unit_name"])
        for place, item in enumerate(issue["items"], start=1)
    ]
    table("内容 Items", ("次序", "栏目", "标题", "单位"), rows)
    for lack in issue["missing"]:
        console.print(f"{'缺' if lack['blocks'] else '提示'}：{lack['text']}")
