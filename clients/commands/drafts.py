"""`chengbao draft`: what a section head does before the sign-off, who signs in with a password."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from clients.client import Client
from clients.commands.connection import DEFAULT_URL, Code, Login, Password, Url, signed_in
from clients.output import CommandFailed, Json, console, show, speaks, table
from contracts.vocabulary import DraftState

commands = typer.Typer(help="核稿、退改 Drafts before their sign-off.", no_args_is_help=True)


@commands.command("list")
@speaks
def list_drafts(
    login: Login,
    password: Password,
    state: Annotated[DraftState | None, typer.Option(help="Only drafts in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Rows at the most.")] = 20,
    code: Code = "",
    url: Url = DEFAULT_URL,
    as_json: Json = False,
) -> None:
    """List the unit's drafts."""
    with signed_in(url, login, password, code) as client:
        page = client.get("/v1/drafts", state=state.value if state else None, limit=limit)
    rows = [
        (one["draft_id"], one["version"], DraftState(one["state"]).label, one["content"]["title"], one["author_name"])
        for one in page["items"]
    ]
    show(page, as_json, lambda: table("稿件 Drafts", ("标识", "版本", "状态", "标题", "作者"), rows))


@commands.command("show")
@speaks
def show_draft(
    draft_id: str, login: Login, password: Password, code: Code = "", url: Url = DEFAULT_URL, as_json: Json = False
) -> None:
    """One draft with its text; its version is what an endorsement names."""
    with signed_in(url, login, password, code) as client:
        draft = client.get(f"/v1/drafts/{draft_id}")
    show(draft, as_json, lambda: _print(draft))


Version = Annotated[int | None, typer.Option(help="Version that was read; without it the present one.")]


@commands.command("endorse")
@speaks
def endorse(
    draft_id: str,
    login: Login,
    password: Password,
    version: Version = None,
    code: Code = "",
    url: Url = DEFAULT_URL,
    as_json: Json = False,
) -> None:
    """Endorse a draft: it goes to the leader. Refused when it is no longer at the version that was read."""
    with signed_in(url, login, password, code) as client:
        draft = _at(client, draft_id, version)
        done = client.post(f"/v1/drafts/{draft_id}/endorsement", {"version": draft["version"]})
    show(done, as_json, lambda: _print_state(done))


@commands.command("return")
@speaks
def return_draft(
    draft_id: str,
    login: Login,
    password: Password,
    remarks: Annotated[str, typer.Option(help="What is to be done.")],
    quote: Annotated[list[str] | None, typer.Option(help="Words that a remark is about; repeatable.")] = None,
    remark: Annotated[list[str] | None, typer.Option(help="The remark on each --quote, in the same order.")] = None,
    version: Version = None,
    code: Code = "",
    url: Url = DEFAULT_URL,
    as_json: Json = False,
) -> None:
    """Return a draft to its author, with remarks at places of its text."""
    if len(quote or []) != len(remark or []):
        raise CommandFailed("每个 --quote 须有一个 --remark。", "按先后一一对应。")
    with signed_in(url, login, password, code) as client:
        draft = _at(client, draft_id, version)
        notes = [_note(draft, words, said) for words, said in zip(quote or [], remark or [], strict=True)]
        body = {"version": draft["version"], "remarks": remarks, "notes": notes}
        done = client.post(f"/v1/drafts/{draft_id}/return", body)
    show(done, as_json, lambda: _print_state(done))


def _at(client: Client, draft_id: str, version: int | None) -> dict[str, Any]:
    """The draft, as of the version that was read, where one is named: then the gateway refuses another."""
    draft = client.get(f"/v1/drafts/{draft_id}")
    return draft if version is None else draft | {"version": version}


def _note(draft: dict[str, Any], words: str, remark: str) -> dict[str, Any]:
    """At the only place where the body, or else the title, has these words. Raises `CommandFailed`."""
    field = "body" if words in draft["content"]["body"] else "title"
    text = draft["content"][field]
    if text.count(words) != 1:
        raise CommandFailed(f"“{words}”在稿件中出现 {text.count(words)} 次。", "请引用只出现一次的文字。")
    start = text.index(words)
    return {"field": field, "start": start, "end": start + len(words), "quote": words, "remark": remark}


def _print(draft: dict[str, Any]) -> None:
    _print_state(draft)
    console.print(draft["content"]["body"])
    for note in draft["notes"]:
        console.print(f"“{note['quote']}”：{note['remark']}")


def _print_state(draft: dict[str, Any]) -> None:
    words = f"《{draft['content']['title']}》第 {draft['version']} 版，{DraftState(draft['state']).label}"
    console.print(words + (f"：{draft['remarks']}" if draft["remarks"] else ""))
