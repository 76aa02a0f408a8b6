"""The services and what each answers over RPC."""

from __future__ import annotations

from contracts.model import Method
from contracts.rpc import (
    amendments,
    balance,
    chains,
    directory_files,
    findings,
    incidents,
    intake,
    notify,
    plans,
    review,
    scoring,
    secrecy,
    similar,
    trainings,
)

RPC: dict[str, dict[str, Method]] = {
    "intake": (
        intake.METHODS | chains.METHODS | incidents.METHODS | directory_files.METHODS | plans.METHODS | similar.METHODS
        | secrecy.METHODS | amendments.METHODS
        | trainings.METHODS | balance.METHODS
    ),
    "review": review.METHODS | amendments.REVIEW_METHODS | findings.METHODS,
    "scoring": scoring.METHODS,
    "notify": notify.METHODS | secrecy.NOTIFY_METHODS,
}

CALLS: dict[str, tuple[str, ...]] = {"gateway": tuple(RPC)}
"""Who calls whom: services learn from events and call nobody; the broker logins are made from this."""
