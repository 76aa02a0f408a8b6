"""Notify's timed work; delivering is a worker, which the service declares itself."""

from __future__ import annotations

from contracts.events.evidence import CheckpointDeclared
from kernel.audit.declarations import daily_checkpoint
from kernel.schedule import Every

SCHEDULE: tuple[Every, ...] = (daily_checkpoint(CheckpointDeclared),)
