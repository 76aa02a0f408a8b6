"""The editors' desk: one item per report, and who may do what with it (notice 三(一))."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contracts.events.intake import ReportRegistered
from contracts.events.review import ReportAdopted, ReportKept, ReportNotUsed, ReportQueued, ReportReturned
from contracts.model import EventData
from contracts.rpc.secrecy import WITHHELD_TITLE
from contracts.vocabulary import (
    URGENT_KINDS,
    AmendmentAct,
    DeskState,
    Kind,
    ReportState,
    Role,
    Secrecy,
    Severity,
    UnitClass,
)
from kernel.errors import Conflict, Forbidden
from kernel.principal import Principal
from services.review.model.base import Base, Word

WAITING, CLAIMED, DECIDED = DeskState.WAITING, DeskState.CLAIMED, DeskState.DECIDED


@dataclass(frozen=True)
class Move:
    """One row of the table below. `decision` is what a decided item was decided to be."""

    before: frozenset[DeskState]
    after: DeskState
    who: str
    event: type[EventData] | None
    decision: ReportState | None = None


def _move(
    before: tuple[DeskState, ...],
    after: DeskState,
    who: str,
    event: type[EventData] | None,
    decision: ReportState | None = None,
) -> Move:
    return Move(frozenset(before), after, who, event, decision)


MOVES: dict[str, Move] = {
    # act         before                       after     who                      event           decision
    "queue":    _move((WAITING, DECIDED),      WAITING,  "system",                ReportQueued),
    "claim":    _move((WAITING, CLAIMED),      CLAIMED,  "any editor",            None),
    "release":  _move((CLAIMED,),              WAITING,  "claimer, chief editor", None),
    "return":   _move((WAITING, CLAIMED),      DECIDED,  "claimer",               ReportReturned, ReportState.RETURNED),
    "keep":     _move((WAITING, CLAIMED),      DECIDED,  "claimer",               ReportKept,     ReportState.KEPT),
    "decline":  _move((WAITING, CLAIMED),      DECIDED,  "claimer",               ReportNotUsed,  ReportState.NOT_USED),
    "adopt":    _move((WAITING, CLAIMED),      DECIDED,  "claimer",               ReportAdopted,  ReportState.ADOPTED),
    "withdraw": _move((DECIDED,),              WAITING,  "any editor",            None),
    "take back": _move((WAITING, CLAIMED, DECIDED), DECIDED, "unit",              None),
}  # fmt: skip
"""The desk item's states and moves. Whoever decides on a waiting item claims it in the same act; only an
adopted item's decision can be withdrawn. Opening is no move: it tells `report.seen` the first time, in any state."""

SEVERITIES = tuple(Severity)
NOT_URGENT = len(SEVERITIES)
"""Place in the queue of what is not urgent: behind every severity."""


def urgency(kind: Kind, severity: Severity | None) -> int:
    """Place in the queue, 0 first: by severity; an urgent report that states none counts as general."""
    if severity is not None:
        return SEVERITIES.index(severity)
    return SEVERITIES.index(Severity.GENERAL) if kind in URGENT_KINDS else NOT_URGENT


def folded(words: str) -> str:
    """Text as searched: one width, one case."""
    return unicodedata.normalize("NFKC", words).casefold()


class DeskItem(Base):
    """A report on the desk. Title and body are the original of the newest signed version and never edited here."""

    __tablename__ = "desk_items"
    __table_args__ = (
        Index("desk_items_queue", "urgency", "received_at", "report_id", postgresql_where=text("state <> 'decided'")),
        Index("desk_items_decided", "urgency", "received_at", "report_id", postgresql_where=text("state = 'decided'")),
    )

    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    report_version: Mapped[int]
    receipt_number: Mapped[str]
    number: Mapped[str]
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    severity: Mapped[Severity | None] = mapped_column(Word(Severity))
    urgency: Mapped[int]
    secrecy: Mapped[Secrecy] = mapped_column(Word(Secrecy))
    unit_id: Mapped[UUID]
    unit_name: Mapped[str]
    unit_class: Mapped[UnitClass] = mapped_column(Word(UnitClass))
    title: Mapped[str]
    body: Mapped[str]
    search_text: Mapped[str]
    occurred_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    author_id: Mapped[UUID | None]
    signer_id: Mapped[UUID | None]
    signer_name: Mapped[str]
    late: Mapped[bool | None]
    state: Mapped[DeskState] = mapped_column(Word(DeskState))
    decision: Mapped[ReportState | None] = mapped_column(Word(ReportState))
    remarks: Mapped[str | None]
    claimed_by_id: Mapped[str | None]
    claimed_by: Mapped[str | None]
    seen_by: Mapped[str | None]
    seen_at: Mapped[datetime | None]
    amended_act: Mapped[AmendmentAct | None] = mapped_column(Word(AmendmentAct))
    """What the newest signed version does to the report; None for one that does neither."""
    amended_reason: Mapped[str | None]
    topic: Mapped[str | None]
    drill: Mapped[bool]
    """An exercise: returned, kept on file or not used, but never adopted or passed up."""
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """Files signed with the version on the desk; `contracts.rpc.attachments.Attachment`."""

    @classmethod
    def queued(cls, report: ReportRegistered) -> DeskItem:
        """A registered report, waiting."""
        item = cls(report_id=report.report_id, version=0, report_version=0, state=WAITING)
        item.take_version(report)
        return item

    def take_version(self, report: ReportRegistered) -> None:
        """The newest signed version lies on the desk: nobody has seen it, nothing is decided.

        A claim is the editor's to give back, never the unit's to take away.
        """
        self._copy(report)
        if self.state == CLAIMED:
            self.version += 1
        else:
            self._go("queue")
            self._drop_claim()
        self.decision = self.remarks = self.seen_by = self.seen_at = None

    def note_version(self, report: ReportRegistered) -> None:
        """A newer version of a report whose adoption is in force: the text is kept, the decision stands."""
        self._copy(report)
        self.version += 1

    def _copy(self, report: ReportRegistered) -> None:
        for name in (
            "receipt_number", "number", "kind", "severity", "unit_id", "unit_name", "unit_class", "title",
            "body", "occurred_at", "received_at", "late", "drill", "topic",
        ):  # fmt: skip
            setattr(self, name, getattr(report, name))
        self.attachments = [file.model_dump(mode="json") for file in report.attachments]
        self.secrecy = report.secrecy.higher(self.secrecy or report.secrecy)  # once raised, no version lowers it
        self.amended_act = report.amendment.act if report.amendment else None
        self.amended_reason = report.amendment.reason if report.amendment else None
        self.report_version = report.version
        self.urgency = urgency(report.kind, report.severity)
        self.author_id = report.sign_off.author_id
        self.signer_id = report.sign_off.signer_id
        self.signer_name = report.sign_off.signer_name
        self.search_text = folded(f"{report.number} {report.receipt_number} {report.unit_name} {report.title}")

    @property
    def told_title(self) -> str:
        """The title as events may tell it to everybody."""
        return self.title if self.secrecy is Secrecy.UNCLASSIFIED else WITHHELD_TITLE

    def open(self, editor: Principal, now: datetime) -> bool:
        """An editor reads it; True the first time."""
        if self.seen_at is not None:
            return False
        self.seen_by, self.seen_at = editor.name, now
        self.version += 1
        return True

    def claim(self, editor: Principal) -> None:
        """Raises `Conflict` naming the claimer when it is somebody else's, or the decision when there is one."""
        self._require_undecided("claim")
        self._require_not_own(editor)
        self._require_claimer(editor)
        if self.claimed_by_id is None:
            self._go("claim")
            self.claimed_by_id, self.claimed_by = editor.id, editor.name

    def release(self, editor: Principal) -> None:
        """Give the claim back; the chief editor may do it for one who is away."""
        if self.state not in MOVES["release"].before:
            raise Conflict("该信息未被认领。", "The report is not claimed.")
        if not editor.holds(Role.CHIEF_EDITOR):
            self._require_claimer(editor)
        self._go("release")
        self._drop_claim()

    def decide(self, act: str, editor: Principal, remarks: str | None = None) -> None:
        """Decide as the claimer, claiming in the same act when nobody has. Raises `Conflict`, `Forbidden`."""
        self._require_undecided(act)
        self._require_not_own(editor)
        self._require_claimer(editor)
        self.claimed_by_id, self.claimed_by = editor.id, editor.name
        self._go(act)
        self.decision, self.remarks = MOVES[act].decision, remarks

    def refuse_drill(self, what_zh: str, what_en: str) -> None:
        """Raises `Conflict` when this is a drill: it never reaches leaders and never scores."""
        if self.drill:
            raise Conflict(
                f"该信息是演练，不得{what_zh}；可以退回、存档备查或不采用。",
                f"This report is a drill and cannot be {what_en}; return it, keep it on file or do not use it.",
            )

    def withdraw_adoption(self) -> None:
        """The adoption no longer counts; the item waits for a new decision."""
        if self.decision != ReportState.ADOPTED:
            raise Conflict("该信息当前没有有效的采用。", "There is no adoption of this report in force.")
        self._go("withdraw")
        self._drop_claim()
        self.decision = self.remarks = None
        if self.is_withdrawn:
            self.take_back()

    @property
    def is_withdrawn(self) -> bool:
        """Whether the unit has withdrawn the report."""
        return self.amended_act is AmendmentAct.WITHDRAWAL

    def take_back(self) -> None:
        """The unit has withdrawn the report: nobody works on it any more."""
        self._go("take back")
        self._drop_claim()
        self.decision = ReportState.WITHDRAWN

    def _go(self, act: str) -> None:
        self.state = MOVES[act].after
        self.version += 1

    def _drop_claim(self) -> None:
        self.claimed_by_id = self.claimed_by = None

    def _require_undecided(self, act: str) -> None:
        if self.state in MOVES[act].before:
            return
        decision = self.decision or ReportState.AT_DESK
        if decision is ReportState.WITHDRAWN:
            raise Conflict(
                f"报送单位已撤回该信息，理由：{self.amended_reason}",
                f"The unit has withdrawn this report: {self.amended_reason}",
                extra={"decision": decision.value},
            )
        raise Conflict(
            f"该信息已由{self.claimed_by}处理：{decision.label}。",
            f"{self.claimed_by} has already decided on this report: {decision.value}.",
            extra={"decision": decision.value, "decided_by": self.claimed_by},
        )

    def _require_claimer(self, editor: Principal) -> None:
        if self.claimed_by_id not in (None, editor.id):
            raise Conflict(
                f"该信息已由{self.claimed_by}认领，请联系其处理或交回。",
                f"The report is claimed by {self.claimed_by}; let them decide or release it.",
                extra={"claimed_by": self.claimed_by},
            )

    def _require_not_own(self, editor: Principal) -> None:
        if editor.same_person(self.author_id) or editor.same_person(self.signer_id):
            raise Forbidden("不得处理本人起草或签发的信息。", "Nobody decides on a report he wrote or signed himself.")
