"""Who publishes and who consumes what: the queues and bindings of the bus are made from this table alone."""

from __future__ import annotations

from contracts.events import gateway, intake, notify, review, scoring
from contracts.events.evidence import EVIDENCE_EVENTS
from contracts.model import EventData

VERSION = 7
"""Counts up with every change of this table; every process compares it with what is applied on the broker."""

PUBLISHES: dict[str, tuple[type[EventData], ...]] = {
    "gateway": (*gateway.EVENTS, *EVIDENCE_EVENTS),
    "intake": (*intake.EVENTS, *EVIDENCE_EVENTS),
    "review": (*review.EVENTS, *EVIDENCE_EVENTS),
    "scoring": (*scoring.EVENTS, *EVIDENCE_EVENTS),
    "notify": (*notify.EVENTS, *EVIDENCE_EVENTS),
}

CONSUMES: dict[str, tuple[str, ...]] = {
    "gateway": (
        "unit.recorded",
        "person.recorded",
        "offer.voided",
        "report.registered",
        "report.acknowledged",
        "report.queued",
        "report.seen",
        "report.returned",
        "report.adopted",
        "report.kept",
        "report.not_used",
        "instruction.given",
        "assignment.given",
        "report.reclassified",
        "report.pre_adopted",
        "report.passed_up",
        "reading.requested",
        "adoption.withdrawn",
        "decision.undone",
        "commission.issued",
        "commission.withdrawn",
    ),
    "intake": (
        "report.accepted",
        "watermark.advanced",
        "report.queued",
        "report.returned",
        "report.adopted",
        "report.kept",
        "report.not_used",
        "adoption.withdrawn",
        "report.pre_adopted",
        "report.passed_up",
        "reading.requested",
        "decision.undone",
    ),
    "review": ("unit.recorded", "report.registered", "report.reclassified", "registration.advanced"),
    "scoring": (
        "unit.recorded",
        "issue.published",
        "adoption.withdrawn",
        "outcome.recorded",
        "instruction.given",
        "deadline.missed",
        "deadline.reassessed",
        "report.reclassified",
        "finding.confirmed",
    ),
    "notify": (
        "person.recorded",
        "draft.offered",
        "endorsement.requested",
        "draft.endorsed",
        "draft.returned",
        "report.registered",
        "report.acknowledged",
        "report.returned",
        "report.adopted",
        "adoption.withdrawn",
        "decision.undone",
        "report.handed_over",
        "reading.requested",
        "issue.published",
        "issue.withdrawn",
        "issue_item.withdrawn",
        "report.reclassified",
        "report.corrected",
        "report.withdrawn",
        "amendment.received",
        "finding.proposed",
        "finding.confirmed",
        "finding.dropped",
        "chain.closed",
        "assignment.given",
        "feedback.accepted",
        "feedback.returned",
        "feedback.flagged",
        "assignment.escalated",
        "notice.issued",
        "office_step.missed",
        "extension.asked",
        "extension.granted",
        "extension.refused",
        "deadline.approaching",
        "deadline.missed",
        "lateness.decided",
        "deadline.reassessed",
        "bulletin.issued",
        "commission.issued",
        "commission.withdrawn",
        "commission.excused",
        "guidance.issued",
        "research_project.started",
        "research_project.changed",
        "checkpoint.declared",
    ),
}

UNCONSUMED: dict[str, str] = {
    "deadline.met": "compliance is read from the owner's database; kept for subscribers to come (webhooks)",
    "instruction.closed": "shown by review itself; kept for the unit's webhook",
    "assignment.received": "shown by review itself; kept for the unit's webhook",
    "feedback.given": "shown by review itself; kept for the unit's webhook",
    "message.undelivered": "shown on notify's own page and metric; urgent reports call the next on the duty list",
    "incident.changed": "shown by intake itself; kept for grouping related reports across units (R06)",
}
"""Event types nobody consumes, each with the reason; a test holds this list against the tables above."""


def event_types() -> dict[str, type[EventData]]:
    """Every event type by its name."""
    return {event.TYPE: event for events in PUBLISHES.values() for event in events}
