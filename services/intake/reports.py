"""Registering what the gateway accepted, and following what the city's desk decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contracts.events.gateway import ReportAccepted, SignedVersion
from contracts.events.intake import ReportRegistered
from contracts.events.review import (
    AdoptionWithdrawn,
    DecisionUndone,
    ReadingRequested,
    ReportAdopted,
    ReportKept,
    ReportNotUsed,
    ReportPassedUp,
    ReportPreAdopted,
    ReportQueued,
    ReportReturned,
)
from contracts.vocabulary import URGENT_KINDS, ReportFlag
from kernel.clock import china_day
from kernel.database import Work
from kernel.deadlines.engine import find_deadline
from kernel.errors import BadMessage, NotYet
from kernel.service import Event
from services.intake import amendments, chains, occurrences, pre_reports, similar, urgent, watermark
from services.intake.drafts import sign_draft
from services.intake.model.contents import accepted_flags, drill_differs
from services.intake.model.drafts import Draft
from services.intake.model.occurrences import Occurrence, load_occurrences
from services.intake.model.pre_reports import PreReport, lock_pre_report
from services.intake.model.reports import Report, ReportVersion, content_of, withdraws
from services.intake.model.search import ReportSearch, search_terms
from services.intake.model.time_limits import time_limits
from services.intake.model.units import UnitVersion, began_later, version_on

_AS_ACCEPTED = sorted(set(SignedVersion.model_fields) - {"drill", "secrecy"})
"""What an acceptance and its registration tell alike."""

UNIT_PATIENCE = timedelta(hours=1)
"""How long after its receipt a report waits for its unit. Nothing can bring the unit but a person, as the directory is
kept here: later the report is parked, where an operator sees it (decision 0061)."""

DeskDecision = (
    ReportQueued | ReportReturned | ReportAdopted | ReportKept | ReportNotUsed | ReportPreAdopted | ReportPassedUp
    | ReadingRequested | AdoptionWithdrawn | DecisionUndone
)


@dataclass
class Loaded:
    """What a batch of acceptances touches, loaded (and locked, where it changes) in one statement each."""

    reports: dict[UUID, Report]
    drafts: dict[UUID, Draft]
    pre_reports: list[PreReport]
    occurrences: dict[UUID, Occurrence]
    """By report, draft and pre-report: what was stated in these is taken over by their report."""
    units: dict[UUID, list[UnitVersion]]

    def pre_report(self, accepted: ReportAccepted, draft: Draft | None) -> PreReport | None:
        """The pre-report that it names, else the one its draft has taken up."""
        named = (each for each in self.pre_reports if each.id == accepted.pre_report_id)
        of_draft = (each for each in self.pre_reports if draft is not None and each.draft_id == draft.id)
        return next(named, None) or next(of_draft, None)


def register_reports(work: Work, events: list[Event[ReportAccepted]]) -> None:
    """Register accepted documents, versions of a report in order. Raises `NotYet` for one that came too early."""
    in_order = sorted(events, key=lambda event: (event.data.report_id, event.data.version))
    loaded = _load(work.session, [event.data for event in in_order])
    taken = [
        (caused, event.data)
        for event in in_order
        if _register(caused := work.caused_by(event.id, event.correlation_id), event.data, loaded)
    ]
    _keep_versions(work.session, [accepted for _, accepted in taken])
    changed = [loaded.reports[report_id] for report_id in {each.report_id for _, each in taken}]
    _index(work.session, changed)
    similar.sketch_reports(work.session, changed)
    chains.follow_chains(work, [(caused, loaded.reports[accepted.report_id]) for caused, accepted in taken])
    watermark.advance_watermark(work)


def follow_desk(work: Work, event: Event[DeskDecision]) -> None:
    """Show what the desk decided; an older decision than the one shown is ignored. Raises `NotYet`."""
    data = event.data
    report = work.session.get(Report, data.report_id, with_for_update=True)
    if report is None:
        raise NotYet(f"report {data.report_id} is not registered yet")
    if data.receipt_number != report.receipt_number and not _knows(work.session, data.receipt_number):
        raise NotYet(f"the version with receipt {data.receipt_number} is not registered yet")
    remarks = data.remarks if isinstance(data, ReportReturned) else None
    if report.follow_desk(event.type, event.version, data.receipt_number, remarks):
        work.audit("report.followed", report.id, report.version, state=str(report.state))


def _knows(session: Session, receipt_number: str) -> bool:
    return session.get(ReportVersion, receipt_number) is not None


def _register(work: Work, accepted: ReportAccepted, loaded: Loaded) -> bool:
    """Register one signed version; False when it was registered before."""
    report = loaded.reports.get(accepted.report_id)
    if report is not None and accepted.version <= report.version:
        return False
    if accepted.version > (report.version if report else 0) + 1:
        raise NotYet(f"version {accepted.version} of report {accepted.report_id} came before the one it follows")
    if report is None:
        report = Report.new(accepted, _unit_then(work, accepted, loaded))
        loaded.reports[report.id] = report
    draft = loaded.drafts.get(accepted.draft_id) if accepted.draft_id else None
    if draft is not None and draft.unit_id != accepted.unit_id:
        draft = None
    if withdraws(accepted) and report.version:
        report.withdraw(accepted)
        deadline = find_deadline(work.session, urgent.URGENT_REPORT, report.id)
    else:
        occurrence = _take_version(work, report, accepted, draft, loaded)
        deadline = urgent.settle_report(work, report, draft, occurrence)
    if draft is not None:
        sign_draft(work, draft, accepted)
        report.endorsed_by, report.endorsed_at = draft.endorsed_by, draft.endorsed_at
    late = report.first_received_at > deadline.due_at if deadline else None
    work.emit(_registered(report, accepted, late), subject=report.id, version=report.version)
    amendments.tell_amendment(work, report, accepted)
    work.audit("report.registered", report.id, report.version, receipt_number=accepted.receipt_number)
    return True


def _drill_before(session: Session, report: Report, accepted: ReportAccepted, loaded: Loaded) -> bool | None:
    """Whether what this version continues is a drill: its own earlier version, or the first report it follows."""
    if report.version:
        return report.drill
    follows = accepted.follows_report_id
    first = loaded.reports.get(follows) or session.get(Report, follows) if follows else None
    return first.drill if first is not None else None


def _take_version(
    work: Work, report: Report, accepted: ReportAccepted, draft: Draft | None, loaded: Loaded
) -> Occurrence:
    occurrence = loaded.occurrences.setdefault(report.id, Occurrence(report.id))
    if draft is not None and draft.id in loaded.occurrences:
        occurrence.absorb(loaded.occurrences[draft.id])
    drill_before = _drill_before(work.session, report, accepted, loaded)
    report.take(accepted)
    made_good = pre_reports.make_good(report, occurrence, loaded.pre_report(accepted, draft), loaded.occurrences)
    earlier = occurrence.times
    occurrences.state_signed(work, occurrence, report, accepted)
    flags = accepted_flags(content_of(accepted), accepted.received_at, earlier, time_limits())
    report.flags = [str(flag) for flag in (*flags, *made_good)]
    if drill_differs(accepted.kind, accepted.drill, drill_before):
        report.mark(ReportFlag.DRILL_DIFFERS, marked=True)
    report.mark(ReportFlag.BEFORE_UNIT, began_later(loaded.units[accepted.unit_id], accepted.occurred_at))
    work.session.add(report)
    return occurrence


def _keep_versions(session: Session, taken: list[ReportAccepted]) -> None:
    session.flush()  # the reports come first: their versions refer to them
    session.add_all(ReportVersion.of(accepted) for accepted in taken)


def _index(session: Session, reports: list[Report]) -> None:
    if not reports:
        return
    terms = [
        {"report_id": each.id, "terms": search_terms(each.title, each.unit_name, each.number)} for each in reports
    ]
    rows = insert(ReportSearch).values(terms)
    session.execute(rows.on_conflict_do_update(index_elements=["report_id"], set_={"terms": rows.excluded.terms}))


def _unit_then(work: Work, accepted: ReportAccepted, loaded: Loaded) -> UnitVersion:
    day = china_day(accepted.received_at)
    version = version_on(loaded.units.get(accepted.unit_id, []), day)
    if version is None:
        if work.now - accepted.received_at > UNIT_PATIENCE:
            raise BadMessage(f"unit {accepted.unit_id} is not in the directory: record it, then release this event")
        raise NotYet(f"unit {accepted.unit_id} is not in the directory yet: record it, then this report is registered")
    return version


def _load(session: Session, accepted: list[ReportAccepted]) -> Loaded:
    reports = session.scalars(
        select(Report).where(Report.id.in_({each.report_id for each in accepted})).order_by(Report.id).with_for_update()
    )
    drafts = session.scalars(
        select(Draft)
        .where(Draft.id.in_({each.draft_id for each in accepted if each.draft_id}))
        .order_by(Draft.id)
        .with_for_update()
    )
    called, stated = _load_stated(session, accepted)
    units: dict[UUID, list[UnitVersion]] = {}
    for version in session.scalars(
        select(UnitVersion).where(UnitVersion.unit_id.in_({each.unit_id for each in accepted}))
    ):
        units.setdefault(version.unit_id, []).append(version)
    return Loaded({each.id: each for each in reports}, {each.id: each for each in drafts}, called, stated, units)


def _load_stated(
    session: Session, accepted: list[ReportAccepted]
) -> tuple[list[PreReport], dict[UUID, Occurrence]]:
    """Pre-reports (locked) and what was stated of occurrences; nothing is asked for a batch that tells of none."""
    telling = [each for each in accepted if each.kind in URGENT_KINDS or each.occurred_at or each.pre_report_id]
    called = _load_pre_reports(session, telling) if telling else []
    cases = {case_id for each in telling for case_id in (each.report_id, each.draft_id) if case_id}
    cases |= {case_id for each in called for case_id in each.cases if case_id}
    return called, load_occurrences(session, cases)


def _load_pre_reports(session: Session, accepted: list[ReportAccepted]) -> list[PreReport]:
    named = sorted({each.pre_report_id for each in accepted if each.pre_report_id})
    for pre_report_id in named:
        lock_pre_report(session, pre_report_id)
    drafts = [each.draft_id for each in accepted if each.draft_id]
    query = select(PreReport).where(or_(PreReport.id.in_(named), PreReport.draft_id.in_(drafts)))
    return list(session.scalars(query.order_by(PreReport.id).with_for_update()))


def _registered(report: Report, accepted: ReportAccepted, late: bool | None) -> ReportRegistered:
    return ReportRegistered(
        **{name: getattr(accepted, name) for name in _AS_ACCEPTED},
        drill=report.drill,
        secrecy=report.secrecy,
        number=report.number,
        unit_name=report.unit_name,
        unit_class=report.unit_class,
        late=late,
    )
