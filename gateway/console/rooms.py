"""Every noun of the console."""

from __future__ import annotations

from types import ModuleType

from gateway.console import (
    accounts,
    acknowledgements,
    amendments,
    assignments,
    attachments,
    autosave,
    bulletins,
    chains,
    checks,
    clients,
    directory,
    directory_files,
    draft_versions,
    drafts,
    duty_shifts,
    endorsements,
    findings,
    grants,
    home,
    incidents,
    instructions,
    issues,
    ledger,
    messages,
    outbox,
    outlines,
    own_sessions,
    plans,
    pre_reports,
    queue,
    receipts,
    reports,
    secrecy,
    sessions,
    signing,
    similar,
    supervision,
    timeliness,
    urgent,
    webhooks,
)

ROOMS: tuple[ModuleType, ...] = (
    home, acknowledgements, duty_shifts, sessions, outbox, drafts, urgent, pre_reports, receipts, reports, chains,
    incidents, queue, issues, instructions, assignments, bulletins, ledger, timeliness, directory, directory_files,
    messages, accounts, grants, clients, endorsements, signing, autosave, draft_versions, outlines, similar, plans,
    attachments, checks, own_sessions, webhooks, secrecy, amendments, findings, supervision,
)
