"""`chengbao parked`: events that could not take effect, over all databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from clients.commands.installation import DEFAULT_ROOT, As, CityFile, Root, find, told
from clients.output import Json, console, show, speaks, table

if TYPE_CHECKING:
    from deploy.operations.parked import OwnedEvent

commands = typer.Typer(help="搁置事件 Parked events: look, release, discard.", no_args_is_help=True)

HeldId = Annotated[UUID, typer.Argument(help="Id as `parked list` shows it.")]


@commands.command("list")
@speaks
def list_parked(
    every: Annotated[bool, typer.Option("--all", help="Failing and waiting events too.")] = False,
    service: Annotated[str, typer.Option(help="Only of this service (or gateway).")] = "",
    root: Root = DEFAULT_ROOT,
    city: CityFile = None,
    as_json: Json = False,
) -> None:
    """List parked events of all databases, with the reason of each. Shows no content."""
    installation = find(root, city)
    from deploy.operations.parked import list_events
    from kernel.parking import HELD_STATES

    _check_service(service, installation.owners)
    with told():
        found = list_events(installation, HELD_STATES if every else ("parked",), [service] if service else [])
    document = {"items": [one.document() for one in found]}
    show(document, as_json, lambda: _print_list(found))


@commands.command("show")
@speaks
def show_parked(held_id: HeldId, root: Root = DEFAULT_ROOT, city: CityFile = None, as_json: Json = False) -> None:
    """One held event with its whole error."""
    installation = find(root, city)
    from deploy.operations.parked import find_event

    with told():
        found = find_event(installation, held_id)
    show(found.document(), as_json, lambda: _print_event(found))


@commands.command("release")
@speaks
def release(
    held_ids: Annotated[list[UUID], typer.Argument(help="Ids as `parked list` shows them.")],
    acting: As,
    root: Root = DEFAULT_ROOT,
    city: CityFile = None,
    as_json: Json = False,
) -> None:
    """Let parked events be tried again at once, after the cause was repaired."""
    installation = find(root, city)
    from deploy.operations.operators import named_operator
    from deploy.operations.parked import release_event

    with told():
        operator = named_operator(installation, acting)
        released = [release_event(installation, held_id, operator) for held_id in held_ids]
    document = {"released": [one.document() for one in released]}
    show(document, as_json, lambda: console.print(f"已放行 {len(released)} 个事件；稍后用 parked list 查看是否生效。"))


@commands.command("discard")
@speaks
def discard(
    held_id: HeldId,
    acting: As,
    second: Annotated[str, typer.Option(help="Login of the second operator, who agrees.")],
    reason: Annotated[str, typer.Option(help="Why the event is given up; goes into the evidence.")],
    root: Root = DEFAULT_ROOT,
    city: CityFile = None,
    as_json: Json = False,
) -> None:
    """Give a parked event up for good. Needs a reason and a second person."""
    installation = find(root, city)
    from deploy.operations.operators import named_operator
    from deploy.operations.parked import discard_event

    with told():
        discarded = discard_event(
            installation,
            held_id,
            named_operator(installation, acting),
            second=named_operator(installation, second),
            reason=reason,
        )
    show(discarded.document(), as_json, lambda: console.print(f"已废弃 {held_id}；原文和理由仍保留在数据库中。"))


def _check_service(service: str, known: tuple[str, ...]) -> None:
    if service and service not in known:
        raise typer.BadParameter(f"{service} is none of {', '.join(known)}", param_hint="--service")


def _print_list(found: list[OwnedEvent]) -> None:
    if not found:
        console.print("没有搁置的事件。")
        return
    rows = [
        (
            one.event.id,
            one.owner,
            one.event.type,
            one.event.state,
            one.event.attempts,
            one.event.held_at,
            one.event.reason,
        )
        for one in found
    ]
    table("搁置事件 Held events", ("编号", "服务", "类型", "状态", "次数", "时间", "原因"), rows)
    console.print("查看详情：chengbao parked show 编号；排除原因后放行：chengbao parked release 编号 --as 登录名")


def _print_event(found: OwnedEvent) -> None:
    for name, value in found.document().items():
        console.print(f"{name}: {value}", markup=False)
