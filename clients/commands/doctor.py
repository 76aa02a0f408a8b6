"""`chengbao doctor`: is everything well, and may it be restarted?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from clients.commands.installation import DEFAULT_ROOT, CityFile, Root, find, told
from clients.commands.progress import progress
from clients.output import Json, console, show, speaks

if TYPE_CHECKING:
    from deploy.operations.findings import Finding


@speaks
def doctor(
    every: Annotated[bool, typer.Option("--all", help="Show what is well, too.")] = False,
    root: Root = DEFAULT_ROOT,
    city: CityFile = None,
    as_json: Json = False,
) -> None:
    """Examine the installation; each finding with its figure and a remedy. Exit status 0 well, 1 warning, 2 trouble."""
    installation = find(root, city)
    from deploy.operations.doctor import examine
    from deploy.operations.findings import worst

    with told(), progress(as_json) as tell:
        findings = examine(installation, tell)
    status = worst(findings)
    safe = not any(finding.blocks_restart for finding in findings)
    document = {
        "status": status.name.lower(),
        "safe_to_restart": safe,
        "findings": [finding.document() for finding in findings],
    }
    show(document, as_json, lambda: _print(findings, safe, every))
    raise typer.Exit(int(status))


def _print(findings: list[Finding], safe: bool, every: bool) -> None:
    for finding in sorted(findings, key=lambda one: -one.level):
        if finding.level or every:
            console.print(f"[{finding.level.label}] {finding.check} {finding.subject}：{finding.figure}", markup=False)
            if finding.remedy:
                console.print(f"       处理：{finding.remedy}", markup=False)
    well = sum(not finding.level for finding in findings)
    console.print(f"共检查 {len(findings)} 项，{well} 项正常。" + ("" if every else "（--all 显示全部）"), markup=False)
    console.print("现在可以安全重启。" if safe else "暂不宜重启：先处理上面的事项。")
