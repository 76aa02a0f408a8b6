"""Timed work of intake."""

from __future__ import annotations

from contracts.events.evidence import CheckpointDeclared
from contracts.events.gateway import WatermarkAdvanced
from contracts.events.intake import RegistrationAdvanced
from kernel.audit.declarations import daily_checkpoint
from kernel.schedule import Every
from kernel.superseded import forgetting_superseded
from services.intake.follow_ups import sweep_follow_ups
from services.intake.similar import sketch_earlier
from services.intake.urgent import sweep_deadlines
from services.intake.watermark import advance_watermark

SCHEDULE: tuple[Every, ...] = (
    # Registering a report advances the watermark too; this catches what two replicas registered side by side.
    Every(1, "advance the watermark", advance_watermark),
    Every(1, "remind of urgent reports and decide what was missed", sweep_deadlines),
    Every(1, "remind of follow-ups and decide what was missed", sweep_follow_ups),
    Every(5, "sketch reports registered before there were sketches", sketch_earlier),
    forgetting_superseded(WatermarkAdvanced.TYPE, RegistrationAdvanced.TYPE),
    daily_checkpoint(CheckpointDeclared),
)
