"""Every noun of the console."""

from __future__ import annotations

from types import ModuleType

from gateway.console import (
    accounts,
    assignments,
    bulletins,
    clients,
    drafts,
    grants,
    home,
    instructions,
    issues,
    ledger,
    messages,
    pre_reports,
    queue,
    receipts,
    reports,
    sessions,
    timeliness,
)

ROOMS: tuple[ModuleType, ...] = (
    home, sessions, drafts, pre_reports, receipts, reports, queue, issues, instructions, assignments, bulletins, ledger,
    timeliness, messages, accounts, grants, clients,
)
