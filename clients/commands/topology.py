"""`chengbao topology`: the bus' exchange, queues and bindings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from clients.commands.installation import DEFAULT_ROOT, CityFile, Root, find, told
from clients.output import Json, console, show, speaks, table

commands = typer.Typer(help="总线拓扑 The bus: show, check, apply.", no_args_is_help=True)

Broker = Annotated[
    str,
    typer.Option(envvar="CHENGBAO_BROKER_URL", help="The bus, with a login that may declare; else the running city's."),
]

VirtualHost = Annotated[str, typer.Option("--vhost", help="RabbitMQ's virtual host.")]


@commands.command("show")
@speaks
def show_topology(as_json: Json = False) -> None:
    """What the contracts ask for: queues, bindings, and who publishes what."""
    from deploy.operations.topology import planned_topology

    planned = planned_topology()
    show(planned, as_json, lambda: _print_plan(planned))


@commands.command("check")
@speaks
def check_topology(
    broker_url: Broker = "", root: Root = DEFAULT_ROOT, city: CityFile = None, as_json: Json = False
) -> None:
    """Whether the bus is as the contracts say; changes nothing. Exit status 1 when it is not."""
    from deploy.operations.topology import topology_faults

    with told():
        faults = topology_faults(_broker(broker_url, root, city))
    show({"agrees": not faults, "faults": list(faults)}, as_json, lambda: _print_faults(faults))
    if faults:
        raise typer.Exit(1)


@commands.command("apply")
@speaks
def apply(broker_url: Broker = "", root: Root = DEFAULT_ROOT, city: CityFile = None, as_json: Json = False) -> None:
    """Make exchange, queues and bindings; may be repeated, deletes nothing that holds messages."""
    from deploy.operations.topology import make_topology, planned_topology

    with told():
        make_topology(_broker(broker_url, root, city))
    version = planned_topology()["version"]
    show({"applied": version}, as_json, lambda: console.print(f"总线拓扑第 {version} 版已就绪。"))


@commands.command("logins")
@speaks
def print_logins(virtual_host: VirtualHost = "/", as_json: Json = False) -> None:
    """Lines for rabbitmqctl on a broker of your own: one login for each service, allowed only what it needs."""
    from deploy.logins import commands as lines
    from deploy.logins import exchanges, permissions

    text = "\n".join(lines(virtual_host))
    # Not by the console: it would break lines and colour what a shell shall read.
    document = {"exchanges": exchanges(virtual_host), **permissions(virtual_host)}
    show(document, as_json, lambda: typer.echo(text))


def _broker(broker_url: str, root: Path, city: Path | None) -> str:
    return broker_url or find(root, city).broker_url


def _print_plan(planned: dict[str, Any]) -> None:
    rows = [(queue, "\n".join(types)) for queue, types in planned["queues"].items()]
    table(f"队列与绑定 Queues of {planned['exchange']}, version {planned['version']}", ("队列", "事件"), rows)
    table("无人消费的事件 Consumed by nobody", ("事件", "原因"), list(planned["unconsumed"].items()))


def _print_faults(faults: tuple[str, ...]) -> None:
    if not faults:
        console.print("总线与约定一致。")
        return
    console.print("总线与约定不符：")
    for fault in faults:
        console.print(f"  {fault}", markup=False)
    console.print("处理：用有声明权限的登录执行 chengbao topology apply。")
