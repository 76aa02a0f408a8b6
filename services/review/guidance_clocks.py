"""Due times of guidance: a clock for each unit and due time, stopped by the last answer that it waits for (R03)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from contracts.rpc import guidance as rpc
from contracts.vocabulary import DeadlineKind
from kernel.database import Work
from kernel.deadlines.due import stated_due
from kernel.deadlines.engine import find_deadline, open_deadline, settle, sweep
from kernel.errors import Conflict, Invalid
from services.review.deadlines import announce
from services.review.model.guidance import Guidance, GuidancePoint, clock_id, due_together
from services.review.model.units import Unit
from services.review.queries.guidance import all_answered_at, points_of
from services.review.queries.registration import applied_mark

KIND = DeadlineKind.GUIDANCE.value
RULE, RULE_VERSION = "津政办发〔2008〕146号一（三）", "2008"
"""The notice wants the leaders' needs of each period met; the due time is the guidance's own."""

MOST_DUE_TIMES = 5
"""Each is reminded of by itself, unit by unit."""


def check_due_times(now: datetime, request: rpc.SaveGuidance) -> None:
    """Raises `Invalid` with the field for a due time that has passed."""
    stated = [("/due_at", "", request.due_at)]
    stated += [
        (f"/points/{place}/due_at", f"第{place + 1}条的", point.due_at) for place, point in enumerate(request.points)
    ]
    for pointer, which, due_at in stated:
        if due_at is not None and due_at <= now:
            raise Invalid(f"{which}报送时限必须晚于现在。", "The due time must lie in the future.", pointer=pointer)
    if len({due_at for _, _, due_at in stated if due_at is not None}) > MOST_DUE_TIMES:
        raise Invalid(
            f"一份要点至多 {MOST_DUE_TIMES} 个不同的时限。", f"It has {MOST_DUE_TIMES} due times at the most.",
            pointer="/points",
        )


def open_clocks(work: Work, guidance: Guidance, units: Sequence[Unit]) -> None:
    """Start them as it is issued; a unit that has answered already is not reminded. Raises `Conflict`."""
    points = points_of(work.session, guidance)
    for due_at, due_then in due_together(guidance, points).items():
        if due_at <= work.now:
            raise Conflict(
                "有的报送时限已过，请修改后再下发。", "A due time has passed since it was drawn up; change it first."
            )
        which = "" if len(due_then) == len(points) else f"第{'、'.join(str(point.number) for point in due_then)}条"
        for unit in units:
            open_deadline(
                work, kind=KIND, subject_id=clock_id(guidance.guidance_id, due_at, unit.unit_id), started_at=work.now,
                started_by="guidance", due=stated_due(due_at, RULE, RULE_VERSION), announce=announce,
                facts=_facts(guidance.title + which, unit),
                settled_at=all_answered_at(work.session, unit.unit_id, due_then),
            )  # fmt: skip


def settle_clocks(work: Work, unit_id: UUID, answered: Iterable[UUID]) -> None:
    """A report of the unit names these points. The guidance is locked: issuing it and answering it take turns, and so
    do two reports that answer half of it each."""
    work.session.flush()
    named = select(GuidancePoint.guidance_id).where(GuidancePoint.point_id.in_(answered))
    concerned = select(Guidance).where(Guidance.guidance_id.in_(named)).order_by(Guidance.guidance_id)
    for guidance in work.session.scalars(concerned.with_for_update().execution_options(populate_existing=True)).all():
        for due_at, points in due_together(guidance, points_of(work.session, guidance)).items():
            deadline = find_deadline(work.session, KIND, clock_id(guidance.guidance_id, due_at, unit_id), lock=True)
            at = all_answered_at(work.session, unit_id, points)
            if deadline is not None and at is not None:
                settle(work, deadline, at, announce)


def sweep_guidance(work: Work) -> None:
    """Answers are reports: missed only behind the watermark applied here."""
    sweep(work, KIND, announce, decided_up_to=applied_mark(work.session))


def _facts(title: str, unit: Unit) -> dict[str, Any]:
    return {
        "unit_id": str(unit.unit_id), "unit_name": unit.name, "unit_class": unit.unit_class.value, "title": title,
    }
