"""Registered reports: every signed version with its receipt, and the state that the city's desk gives them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.events.gateway import ReportAccepted
from contracts.rpc.attachments import Attachment
from contracts.rpc.content import Amendment, Content, Incident, Reference
from contracts.rpc.secrecy import WITHHELD_TITLE
from contracts.vocabulary import (
    URGENT_KINDS,
    AmendmentAct,
    Kind,
    Leaning,
    ReportFlag,
    ReportState,
    Secrecy,
    Severity,
    SourceChannel,
    UnitClass,
)
from kernel.errors import Conflict
from kernel.words import Word
from services.intake.model.base import Base
from services.intake.model.units import UnitVersion

DESK_STATES: dict[str, ReportState] = {
    # event of review       state of the report
    "report.queued": ReportState.AT_DESK,
    "report.returned": ReportState.RETURNED,  # a new version of the same report may follow
    "report.adopted": ReportState.ADOPTED,
    "report.kept": ReportState.KEPT,
    "report.not_used": ReportState.NOT_USED,
    "report.pre_adopted": ReportState.PRE_ADOPTED,
    "report.passed_up": ReportState.PASSED_UP,
    "reading.requested": ReportState.FOR_READING,
    "adoption.withdrawn": ReportState.AT_DESK,  # the desk item waits again
    "decision.undone": ReportState.AT_DESK,
}
"""How intake follows review's decisions; an accepted version puts a report to `registered`."""


class Report(Base):
    """A report in its newest signed version. `version` counts the signed versions (as on the receipts)."""

    __tablename__ = "reports"
    __table_args__ = (
        Index("reports_newest", "first_received_at", "id"),
        Index("reports_of_unit", "unit_id", "first_received_at", "id"),
        Index("reports_that_follow", "follows_report_id"),
        Index(
            "reports_to_acknowledge", "first_received_at", "id", postgresql_where=text("awaits_acknowledgement")
        ),
        Index("reports_to_sketch", "id", postgresql_where=text("NOT sketched")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    """That of its first receipt."""
    receipt_number: Mapped[str]
    """That of its newest receipt."""
    version: Mapped[int]
    state: Mapped[ReportState] = mapped_column(Word(ReportState))
    desk_version: Mapped[int]
    """Version of review's newest event that was followed; older ones change nothing."""
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"))
    unit_name: Mapped[str]
    """As it was on the day of the first receipt (R14); so is the class."""
    unit_class: Mapped[UnitClass] = mapped_column(Word(UnitClass))
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    title: Mapped[str]
    body: Mapped[str]
    topic: Mapped[str | None]
    secrecy: Mapped[Secrecy] = mapped_column(Word(Secrecy))
    severity: Mapped[Severity | None] = mapped_column(Word(Severity))
    occurred_at: Mapped[datetime | None]
    """As the newest version states it; what counts may be another (`model/occurrences.py`)."""
    occurrence_claims: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    """Empty since `occurrence_statements`; goes with the next contracting migration."""
    place: Mapped[str | None]
    follows_report_id: Mapped[UUID | None]
    assignment_id: Mapped[UUID | None]
    incident: Mapped[dict[str, Any] | None]
    """What the newest version tells of its incident; `contracts.rpc.intake.Incident`."""
    pre_report_id: Mapped[UUID | None]
    drill: Mapped[bool]
    leaning: Mapped[Leaning | None] = mapped_column(Word(Leaning))
    source_channel: Mapped[SourceChannel | None] = mapped_column(Word(SourceChannel))
    reference: Mapped[dict[str, Any] | None]
    """The document of the city that it answers; `contracts.rpc.content.Reference`."""
    endorsed_by: Mapped[str | None]
    """Who endorsed the newest version inside the unit before it was signed."""
    endorsed_at: Mapped[datetime | None]
    attachments: Mapped[list[dict[str, Any]]]
    """Files signed with the newest version; `contracts.rpc.attachments.Attachment`."""
    amendment: Mapped[dict[str, Any] | None]
    """Of the newest version, if it corrects or withdraws; `contracts.rpc.content.Amendment`."""
    awaits_acknowledgement: Mapped[bool]
    """An urgent report the city's duty officer has not taken note of yet."""
    acknowledged_by: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]
    sketched: Mapped[bool] = mapped_column(server_default=false())
    """Whether it can be found by a text like it (`services/intake/similar.py`)."""
    sign_off: Mapped[dict[str, Any]]
    content_hash: Mapped[str]
    flags: Mapped[list[str]]
    """What a person should look at: words of `ReportFlag`."""
    remarks: Mapped[str | None]
    first_received_at: Mapped[datetime]
    """Time of the first receipt of the chain: it alone decides whether an urgent report is late (五(一))."""
    received_at: Mapped[datetime]

    @classmethod
    def new(cls, accepted: ReportAccepted, unit: UnitVersion) -> Report:
        return cls(
            id=accepted.report_id,
            number=accepted.receipt_number,
            version=0,
            state=ReportState.REGISTERED,
            desk_version=0,
            unit_id=accepted.unit_id,
            unit_name=unit.name,
            unit_class=unit.unit_class,
            awaits_acknowledgement=accepted.kind in URGENT_KINDS,
            first_received_at=accepted.received_at,
        )

    @property
    def told_title(self) -> str:
        """The title as events may tell it to everybody."""
        return self.title if self.secrecy is Secrecy.UNCLASSIFIED else WITHHELD_TITLE

    def take(self, accepted: ReportAccepted) -> None:
        """The next signed version was accepted; it waits to be put on the desk, unless an adoption is in force."""
        content = content_of(accepted)
        self.secrecy = content.secrecy.higher(self.secrecy or content.secrecy)  # once raised, no version lowers it
        for name in ("kind", "title", "body", "topic", "severity", "occurred_at", "place"):
            setattr(self, name, getattr(content, name))
        self.follows_report_id, self.assignment_id = content.follows_report_id, content.assignment_id
        self.incident = accepted.incident.model_dump(mode="json", exclude_defaults=True) if accepted.incident else None
        self.pre_report_id = content.pre_report_id
        self.leaning, self.source_channel = content.leaning, content.source_channel
        self.reference = content.reference.model_dump(mode="json") if content.reference else None
        self.attachments = [file.model_dump(mode="json") for file in content.attachments]
        # What was real once stays real: no later version takes a report out of the count, or hides it as an exercise.
        self.drill = content.drill and (self.version == 0 or self.drill)
        self.sketched = True
        self._signed(accepted)
        if self.state is not ReportState.ADOPTED:
            self.state, self.remarks = ReportState.REGISTERED, None

    def withdraw(self, accepted: ReportAccepted) -> None:
        """A signed version withdraws it: nobody works on it any more, text and history stay as they were."""
        self._signed(accepted)
        self.state, self.remarks = ReportState.WITHDRAWN, None
        self.awaits_acknowledgement = False

    def _signed(self, accepted: ReportAccepted) -> None:
        self.amendment = accepted.amendment.model_dump(mode="json") if accepted.amendment else None
        self.sign_off = accepted.sign_off.model_dump(mode="json")
        self.content_hash, self.received_at = accepted.content_hash, accepted.received_at
        self.version, self.receipt_number = accepted.version, accepted.receipt_number
        self.endorsed_by = self.endorsed_at = None

    def acknowledge(self, duty_officer: str, now: datetime) -> bool:
        """The duty officer takes note of it, in whatever version; the first one counts. Whether this was the first.

        Raises `Conflict` for a report that is not urgent: nobody waits for a word on it.
        """
        if self.kind not in URGENT_KINDS:
            raise Conflict(
                f"{self.kind.label}不需要值班员签收，只有紧急信息才签收。",
                f"Only urgent reports are acknowledged by the duty officer; this is one of kind {self.kind}.",
            )
        if self.acknowledged_at is not None:
            return False
        self.acknowledged_by, self.acknowledged_at = duty_officer, now
        self.awaits_acknowledgement = False
        return True

    def mark(self, flag: ReportFlag, marked: bool) -> None:
        """Set a flag or take it away."""
        others = [each for each in self.flags if each != flag]
        self.flags = [*others, str(flag)] if marked else others

    def follow_desk(self, event_type: str, desk_version: int, receipt_number: str, remarks: str | None) -> bool:
        """Follow a decision of the desk unless a newer one was followed already; whether it changed the state.

        What was decided on an earlier signed version is past once a new one was accepted; only an adoption stands.
        """
        if desk_version <= self.desk_version:
            return False
        self.desk_version = desk_version
        state = DESK_STATES[event_type]
        if self.state is ReportState.WITHDRAWN:
            return False
        if receipt_number != self.receipt_number and state is not ReportState.ADOPTED:
            return False
        self.state, self.remarks = state, remarks
        return True


def withdraws(accepted: ReportAccepted) -> bool:
    """Whether this version takes the report back."""
    return accepted.amendment is not None and accepted.amendment.act is AmendmentAct.WITHDRAWAL


class ReportVersion(Base):
    """One signed version with its receipt: content and signature for ever. Counted for the watermark."""

    __tablename__ = "report_versions"
    __table_args__ = (
        UniqueConstraint("report_id", "version", name="report_versions_in_order"),
        Index("report_versions_received", "received_at", "kind"),
    )

    receipt_number: Mapped[str] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id"))
    version: Mapped[int]
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    received_at: Mapped[datetime]
    draft_id: Mapped[UUID | None]
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str]
    sign_off: Mapped[dict[str, Any]]

    @classmethod
    def of(cls, accepted: ReportAccepted) -> ReportVersion:
        return cls(
            receipt_number=accepted.receipt_number,
            report_id=accepted.report_id,
            version=accepted.version,
            kind=accepted.kind,
            received_at=accepted.received_at,
            draft_id=accepted.draft_id,
            content=content_of(accepted).model_dump(mode="json"),
            content_hash=accepted.content_hash,
            sign_off=accepted.sign_off.model_dump(mode="json"),
        )


def content_of(accepted: ReportAccepted) -> Content:
    """The content as it was signed. It was validated when it was accepted, so it is not refused here again."""
    return Content.model_construct(
        kind=accepted.kind,
        title=accepted.title,
        body=accepted.body,
        topic=accepted.topic,
        secrecy=accepted.secrecy,
        severity=accepted.severity,
        occurred_at=accepted.occurred_at,
        place=accepted.place,
        follows_report_id=accepted.follows_report_id,
        assignment_id=accepted.assignment_id,
        report_id=accepted.report_id if accepted.version > 1 else None,
        incident=Incident.model_validate(accepted.incident.model_dump()) if accepted.incident else None,
        pre_report_id=accepted.pre_report_id,
        drill=accepted.drill,
        leaning=accepted.leaning,
        source_channel=accepted.source_channel,
        reference=Reference.model_validate(accepted.reference.model_dump()) if accepted.reference else None,
        attachments=[Attachment.model_validate(told.model_dump()) for told in accepted.attachments],
        amendment=Amendment.model_validate(accepted.amendment.model_dump()) if accepted.amendment else None,
    )
