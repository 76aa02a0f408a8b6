"""The services and what each answers over RPC."""

from __future__ import annotations

from contracts.model import Method
from contracts.rpc import (
    amendments,
    chains,
    desk,
    directory_files,
    findings,
    incidents,
    instructions,
    intake,
    issues,
    notify,
    plans,
    scoring,
    secrecy,
    similar,
    supervision,
)

RPC: dict[str, dict[str, Method]] = {
    "intake": (
        intake.METHODS | chains.METHODS | incidents.METHODS | directory_files.METHODS | plans.METHODS | similar.METHODS
        | secrecy.METHODS | amendments.METHODS
    ),
    "review": (
        desk.METHODS | issues.METHODS | instructions.METHODS | amendments.REVIEW_METHODS | findings.METHODS
        | supervision.METHODS
    ),
    "scoring": scoring.METHODS,
    "notify": notify.METHODS | secrecy.NOTIFY_METHODS,
}

CALLS: dict[str, tuple[str, ...]] = {"gateway": tuple(RPC)}
"""Who calls whom: services learn from events and call nobody; the broker logins are made from this."""
