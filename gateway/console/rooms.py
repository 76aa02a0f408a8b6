"""Every noun of the console."""

from __future__ import annotations

from types import ModuleType

from gateway.console import (
    accounts,
    acknowledgements,
    assignments,
    bulletins,
    chains,
    clients,
    drafts,
    duty_shifts,
    grants,
    home,
    incidents,
    instructions,
    issues,
    ledger,
    messages,
    outbox,
    own_sessions,
    pre_reports,
    queue,
    receipts,
    reports,
    sessions,
    timeliness,
    urgent,
    webhooks,
)

ROOMS: tuple[ModuleType, ...] = (
    home, acknowledgements, duty_shifts, sessions, own_sessions, outbox, drafts, urgent, pre_reports, receipts, reports,
    chains, incidents, queue, issues, instructions, assignments, bulletins, ledger, timeliness, messages, accounts,
    grants, clients, webhooks,
)
