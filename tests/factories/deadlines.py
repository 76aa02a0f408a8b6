"""Deadlines of the urgent-report kind in named states, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from kernel.deadlines.model import OPEN, Deadline
from kernel.deadlines.thresholds import next_threshold_at

OCCURRED = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)
"""07:00 of 2 March in Shanghai."""
DUE = OCCURRED + timedelta(hours=3)


def urgent_deadline(**changes: Any) -> Deadline:
    """Open, three hours from the occurrence."""
    values: dict[str, Any] = {
        "id": UUID(int=1),
        "kind": "urgent_report",
        "subject_id": UUID(int=2),
        "started_at": OCCURRED,
        "started_by": "occurrence",
        "opened_by": "王芳",
        "due_at": DUE,
        "first_due_at": DUE,
        "rule": "津政办发〔2008〕146号",
        "rule_version": "2008",
        "calendar": "wall",
        "limit_zh": "3小时",
        "limit_en": "3 hours",
        "facts": {"title": "化工厂火情"},
        "outcome": OPEN,
        "extensions": [],
        "passed_percent": 0,
        "next_threshold_at": next_threshold_at(OCCURRED, DUE, 0),
        "version": 1,
    }
    return Deadline(**(values | changes))
