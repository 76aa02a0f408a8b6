"""`chengbao clock`: the clock of the demo city."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from clients.commands.installation import Root, find, told
from clients.output import CommandFailed, Json, console, show, speaks

commands = typer.Typer(help="演示城市的时钟 The demo city's clock: show, push, set.", no_args_is_help=True)

DEMO_ROOT = Path("var/demo")


@commands.command("show")
@speaks
def show_clock(root: Root = DEMO_ROOT, as_json: Json = False) -> None:
    """What time it is in the city."""
    installation = find(root, None)
    _show(installation.clock.now(), as_json)


@commands.command("push")
@speaks
def push(
    span: Annotated[str, typer.Argument(help="How far forward: 2h, 90m, 3d, 1d12h.")],
    root: Root = DEMO_ROOT,
    as_json: Json = False,
) -> None:
    """Push the clock of all processes forward."""
    installation = find(root, None)
    from deploy.operations.clock import own_clock, set_clock, span_of

    with told():
        clock = own_clock(installation)
        now = set_clock(clock, clock.now() + span_of(span))
    _show(now, as_json)


@commands.command("set")
@speaks
def set_to(
    instant: Annotated[str, typer.Argument(help="With zone: 2026-11-05T09:30:00+08:00.")],
    root: Root = DEMO_ROOT,
    as_json: Json = False,
) -> None:
    """Set the clock of all processes to a later time."""
    installation = find(root, None)
    from deploy.operations.clock import own_clock, set_clock

    try:
        wanted = datetime.fromisoformat(instant)
    except ValueError as error:
        raise CommandFailed(f"时间 {instant!r} 无法识别。", "写成 2026-11-05T09:30:00+08:00。") from error
    with told():
        now = set_clock(own_clock(installation), wanted)
    _show(now, as_json)


def _show(now: datetime, as_json: bool) -> None:
    from kernel.clock import SHANGHAI

    local = now.astimezone(SHANGHAI)
    show({"now": local.isoformat()}, as_json, lambda: console.print(f"城市时间 {local:%Y-%m-%d %H:%M:%S}（北京时间）"))
