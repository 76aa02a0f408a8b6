"""The services and what each answers over RPC."""

from __future__ import annotations

from contracts.model import Method
from contracts.rpc import intake, notify, review, scoring

RPC: dict[str, dict[str, Method]] = {
    "intake": intake.METHODS,
    "review": review.METHODS,
    "scoring": scoring.METHODS,
    "notify": notify.METHODS,
}
