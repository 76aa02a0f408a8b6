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
    outbox,
    queue,
    receipts,
    reports,
    sessions,
    timeliness,
    urgent,
)

ROOMS: tuple[ModuleType, ...] = (
    home, sessions, outbox, drafts, urgent, receipts, reports, queue, issues, instructions, assignments, bulletins,
    ledger, timeliness, messages, accounts, grants, clients,
)
