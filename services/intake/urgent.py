"""The urgent clock: begins with the first draft or receipt that states an occurrence, stops at the first receipt."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.events.deadlines import (
    DeadlineApproaching,
    DeadlineFact,
    DeadlineMet,
    DeadlineMissed,
    DeadlineReassessed,
)
from contracts.vocabulary import DeadlineKind, DeadlineOutcome, Kind, ReportFlag, Secrecy, Severity, UnitClass
from kernel.database import Work
from kernel.deadlines.due import Due
from kernel.deadlines.engine import find_deadline, open_deadline, reassess, settle, sweep, waive
from kernel.deadlines.model import MISSED, OPEN, Deadline, Passing
from kernel.deadlines.state import DeadlineState
from services.intake.model.drafts import Draft
from services.intake.model.occurrences import Occurrence
from services.intake.model.pre_reports import PreReport
from services.intake.model.reports import Report
from services.intake.model.time_limits import Reckoned, just_below, time_limits
from services.intake.model.units import Unit
from services.intake.queries.watermark import applied_up_to

URGENT_REPORT = DeadlineKind.URGENT_REPORT.value


def begin_for_draft(work: Work, draft: Draft, unit: Unit, occurrence: Occurrence) -> None:
    """Start the clock of a draft that states an occurrence, or correct the one that runs.

    A new version of a report has the report's clock, which its first receipt stopped: a draft leaves it alone.
    """
    content = draft.content
    if content.kind is not Kind.URGENT_FIRST or content.report_id is not None:
        return
    start = _start(occurrence, content.severity)
    if start is None:
        return
    facts = _facts(
        unit.id, unit.name, unit.unit_class, content.severity, content.title, content.secrecy, content.drill
    )
    _begin(work, draft.id, start, facts, settled_at=None, reason=_CORRECTED)


def begin_for_pre_report(work: Work, called: PreReport, occurrence: Occurrence) -> None:
    """A call starts the clock of the report in writing, which its thresholds chase."""
    start = _start(occurrence, called.severity)
    if start is None:
        return
    facts = _facts(
        called.unit_id, called.unit_name, called.unit_class, called.severity, called.title, called.secrecy, called.drill
    )
    _begin(work, called.id, start, facts, settled_at=None, reason=_CORRECTED)


def settle_report(work: Work, report: Report, draft: Draft | None, occurrence: Occurrence) -> Deadline | None:
    """The receipt decides: the draft's clock, if there is one, becomes the report's and stops at its first receipt."""
    called = occurrence.pre_report
    carry_over(work, report.id, (*(called.cases if called else ()), draft.id if draft else None))
    return count_report(work, report, occurrence, _CORRECTED)


def count_report(work: Work, report: Report, occurrence: Occurrence, reason: str) -> Deadline | None:
    """Count a report's time limit from what is known now; `reason` is told where that changes it."""
    start = _start(occurrence, report.severity) if report.kind is Kind.URGENT_FIRST else None
    if start is None:
        return _settle_running(work, report)
    facts = deadline_facts(report)
    deadline = _begin(work, report.id, start, facts, settled_at=report.first_received_at, reason=reason)
    report.mark(ReportFlag.JUST_BELOW_LIMIT, just_below(deadline.started_at, deadline.due_at, report.first_received_at))
    return deadline


def release_draft(work: Work, draft: Draft) -> None:
    """A draft was dropped. Before its due time that frees the unit; later it does not undo that nothing came."""
    deadline = find_deadline(work.session, URGENT_REPORT, draft.id, lock=True)
    if deadline is not None and deadline.outcome == OPEN and work.now < deadline.due_at:
        waive(work, deadline, "稿件已放弃 (the draft was dropped)")


def sweep_deadlines(work: Work) -> None:
    """Remind at the thresholds; decide *missed* behind the applied watermark only."""
    sweep(work, URGENT_REPORT, announce, applied_up_to(work.session))


def announce(work: Work, deadline: DeadlineState, passing: Passing) -> None:
    """What happened to a deadline, as intake's event."""
    work.emit(_event(deadline, passing), subject=deadline.id, version=deadline.version)


def _start(occurrence: Occurrence, severity: Severity | None) -> Reckoned | None:
    """What the rule in force at the occurrence that counts makes of it; None where there is none."""
    circumstances = occurrence.circumstances
    if circumstances is None or severity is None:
        return None
    rule = time_limits().in_force(circumstances.occurred_at, severity)
    return rule.reckon(circumstances) if rule else None


def _begin(
    work: Work, subject_id: UUID, start: Reckoned, facts: dict[str, Any], settled_at: datetime | None, reason: str
) -> Deadline:
    deadline = find_deadline(work.session, URGENT_REPORT, subject_id, lock=True)
    if deadline is None:
        return open_deadline(
            work,
            kind=URGENT_REPORT,
            subject_id=subject_id,
            started_at=start.started_at,
            started_by=start.started_by,
            due=start.due,
            facts=facts,
            announce=announce,
            settled_at=settled_at,
        )
    if deadline.outcome == MISSED:  # what was missed in earnest is not made a drill afterwards
        facts["drill"] = deadline.facts.get("drill", False)
    deadline.facts = facts
    if _counted(deadline) != (start.started_at, start.started_by, start.due):
        reassess(
            work, deadline, started_at=start.started_at, started_by=start.started_by, due=start.due,
            reason=reason, announce=announce,
        )  # fmt: skip
    if settled_at is not None:
        settle(work, deadline, settled_at, announce)
    return deadline


def _counted(deadline: Deadline) -> tuple[datetime, str, Due]:
    """How a deadline is counted now."""
    due = Due(
        deadline.due_at, deadline.rule, deadline.rule_version, "wall", deadline.limit_zh, deadline.limit_en
    )
    return deadline.started_at, deadline.started_by, due


_CORRECTED = "更正了发生时间或事件等级，以最早填报的发生时间为准 (time or severity corrected; the earliest time counts)"


def _settle_running(work: Work, report: Report) -> Deadline | None:
    """A signed version that starts no clock itself (other kind, no time stated) still stops the one that runs."""
    deadline = find_deadline(work.session, URGENT_REPORT, report.id)
    if deadline is not None:
        settle(work, deadline, report.first_received_at, announce)
    return deadline


def carry_over(work: Work, subject_id: UUID, earlier: Iterable[UUID | None]) -> None:
    """The clock of a pre-report or draft becomes that of what follows it; a second one of the same incident ends."""
    for earlier_id in dict.fromkeys(each for each in earlier if each is not None):
        found = find_deadline(work.session, URGENT_REPORT, earlier_id, lock=True)
        if found is None:
            continue
        if find_deadline(work.session, URGENT_REPORT, subject_id) is None:
            found.subject_id = subject_id
            work.session.flush()
        elif found.outcome == OPEN:
            waive(work, found, "已并入同一事件的报送 (counted with the report of the same incident)")


def deadline_facts(report: Report) -> dict[str, Any]:
    """What a deadline of a report tells with each event."""
    facts = _facts(
        report.unit_id, report.unit_name, report.unit_class, report.severity, report.told_title, report.secrecy,
        report.drill,
    )
    return facts | {"report_id": str(report.id)}


def _facts(
    unit_id: UUID,
    unit_name: str,
    unit_class: UnitClass,
    severity: Severity | None,
    title: str,
    secrecy: Secrecy,
    drill: bool,
) -> dict[str, Any]:
    return {
        "unit_id": str(unit_id),
        "unit_name": unit_name,
        "unit_class": str(unit_class),
        "severity": str(severity) if severity else None,
        "title": title,
        "secrecy": str(secrecy),
        "drill": drill,
    }


def _event(deadline: DeadlineState, passing: Passing) -> DeadlineFact:
    explanation = deadline.explain()
    told: dict[str, Any] = {
        **{name: deadline.facts[name] for name in ("unit_id", "unit_class", "severity", "title")},
        "drill": deadline.facts.get("drill", False),
        "about_report_id": deadline.facts.get("report_id"),
        "deadline_id": deadline.id,
        "kind": deadline.kind,
        "subject_id": deadline.subject_id,
        "started_at": deadline.started_at,
        "due_at": deadline.due_at,
        "rule": deadline.rule,
        "rule_version": deadline.rule_version,
        "explanation_zh": explanation.zh,
        "explanation_en": explanation.en,
    }
    if passing.what == "approaching":
        return DeadlineApproaching(**told, threshold_percent=passing.threshold_percent)
    if passing.what == "met":
        return DeadlineMet(**told, met_at=passing.at)
    if passing.what == "missed":
        return DeadlineMissed(**told, decided_at=passing.at)
    return DeadlineReassessed(
        **told,
        old_outcome=DeadlineOutcome(passing.old_outcome or OPEN),
        new_outcome=DeadlineOutcome(deadline.outcome),
        old_due_at=passing.old_due_at,
        reason=passing.reason,
    )
