"""`chengbao audit`: has anybody changed the evidence? Checkpoints to be kept outside, and what was refused to whom."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn

from clients.commands.installation import DEFAULT_ROOT, CityFile, Root, find, told
from clients.output import CommandFailed, Json, console, show, speaks
from contracts.rpc.refused_attempts import AttemptReason, ListRefusedAttempts, RefusedAttempt

if TYPE_CHECKING:
    from deploy.operations.evidence import Verification

commands = typer.Typer(help="审计证据 Evidence: verify, export, attempts.", no_args_is_help=True)

Services = Annotated[list[str] | None, typer.Option("--service", help="Only this database (may be repeated).")]


@commands.command("verify")
@speaks
def verify(
    against: Annotated[Path | None, typer.Option(help="Folder of receipts, checkpoints, mails held outside.")] = None,
    keys: Annotated[
        Path | None, typer.Option(help="Folder of public keys kept elsewhere; else the city's own.")
    ] = None,
    service: Services = None,
    root: Root = DEFAULT_ROOT,
    city: CityFile = None,
    as_json: Json = False,
) -> None:
    """Verify every database's evidence. Exit status 0 intact, 1 changed, 2 cannot say."""
    installation = find(root, city)
    from deploy.operations.evidence import exit_status, verify_all

    owners = _owners(service, installation.owners)
    _check(against)
    found = []
    with _spinning(as_json) as progress, told():
        task = progress.add_task("核对 verifying")
        for verification in verify_all(installation, against, owners, keys):
            found.append(verification)
            progress.update(task, description=f"核对 verified {verification.owner}")
    status = exit_status(found)
    show({"status": status, "databases": [one.document() for one in found]}, as_json, lambda: _print(found))
    raise typer.Exit(status)


@commands.command("export")
@speaks
def export(
    folder: Annotated[Path, typer.Argument(help="Where the files go; keep them outside this machine.")],
    service: Services = None,
    root: Root = DEFAULT_ROOT,
    city: CityFile = None,
    as_json: Json = False,
) -> None:
    """Write the newest checkpoint of each database to a file; `audit verify --against` takes them."""
    installation = find(root, city)
    from deploy.operations.evidence import export_checkpoints

    owners = _owners(service, installation.owners)
    with told():
        written = export_checkpoints(installation, folder, owners)
    words = "\n".join(f"已导出 {path}" for path in written) or "还没有检查点可导出。"
    show({"files": [str(path) for path in written]}, as_json, lambda: console.print(words))


@commands.command("attempts")
@speaks
def attempts(
    reason: Annotated[AttemptReason | None, typer.Option(help="Only those for this reason.")] = None,
    person: Annotated[UUID | None, typer.Option(help="Only those of this person or API client (id).")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="At most so many.")] = 50,
    service: Services = None,
    root: Root = DEFAULT_ROOT,
    city: CityFile = None,
    as_json: Json = False,
) -> None:
    """Refused attempts of all databases, newest first: who, what, which thing, why, how often, since when."""
    installation = find(root, city)
    from deploy.operations.evidence import refused_attempts

    owners = _owners(service, installation.owners)
    with told():
        found = refused_attempts(
            installation, ListRefusedAttempts(reason=reason, principal_id=person, limit=limit), owners
        )
    show({"items": [one.model_dump(mode="json") for one in found]}, as_json, lambda: _print_attempts(found))


def _print_attempts(found: list[RefusedAttempt]) -> None:
    from kernel.clock import SHANGHAI

    if not found:
        console.print("没有越权尝试。")
    for one in found:
        last = one.last_at.astimezone(SHANGHAI)
        console.print(
            f"{last:%Y-%m-%d %H:%M:%S} {one.principal_name} {one.method} {one.kind.label} {one.subject} "
            f"{one.reason.label}，{one.count} 次",
            markup=False,
        )


def _owners(wanted: list[str] | None, known: tuple[str, ...]) -> list[str]:
    """The databases that were named; all where none was."""
    unknown = [name for name in wanted or () if name not in known]
    if unknown:
        raise CommandFailed(f"没有名为 {'、'.join(unknown)} 的数据库。", f"可选：{'、'.join(known)}。")
    return wanted or [*known]


def _check(against: Path | None) -> None:
    if against is not None and not against.is_dir():
        raise CommandFailed(
            f"{against} 不是目录。",
            "用 --against 指定存放回执、检查点文件（*.json）或检查点邮件（*.eml、*.txt）的目录。",
        )


def _spinning(as_json: bool) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        console=console,
        disable=as_json or not sys.stdout.isatty(),
        transient=True,
    )


def _print(found: list[Verification]) -> None:
    for one in found:
        console.print(f"[{one.owner}]", style="bold", markup=False)
        console.print(one.verdict.zh(), markup=False)
    for name, reason in dict(pair for one in found for pair in one.useless).items():
        console.print(f"未采用 {name}：{reason}", markup=False)
