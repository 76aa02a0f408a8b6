"""What the content of a document must satisfy before it is signed, and what is only marked once it was accepted."""

from __future__ import annotations

from datetime import datetime, timedelta

from contracts.rpc.content import Content
from contracts.vocabulary import REFERRING, URGENT_KINDS, Kind, ReportFlag, Secrecy
from kernel.errors import Invalid
from services.intake.model.severity import below, proposed
from services.intake.model.time_limits import TimeLimits

CLOCK_TOLERANCE = timedelta(minutes=2)
"""How far an occurrence may lie ahead of our clock: clocks of units differ (access.md 7)."""


def check_content(content: Content, *, latest_occurrence: datetime, limits: TimeLimits) -> None:
    """Refuse what must not be saved or offered. Raises `Invalid` with the pointer of the field.

    `latest_occurrence`: now, or the first receipt when this is a new version of a report.
    """
    _check_secrecy(content)
    _check_amendment(content)
    _check_reference(content)
    if content.kind in URGENT_KINDS:
        _check_urgent(content)
    if content.occurred_at is not None and content.occurred_at > latest_occurrence + CLOCK_TOLERANCE:
        revised = content.report_id is not None
        raise Invalid(
            "事件发生时间不能晚于这条信息首次接收的时间。" if revised else "事件发生时间不能晚于当前时间。",
            f"The event cannot have occurred later than {'the first receipt of the report' if revised else 'now'}.",
            pointer="/content/occurred_at",
        )
    if content.kind is Kind.URGENT_FIRST:
        _check_limit(content, limits)


def accepted_flags(
    content: Content, received_at: datetime, earlier_claims: list[datetime], limits: TimeLimits
) -> list[ReportFlag]:
    """What a person should look at in a document that can no longer be refused: marked, not decided."""
    kind, severity, occurred_at = content.kind, content.severity, content.occurred_at
    flags = _incident_flags(content)
    if occurred_at is not None and occurred_at > received_at:
        flags.append(ReportFlag.OCCURRED_AFTER_RECEIVED)
    if occurred_at is not None and any(claim < occurred_at for claim in earlier_claims):
        flags.append(ReportFlag.OCCURRENCE_MOVED_LATER)
    if kind in URGENT_KINDS and (occurred_at is None or severity is None):
        flags.append(ReportFlag.URGENT_INCOMPLETE)
    elif kind is Kind.URGENT_FIRST and occurred_at and severity and not limits.in_force(occurred_at, severity):
        flags.append(ReportFlag.NO_TIME_LIMIT)
    return flags


def _incident_flags(content: Content) -> list[ReportFlag]:
    incident, occurred_at, severity = content.incident, content.occurred_at, content.severity
    if incident is None or occurred_at is None:
        return []
    flags = []
    if incident.learned_at is not None and incident.learned_at < occurred_at:
        flags.append(ReportFlag.LEARNT_BEFORE_OCCURRED)
    if severity and below(severity, proposed(incident.category, incident.figures, occurred_at).severity):
        flags.append(ReportFlag.SEVERITY_BELOW_FIGURES)
    return flags


def _check_secrecy(content: Content) -> None:
    if content.secrecy is not Secrecy.UNCLASSIFIED:
        raise Invalid(
            f"本系统目前只接收非密信息，不得录入“{content.secrecy.label}”内容。",
            "Only unclassified content is accepted here.",
            pointer="/content/secrecy",
        )


def _check_amendment(content: Content) -> None:
    if content.amendment is not None and (content.report_id is None or content.kind is Kind.FEEDBACK):
        raise Invalid(
            "更正或撤回须写明对象 report_id；批示反馈不作更正，请另行反馈。",
            "A correction or withdrawal names the report, report_id; of a feedback sign another instead.",
            pointer="/content/report_id",
        )


def _check_reference(content: Content) -> None:
    if content.kind in REFERRING and content.reference is None:
        raise Invalid(
            f"{content.kind.label}必须写明所回应的文件（标题，可加文号、日期）。",
            f"A document of kind {content.kind} names what it answers: title, and number and date if known.",
            pointer="/content/reference",
        )
    if content.kind not in REFERRING and content.reference is not None:
        raise Invalid(
            f"{content.kind.label}不填所回应的文件。", f"A document of kind {content.kind} answers no document.",
            pointer="/content/reference",
        )
    if content.reference and content.reference.commission_id and content.kind is not Kind.COMMISSION_ANSWER:
        raise Invalid(
            f"{content.kind.label}不能指明约稿，请改选“{Kind.COMMISSION_ANSWER.label}”。",
            f"A document of kind {content.kind} answers no commission; choose {Kind.COMMISSION_ANSWER}.",
            pointer="/content/reference/commission_id",
        )


def _check_urgent(content: Content) -> None:
    if content.severity is None:
        raise Invalid(
            f"{content.kind.label}必须填写事件等级。",
            "An urgent report needs the severity of the incident.",
            pointer="/content/severity",
        )
    if content.occurred_at is None:
        raise Invalid(
            f"{content.kind.label}必须填写事件发生时间。",
            "An urgent report needs the time of the occurrence, with its zone.",
            pointer="/content/occurred_at",
        )


def _check_limit(content: Content, limits: TimeLimits) -> None:
    if content.occurred_at is None or content.severity is None:
        return
    if limits.in_force(content.occurred_at, content.severity) is None:
        first = min(rule.valid_from for rule in limits.rules)
        raise Invalid(
            f"事件发生时没有生效的报送时限规定（最早自{first}起施行），请核对发生时间。",
            f"No time limit was in force when the event occurred (the first began on {first}); check the time.",
            pointer="/content/occurred_at",
        )


def check_drill(content: Content, before: bool | None) -> None:
    """Only urgent reports are drilled, and a chain is a drill from its first report to its last or not at all.

    `before`: whether the report this is a new version of, or the first report it follows, is a drill; None without.
    Raises `Invalid`.
    """
    if content.drill and content.kind not in URGENT_KINDS:
        raise Invalid(
            f"只有紧急信息可以标为演练，{content.kind.label}不可以。",
            f"Only urgent reports can be a drill, not one of kind {content.kind}.",
            pointer="/content/drill",
        )
    if before is None or before == content.drill:
        return
    raise Invalid(
        "所续首报或原件是演练，本件也须标为演练。" if before else "所续首报或原件不是演练，本件不得标为演练。",
        f"What this continues is {'a drill, so this must be one' if before else 'no drill, so this must not be one'}.",
        pointer="/content/drill",
    )


def drill_differs(kind: Kind, drill: bool, before: bool | None) -> bool:
    """Whether the mark of an accepted document is not what `check_drill` would have let pass."""
    return (drill and kind not in URGENT_KINDS) or (before is not None and before != drill)
