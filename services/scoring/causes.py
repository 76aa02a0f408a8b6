"""What happened that may score: each use case records one event's causes and settles their groups (notice 五(四))."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from contracts.events.deadlines import DeadlineFact, DeadlineMissed, DeadlineReassessed
from contracts.events.review import (
    AdoptionWithdrawn,
    InstructionGiven,
    IssuePublished,
    OutcomeRecorded,
    PublishedItem,
)
from contracts.rpc.secrecy import WITHHELD_TITLE
from contracts.vocabulary import DeadlineKind, DeadlineOutcome, Outcome
from kernel.database import Work
from kernel.errors import NotYet
from kernel.service import Event
from services.scoring.ledger import lock_groups, settle
from services.scoring.model.causes import Cause, CauseKind, PublishedIssue, WithdrawnAdoption, WithheldTitle
from services.scoring.model.rulebook import DeductionEvent


def post_adoptions(work: Work, event: Event[IssuePublished]) -> None:
    """Points for every item of a published issue; an adoption whose withdrawal was heard of before does not count."""
    issue = event.data
    groups = lock_groups(work, [_of_report(item.report_id) for item in issue.items])
    _remember_issue(work, issue)
    for item in issue.items:
        record(work, adoption_cause(issue, item, event.version))
    settle(work, groups)
    _take_back(work, [item.adoption_id for item in issue.items], groups)


def withdraw_points(work: Work, event: Event[AdoptionWithdrawn]) -> None:
    """The adoption no longer counts, whether or not its issue has been heard of."""
    data = event.data
    groups = lock_groups(work, [_of_report(data.report_id)])
    work.session.execute(
        insert(WithdrawnAdoption)
        .values(adoption_id=data.adoption_id, reason=data.reason, withdrawn_at=event.time)
        .on_conflict_do_nothing()
    )
    _take_back(work, [data.adoption_id], groups)


def post_outcome(work: Work, event: Event[OutcomeRecorded]) -> None:
    """Points for what a higher level did; a leader's instruction up there scores like one given here."""
    groups = lock_groups(work, [_of_report(event.data.report_id)])
    record(work, outcome_cause(event.data, event.version))
    settle(work, groups)


def post_instruction(work: Work, event: Event[InstructionGiven]) -> None:
    """Points for a leader's instruction on a published item. Raises `NotYet` until the issue has been heard of."""
    data = event.data
    groups = lock_groups(work, [_of_report(data.report_id)])
    issue = work.session.get(PublishedIssue, data.issue_id)
    if issue is None:
        raise NotYet(f"instruction {data.instruction_id} is on issue {data.issue_id}, which has not been heard of")
    title = _title_in(work, data) or issue.publication_name
    record(work, instruction_cause(data, issue, title, event.version))
    settle(work, groups)


def post_deduction(work: Work, event: Event[DeadlineMissed]) -> None:
    """Points taken for an urgent report or a feedback that came late or not at all; a drill costs nothing."""
    _record_deadline(work, event, missed=True, reason=None)


def reassess_deduction(work: Work, event: Event[DeadlineReassessed]) -> None:
    """The deadline was judged anew: the points taken are given back, or taken now."""
    missed = event.data.new_outcome == DeadlineOutcome.MISSED
    _record_deadline(work, event, missed, None if missed else f"时限重新核定（{event.data.reason}）")


def record(work: Work, cause: Cause) -> None:
    """Keep what happened as its newest version tells it; an older or equal version changes nothing."""
    if _is_withheld(work, cause):
        cause.title = WITHHELD_TITLE
    columns = [column.name for column in Cause.__table__.columns]
    statement = insert(Cause).values({name: getattr(cause, name) for name in columns})
    work.session.execute(
        statement.on_conflict_do_update(
            index_elements=[Cause.cause],
            set_={name: statement.excluded[name] for name in columns if name != "cause"},
            where=Cause.version < statement.excluded.version,
        ),
        execution_options={"populate_existing": True},
    )


def _is_withheld(work: Work, cause: Cause) -> bool:
    """Whether a report's class was raised whose title this cause is told by; a deadline of it is remembered too."""
    groups = [cause.group_key, _of_report(cause.told.get("about_report_id"))]
    query = select(WithheldTitle.group_key).where(WithheldTitle.group_key.in_(groups))
    if not work.session.scalars(query).all():
        return False
    remembered = insert(WithheldTitle).values(group_key=cause.group_key)
    work.session.execute(remembered.on_conflict_do_nothing())
    return True


def _of_report(report_id: object) -> str:
    return f"report:{report_id}"


def _take_back(work: Work, adoption_ids: Sequence[UUID], groups: Sequence[str]) -> None:
    """Reverse the points of those that have been withdrawn."""
    withdrawn = work.session.scalars(
        select(WithdrawnAdoption).where(WithdrawnAdoption.adoption_id.in_(adoption_ids))
    )
    for one in withdrawn:
        cause = work.session.get(Cause, f"adoption:{one.adoption_id}", populate_existing=True)
        if cause is not None and cause.stands:
            cause.stands, cause.reason = False, f"撤销采用（{one.reason}）"
    settle(work, groups)


def _remember_issue(work: Work, issue: IssuePublished) -> None:
    values = issue.model_dump(include={"issue_id", "publication_code", "publication_name", "year", "number"})
    work.session.execute(
        insert(PublishedIssue).values(values | {"published_at": issue.published_at}).on_conflict_do_nothing()
    )


def adoption_cause(issue: IssuePublished, item: PublishedItem, version: int) -> Cause:
    return Cause(
        cause=f"adoption:{item.adoption_id}",
        version=version,
        kind=CauseKind.ADOPTION,
        group_key=_of_report(item.report_id),
        unit_id=item.unit_id,
        stands=True,
        reason=None,
        title=item.title,
        happened_at=issue.published_at,
        facts={
            "level": [issue.level],
            "publication": [issue.publication_code, issue.publication_name],
            "item_kind": [item.item_kind],
            "report_kind": [item.report_kind],
            "unit_class": [item.unit_class],
        },
        told={
            "issue_id": str(issue.issue_id),
            "publication": issue.publication_name,
            "year": issue.year,
            "number": issue.number,
            "receipt_number": item.receipt_number,
            "share": str(item.share),
        },
    )


def outcome_cause(data: OutcomeRecorded, version: int) -> Cause:
    instructed = data.outcome == Outcome.INSTRUCTED
    publication = [data.publication] if data.publication else []
    where = data.level.label + (f"《{data.publication}》" if data.publication else "")
    return Cause(
        cause=f"outcome:{data.outcome_id}",
        version=version,
        kind=CauseKind.INSTRUCTION if instructed else CauseKind.OUTCOME,
        group_key=_of_report(data.report_id),
        unit_id=data.unit_id,
        stands=True,
        reason=None,
        title=data.title,
        happened_at=data.happened_at,
        facts={
            "level": [data.level],
            "outcome": [data.outcome],
            "publication": publication,
            "item_kind": [data.item_kind] if data.item_kind else [],
            "report_kind": [data.report_kind],
            "unit_class": [data.unit_class],
        },
        told={
            "where": where,
            "outcome": data.outcome.label,
            "leader": f"{data.level.label}领导",
            "class": "",
            "receipt_number": data.receipt_number,
        },
    )


def instruction_cause(data: InstructionGiven, issue: PublishedIssue, title: str, version: int) -> Cause:
    return Cause(
        cause=f"instruction:{data.instruction_id}",
        version=version,
        kind=CauseKind.INSTRUCTION,
        group_key=_of_report(data.report_id),
        unit_id=data.unit_id,
        stands=True,
        reason=None,
        title=title,
        happened_at=data.given_at,
        facts={
            "level": [data.level],
            "publication": [issue.publication_code, issue.publication_name],
            "instruction_class": [data.instruction_class],
            "leader": [data.leader],
            "report_kind": [data.report_kind],
            "unit_class": [data.unit_class],
        },
        told={"leader": data.leader, "class": data.instruction_class.label},
    )


def _title_in(work: Work, data: InstructionGiven) -> str | None:
    """The title under which the report stands in the issue the instruction is on."""
    return work.session.scalar(
        select(Cause.title).where(
            Cause.group_key == _of_report(data.report_id),
            Cause.kind == CauseKind.ADOPTION,
            Cause.told["issue_id"].astext == str(data.issue_id),
        )
    )


DEDUCTIONS = {
    # kind of deadline: deduction, in words; those that are not here take no points
    DeadlineKind.URGENT_REPORT: (DeductionEvent.URGENT_REPORT_LATE, "紧急信息"),
    DeadlineKind.FEEDBACK: (DeductionEvent.FEEDBACK_LATE, "批示反馈"),
    DeadlineKind.FOLLOW_UP: (DeductionEvent.FOLLOW_UP_LATE, "紧急信息续报"),
}


def _record_deadline(
    work: Work, event: Event[DeadlineMissed] | Event[DeadlineReassessed], missed: bool, reason: str | None
) -> None:
    if event.data.kind not in DEDUCTIONS:
        return  # no rule can name it
    groups = lock_groups(work, [f"deadline:{event.data.deadline_id}"])
    record(work, deadline_cause(event.data, event.version, missed, reason))
    settle(work, groups)


def deadline_cause(data: DeadlineFact, version: int, missed: bool, reason: str | None) -> Cause:
    deduction, what = DEDUCTIONS[data.kind]
    return Cause(
        cause=f"deadline:{data.deadline_id}",
        version=version,
        kind=CauseKind.DEDUCTION,
        group_key=f"deadline:{data.deadline_id}",
        unit_id=data.unit_id,
        stands=missed and not data.drill,
        reason=reason,
        title=data.title,
        # The due time, not the moment of deciding: when the decision fell must not move points to another month.
        happened_at=data.due_at,
        facts={
            "event": [deduction],
            "severity": [data.severity] if data.severity else [],
            "unit_class": [data.unit_class],
        },
        told={"what": what, "explanation": data.explanation_zh} | _about(data),
    )


def _about(data: DeadlineFact) -> dict[str, str]:
    """Which report the title is that of; its own group is the deadline's."""
    return {"about_report_id": str(data.about_report_id)} if data.about_report_id else {}
