"""`chengbao verification`: whom the city asked about a report and what was said. For editors and duty officers, who
sign in with a password."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from clients.client import Client
from clients.commands.connection import DEFAULT_URL, Url
from clients.commands.directory import Password
from clients.commands.reports import given, instant
from clients.output import Json, console, show, speaks, table
from contracts.rpc.verifications import Conclusion, VerificationMeans

commands = typer.Typer(help="核实记录 Verification of reports.", no_args_is_help=True)

Login = Annotated[str, typer.Option(envvar="CHENGBAO_LOGIN", help="Login of the editor or duty officer.")]


@commands.command("add")
@speaks
def add(
    report_id: str,
    name: Annotated[str, typer.Option(help="Who was asked.")],
    answer: Annotated[str, typer.Option(help="What was said.")],
    conclusion: Annotated[Conclusion, typer.Option(help="What follows.")],
    login: Login,
    password: Password,
    question: Annotated[str, typer.Option(help="What was asked.")] = "所报情况是否属实？",
    post: Annotated[str, typer.Option(help="The post of who was asked.")] = "",
    unit: Annotated[str, typer.Option(help="The unit of who was asked.")] = "",
    phone: Annotated[str, typer.Option(help="The telephone number.")] = "",
    asked_at: Annotated[str, typer.Option(help="When, with zone; now when not given.")] = "",
    means: Annotated[VerificationMeans, typer.Option(help="By what means.")] = VerificationMeans.PHONE,
    document: Annotated[list[str] | None, typer.Option(help="A document shown or sent; repeatable.")] = None,
    corrects: Annotated[str, typer.Option(help="The entry that this one corrects.")] = "",
    url: Url = DEFAULT_URL,
    as_json: Json = False,
) -> None:
    """Record whom you asked about a report and what was said."""
    said = {
        "asked_name": name, "asked_post": post or None, "asked_unit": unit or None, "asked_phone": phone or None,
        "asked_at": instant(asked_at), "means": means.value, "question": question, "answer": answer,
        "documents": document or None, "conclusion": conclusion.value, "corrects_id": corrects or None,
    }  # fmt: skip
    with Client(url) as client:
        client.sign_in(login, password)
        kept = client.post(f"/v1/reports/{report_id}/verifications", given(said))
    show(kept, as_json, lambda: console.print(f"已登记核实，编号 {kept['verification_id']}"))


@commands.command("list")
@speaks
def list_verifications(
    report_id: str, login: Login, password: Password, url: Url = DEFAULT_URL, as_json: Json = False
) -> None:
    """The verification record of a report, newest question first."""
    with Client(url) as client:
        client.sign_in(login, password)
        record = client.get(f"/v1/reports/{report_id}/verifications")
    show(record, as_json, lambda: _print(record))


def _print(record: dict[str, Any]) -> None:
    rows = [
        (
            entry["verification_id"], entry["asked_at"], f"{entry['asked_unit'] or ''}{entry['asked_name']}",
            Conclusion(entry["conclusion"]).label, entry["answer"], "已更正" if entry["corrected_by_id"] else "",
        )
        for entry in record["items"]
    ]  # fmt: skip
    table("核实记录 Verification", ("编号", "时间", "问谁", "结论", "答", ""), rows)
