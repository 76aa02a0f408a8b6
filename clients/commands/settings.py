"""`chengbao settings`: what can be set, and what is set."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clients.commands.installation import DEFAULT_ROOT, CityFile, Root, find
from clients.output import CommandFailed, Json, console, show, speaks

if TYPE_CHECKING:
    from deploy.operations.settings import Setting


@speaks
def settings(
    process: Annotated[
        str, typer.Option(help="Show the values of this running process (intake, gateway, ...); else of this shell.")
    ] = "",
    markdown: Annotated[bool, typer.Option("--markdown", help="Write docs/operators/settings.md.")] = False,
    root: Root = DEFAULT_ROOT,
    city: CityFile = None,
    as_json: Json = False,
) -> None:
    """Every variable: meaning, default and present value; secrets are hidden."""
    from deploy.operations.settings import settings_of, write_page
    from kernel.settings import misspelt

    if markdown:
        page = write_page()
        show({"page": str(page)}, as_json, lambda: console.print(f"已写入 {page}"))
        return
    environment = _environment(process, root, city)
    found, wrong = settings_of(environment), misspelt(environment)
    document = {"process": process or None, "settings": [asdict(one) for one in found], "misspelt": wrong}
    show(document, as_json, lambda: _print(found, wrong))


def _environment(process: str, root: Path, city: Path | None) -> Mapping[str, str]:
    if not process and city is None:
        return os.environ
    environments = find(root, city).environments
    process = process or "gateway"
    if process not in environments:
        raise CommandFailed(f"没有名为 {process} 的进程。", f"可选：{'、'.join(sorted(environments))}。")
    return environments[process]


def _print(found: list[Setting], wrong: Mapping[str, str]) -> None:
    for one in found:
        default = "必填" if one.required else f"默认 {one.default}" if one.default else "默认不设"
        console.print(f"{one.variable} = {one.value if one.value is not None else '（未设置）'}", markup=False)
        console.print(f"    {default}。{one.meaning}", markup=False)
    for variable, meant in wrong.items():
        console.print(f"注意：{variable} 不是可用的变量，设了也不起作用；是不是 {meant}？", markup=False)
