"""`chengbao issue` and `chengbao publication`: what is composed, signed, published and read (R23)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from clients.client import Client
from clients.commands.connection import DEFAULT_URL, Token, Url, connect
from clients.output import CommandFailed, Json, console, show, speaks, table
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


@commands.command("open")
@speaks
def open_issue(
    publication: Annotated[str, typer.Argument(help="Code of the publication.")],
    supplement: Annotated[bool, typer.Option("--supplement", help="A supplement, counted for itself.")] = False,
    corrects: Annotated[str, typer.Option(help="The published issue that this one corrects.")] = "",
    item: Annotated[int, typer.Option(min=0, help="Place of the item there that is corrected; 0 the whole.")] = 0,
    reason: Annotated[str, typer.Option(help="The correction, as it is printed.")] = "",
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Begin the next issue of a publication, a supplement, or a correction."""
    if not corrects and (item or reason):
        words = "--reason、--item 只用于更正，缺 --corrects these belong to a correction, --corrects is missing."
        raise CommandFailed(words, "用 --corrects 写明所更正的一期。")
    fields: dict[str, Any] = {"publication_code": publication, "supplement": supplement}
    with connect(url, token) as client:
        if corrects:
            about = _adoption_id(client, corrects, item)
            fields["corrects"] = {"issue_id": corrects, "adoption_id": about, "reason": reason}
        issue = client.post("/v1/issues", fields)
    show(issue, as_json, lambda: _print_issue(issue))


@commands.command("paper")
@speaks
def write_paper(
    issue_id: str,
    file: Annotated[Path, typer.Argument(help="Where to write it: NAME.pdf or NAME.docx.")],
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Write the official paper by GB/T 9704; before publication it is a proof."""
    with connect(url, token) as client:
        file.write_bytes(client.download(f"/v1/issues/{issue_id}/paper", format=file.suffix.removeprefix(".").lower()))
    console.print(f"已写入 {file}")


@commands.command("comment")
@speaks
def comment_on_issue(
    issue_id: str,
    text: Annotated[str, typer.Argument(help="The remark.")],
    item: Annotated[int, typer.Option(min=0, help="Place of the item that it is about; 0 the whole issue.")] = 0,
    quote: Annotated[str, typer.Option(help="The words of the item that it is about.")] = "",
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Remark on the proof."""
    with connect(url, token) as client:
        about = {"adoption_id": _adoption_id(client, issue_id, item), "quote": quote or None}
        issue = client.post(f"/v1/issues/{issue_id}/comments", about | {"text": text})
    show(issue, as_json, lambda: _print_issue(issue))


@commands.command("resolve")
@speaks
def resolve_comment(
    issue_id: str,
    comment_id: Annotated[str, typer.Argument(help="Id of the remark, as shown with the issue.")],
    resolution: Annotated[str, typer.Argument(help="What became of it.")],
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Say what became of a remark on the proof."""
    with connect(url, token) as client:
        path = f"/v1/issues/{issue_id}/comments/{comment_id}/resolution"
        issue = client.post(path, {"resolution": resolution})
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


@publications.command("show")
@speaks
def show_publication(code: str, url: Url = DEFAULT_URL, token: Token = "") -> None:
    """Print everything that belongs to it, as JSON: to be changed and recorded again."""
    with connect(url, token) as client:
        print(json.dumps(client.get(f"/v1/publications/{code}"), ensure_ascii=False, indent=2))


@publications.command("record")
@speaks
def record_publication(
    file: Annotated[Path, typer.Argument(help="JSON as `publication show` prints it.")],
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Create a publication, or change it unless somebody else did since it was shown."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        code = told.pop("code")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        remedy = "请用 chengbao publication show 取得文件内容，修改后再登记。"
        raise CommandFailed(f"{file} 不是刊物的 JSON 文件 no publication in JSON: {error}", remedy) from error
    told.pop("numberings", None)  # they follow from `numbering` and `numbering_from`
    with connect(url, token) as client:
        publication = client.put(f"/v1/publications/{code}", told)
    console.print(f"《{publication['name']}》已保存，第 {publication['version']} 版。")


def _adoption_id(client: Client, issue_id: str, place: int) -> str | None:
    """Of the item at this place of the issue, from 1; of none for 0. Raises `CommandFailed`."""
    if not place:
        return None
    items = client.get(f"/v1/issues/{issue_id}")["items"]
    if place > len(items):
        words = f"该期只有 {len(items)} 条 the issue has {len(items)} items."
        raise CommandFailed(words, "用 issue show 查看各条的次序。")
    adoption_id: str = items[place - 1]["adoption_id"]
    return adoption_id


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
    remarks = [
        (one["comment_id"], one["by_name"], one["text"], one["resolution"] or "未处理") for one in issue["comments"]
    ]
    if remarks:
        table("意见 Remarks", ("标识", "提出", "意见", "处理"), remarks)
    for lack in issue["missing"]:
        console.print(f"{'缺' if lack['blocks'] else '提示'}：{lack['text']}")
