"""Scoring's timed work."""

from __future__ import annotations

from contracts.events.evidence import CheckpointDeclared
from kernel.audit.declarations import daily_checkpoint
from kernel.schedule import Every
from services.scoring.default_rules import load_default

SCHEDULE: tuple[Every, ...] = (
    # Early after the first start, so that the rules page shows what would be scored by; posting loads them too.
    Every(60, "load default rules", load_default),
    daily_checkpoint(CheckpointDeclared),
)
