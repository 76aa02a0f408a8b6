"""The services and what each answers over RPC."""

from __future__ import annotations

from contracts.model import Method
from contracts.rpc import (
    amendments,
    balance,
    chains,
    combined,
    desk,
    directory_files,
    edit_copies,
    findings,
    handover_sheets,
    incidents,
    instructions,
    intake,
    issue_papers,
    issues,
    notify,
    plans,
    queue_views,
    readings,
    report_versions,
    scoring,
    secrecy,
    similar,
    trainings,
    verifications,
)

RPC: dict[str, dict[str, Method]] = {
    "intake": (
        intake.METHODS | chains.METHODS | incidents.METHODS | directory_files.METHODS | plans.METHODS | similar.METHODS
        | secrecy.METHODS | amendments.METHODS | report_versions.METHODS | trainings.METHODS | edit_copies.METHODS
        | balance.METHODS
    ),
    "review": (
        desk.METHODS | issues.METHODS | instructions.METHODS | amendments.REVIEW_METHODS | findings.METHODS
        | verifications.METHODS | issue_papers.METHODS
        | readings.METHODS | combined.METHODS | queue_views.METHODS | handover_sheets.METHODS
    ),
    "scoring": scoring.METHODS,
    "notify": notify.METHODS | secrecy.NOTIFY_METHODS,
}

CALLS: dict[str, tuple[str, ...]] = {"gateway": tuple(RPC)}
"""Who calls whom: services learn from events and call nobody; the broker logins are made from this."""
