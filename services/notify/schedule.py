"""Notify's timed work; delivering is a worker, which the service declares itself."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from contracts.events.evidence import CheckpointDeclared
from kernel.audit.declarations import daily_checkpoint
from kernel.schedule import Every
from services.notify.acknowledgement_waits import call_overdue

CALL_SECONDS = 5.0
CALL_JOB = "call the next duty officer"

SCHEDULE: tuple[Every, ...] = (daily_checkpoint(CheckpointDeclared),)


def calls_every(pause: timedelta, public_url: str) -> Every:
    """`pause`, a setting: how long a call waits for an acknowledgement before the next duty officer is called."""
    return Every(CALL_SECONDS, CALL_JOB, partial(call_overdue, pause=pause, public_url=public_url))
