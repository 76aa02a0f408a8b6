"""Every noun of the console."""

from __future__ import annotations

from types import ModuleType

from gateway.console import (
    accounts,
    acknowledgements,
    amendments,
    assignments,
    bulletins,
    chains,
    clients,
    drafts,
    duty_shifts,
    findings,
    grants,
    home,
    incidents,
    instructions,
    issues,
    ledger,
    messages,
    outbox,
    pre_reports,
    queue,
    receipts,
    reports,
    secrecy,
    sessions,
    timeliness,
    urgent,
)

ROOMS: tuple[ModuleType, ...] = (
    home, acknowledgements, duty_shifts, sessions, outbox, drafts, urgent, pre_reports, receipts, reports, secrecy,
    chains, incidents, queue, amendments, findings, issues, instructions, assignments, bulletins, ledger, timeliness,
    messages, accounts, grants, clients,
)
