"""`chengbao replay`: does the product come to the published totals?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from clients.output import CommandFailed, Json, console, show, speaks, table


@speaks
def replay(
    published: Annotated[Path, typer.Argument(metavar="TABLE", help="The published table (CSV, UTF-8).")],
    rules: Annotated[Path, typer.Option(help="Rule file: how to read the table, and the scoring rules.")],
    mode: Annotated[Literal["embedded", "full"], typer.Option(help="Where the scratch city's bus is.")] = "embedded",
    as_json: Json = False,
) -> None:
    """Play a published table in a scratch city of its own; exit status 1 when any total differs."""
    from deploy.processes import StartFailed
    from deploy.replay.command import as_document
    from deploy.replay.command import replay as play
    from deploy.replay.player import ReplayFailed
    from deploy.replay.table import UnusableTable
    from deploy.seeding import SeedingFailed

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=as_json or not sys.stdout.isatty(), transient=True) as progress:
        steps: dict[str, TaskID] = {}

        def tell(step: str, done: int, total: int) -> None:
            if step not in steps:
                steps[step] = progress.add_task(step, total=total)
            progress.update(steps[step], completed=done, total=total)

        try:
            compared = play(published, rules, mode, tell)
        except UnusableTable as fault:
            raise CommandFailed(str(fault), "按 docs/users/replay.md 的格式更正后重试。") from fault
        except (StartFailed, SeedingFailed, ReplayFailed) as fault:
            raise CommandFailed(str(fault), "请查看上述日志；重放不影响正在运行的城市。") from fault
    document = as_document(compared)
    rows = [
        (one.unit, one.published_total, one.points, one.difference, one.published_rank or "", one.rank or "")
        for one in compared
    ]
    title = "通报与公布数对照 Bulletin and published totals"
    show(document, as_json, lambda: table(title, ("单位", "公布", "通报", "差", "公布名次", "名次"), rows))
    if not document["agrees"]:
        raise typer.Exit(1)
