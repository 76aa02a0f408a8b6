"""Is everything well, and may it be restarted? Looks at everything once, changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from deploy.operations.checks.attachments import examine_attachments
from deploy.operations.checks.bus import examine_bus
from deploy.operations.checks.calendar import examine_calendar
from deploy.operations.checks.channels import examine_channels
from deploy.operations.checks.databases import examine_databases
from deploy.operations.checks.machine import examine_machine
from deploy.operations.findings import Finding
from deploy.operations.installation import Installation

CHECKS: tuple[tuple[str, Callable[[Installation], Iterator[Finding]]], ...] = (
    ("进程、磁盘、备份", examine_machine),
    ("数据库", examine_databases),
    ("附件", examine_attachments),
    ("总线", examine_bus),
    ("邮件、短信", examine_channels),
    ("工作日历", examine_calendar),
)


def examine(installation: Installation, tell: Callable[[str, int, int], None]) -> list[Finding]:
    """All findings, in the order of CHECKS."""
    found: list[Finding] = []
    for done, (step, check) in enumerate(CHECKS):
        tell(f"检查 {step}", done, len(CHECKS))
        found += check(installation)
    return found
