"""The services and what each answers over RPC."""

from __future__ import annotations

from types import ModuleType

from contracts.model import Method
from contracts.rpc import (
    adoptions,
    amendments,
    answered,
    balance,
    chains,
    combined,
    commissions,
    desk,
    directory_files,
    edit_copies,
    findings,
    finished_steps,
    guidance,
    handover_sheets,
    incidents,
    instructions,
    intake,
    issue_papers,
    issues,
    item_pictures,
    notices,
    notify,
    office_steps,
    plans,
    queue_views,
    readings,
    refused_attempts,
    report_versions,
    research,
    scoring,
    secrecy,
    similar,
    supervision,
    trainings,
    turns,
    verifications,
)


def _methods(*nouns: ModuleType) -> dict[str, Method]:
    """What a service answers about these nouns."""
    return {name: method for noun in nouns for name, method in noun.METHODS.items()}


RPC: dict[str, dict[str, Method]] = {
    "intake": _methods(
        intake, chains, incidents, directory_files, plans, similar, secrecy, amendments, report_versions, trainings,
        edit_copies, balance, refused_attempts,
    ),
    "review": amendments.REVIEW_METHODS | _methods(
        desk, readings, combined, queue_views, handover_sheets, findings, verifications, issues, issue_papers,
        instructions, notices, office_steps, supervision, commissions, guidance, research, answered, refused_attempts,
        item_pictures, finished_steps, turns, adoptions,
    ),
    "scoring": scoring.METHODS | refused_attempts.METHODS,
    "notify": notify.METHODS | secrecy.NOTIFY_METHODS | refused_attempts.METHODS,
}  # fmt: skip

CALLS: dict[str, tuple[str, ...]] = {"gateway": tuple(RPC)}
"""Who calls whom: services learn from events and call nobody; the broker logins are made from this."""
