"""Every noun of the API, so that the application installs and the document describes the same set."""

from __future__ import annotations

from types import ModuleType

from gateway.api import (
    accounts,
    amendments,
    assignments,
    attachments,
    bulk_reports,
    bulletins,
    checks,
    clients,
    combined,
    commissions,
    contacts,
    deadlines,
    directory_files,
    docs,
    drafts,
    duty_shifts,
    endorsement_rules,
    findings,
    grants,
    guidance,
    health,
    incidents,
    instructions,
    issues,
    item_pictures,
    ledger,
    messages,
    occurrences,
    people,
    plans,
    pre_reports,
    publications,
    queue,
    queue_decisions,
    readings,
    receipts,
    refused_attempts,
    report_balance,
    report_structures,
    reports,
    research,
    rules,
    secrecy,
    sessions,
    severity_proposal,
    similar,
    supervision,
    texts,
    timeliness,
    trainings,
    units,
    verifications,
    waiting,
    webhooks,
)
from gateway.api.own_routes import OwnRoute
from gateway.api.routes import Route

ROOMS: tuple[ModuleType, ...] = (
    accounts, amendments, assignments, attachments, bulk_reports, bulletins, checks, clients, combined, commissions,
    contacts, deadlines, directory_files, docs, drafts, duty_shifts, endorsement_rules, findings, grants, guidance,
    health, incidents, instructions, issues, item_pictures, ledger, messages, occurrences, people, plans,
    pre_reports, publications, queue, queue_decisions, readings, receipts, refused_attempts, report_balance,
    report_structures, reports, research, rules, secrecy, sessions, severity_proposal, similar, supervision, texts,
    timeliness, trainings, units, verifications, waiting, webhooks,
)


def routes() -> list[Route]:
    """Addresses that a service answers."""
    return [route for room in ROOMS for route in getattr(room, "ROUTES", ()) if isinstance(route, Route)]


def own_routes() -> list[OwnRoute]:
    """Addresses that the gateway answers."""
    return [
        route
        for room in ROOMS
        for route in (*getattr(room, "ROUTES", ()), *getattr(room, "OWN_ROUTES", ()))
        if isinstance(route, OwnRoute)
    ]
