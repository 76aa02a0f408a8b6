"""The editors' desk: one item per report, and who may do what with it (notice 三(一))."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contracts.events.intake import ReportRegistered
from contracts.model import BEYOND
from contracts.rpc.desk import UNDO_WITHIN
from contracts.rpc.secrecy import WITHHELD_TITLE
from contracts.vocabulary import (
    URGENT_KINDS,
    AmendmentAct,
    DeskState,
    Kind,
    Leaning,
    ReportState,
    Role,
    Secrecy,
    Severity,
    UnitClass,
)
from kernel.errors import Conflict, Forbidden
from kernel.principal import Principal
from kernel.words import Word
from services.review.model.base import Base
from services.review.model.desk_moves import CLAIMED, DECIDED, MOVES, REOPENED, WAITING

SEVERITIES = tuple(Severity)
NOT_URGENT = len(SEVERITIES)
"""Place in the queue of what is not urgent: behind every severity."""
NEVER = BEYOND
"""When an item is due for which nobody has stated a time; the queue is ordered by it, so it is a time too."""


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
        Index(
            "desk_items_open", "urgency", "due_at", "received_at", "report_id",
            postgresql_where=text("state <> 'decided'"),
        ),
        # Of the queue before there were due times; goes with the next contracting migration.
        Index("desk_items_queue", "urgency", "received_at", "report_id", postgresql_where=text("state <> 'decided'")),
        Index("desk_items_decided", "urgency", "received_at", "report_id", postgresql_where=text("state = 'decided'")),
        Index(
            "desk_items_by_decision", "decision", "urgency", "received_at", "report_id",
            postgresql_where=text("state = 'decided'"),
        ),
        Index("desk_items_of_editor", "claimed_by_id", "decided_at"),
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
    """Whoever has it in hand; of a decided item, whoever decided."""
    claimed_until: Mapped[datetime | None]
    """When the claim lapses, so that another editor may take over; None of a claim from before claims lapsed."""
    taken_from: Mapped[str | None]
    """Whose claim the present one took over."""
    handed_by: Mapped[str | None]
    handover_note: Mapped[str | None]
    """Who last handed it over, and what was said: what is promised, what is still asked for. It holds until it is
    decided, and again where the decision is undone within its time."""
    decided_at: Mapped[datetime | None]
    due_at: Mapped[datetime] = mapped_column(server_default=text("'2201-01-01 00:00:00+00'"))
    """By when the desk wants it decided; `NEVER` without a time stated."""
    topic: Mapped[str | None]
    leaning: Mapped[Leaning | None] = mapped_column(Word(Leaning))
    seen_by: Mapped[str | None]
    seen_at: Mapped[datetime | None]
    amended_act: Mapped[AmendmentAct | None] = mapped_column(Word(AmendmentAct))
    """What the newest signed version does to the report; None for one that does neither."""
    amended_reason: Mapped[str | None]
    drill: Mapped[bool]
    """An exercise: returned, kept on file or not used, but never adopted or passed up."""
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """Files signed with the version on the desk; `contracts.rpc.attachments.Attachment`."""
    assignment_id: Mapped[UUID | None]
    """The assignment that a feedback answers."""

    @classmethod
    def queued(cls, report: ReportRegistered) -> DeskItem:
        """A registered report, waiting."""
        item = cls(report_id=report.report_id, version=0, report_version=0, state=WAITING, due_at=NEVER)
        item.take_version(report)
        return item

    def take_version(self, report: ReportRegistered) -> None:
        """The newest signed version lies on the desk: nobody has seen it, nothing is decided.

        A claim is the editor's to give back, never the unit's to take away.
        """
        self._copy(report)
        if self.state == DECIDED:
            self._drop_note()
        if self.state == CLAIMED:
            self.version += 1
        else:
            self._go("queue")
            self._drop_claim()
        self.decision = self.remarks = self.decided_at = self.seen_by = self.seen_at = None

    def note_version(self, report: ReportRegistered) -> None:
        """A newer version of a report whose adoption is in force: the text is kept, the decision stands."""
        self._copy(report)
        self.version += 1

    def _copy(self, report: ReportRegistered) -> None:
        for name in (
            "receipt_number", "number", "kind", "severity", "unit_id", "unit_name", "unit_class", "title",
            "body", "occurred_at", "received_at", "late", "drill", "topic", "leaning", "assignment_id",
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

    def claim(self, editor: Principal, now: datetime, until: datetime, *, take_over: bool = False) -> None:
        """Claim it until then, or renew one's own claim. Raises `Conflict` naming the claimer when it is somebody
        else's and has not lapsed, or the decision when there is one; the chief editor may take over before."""
        self._require_undecided("claim")
        self._require_not_own(editor)
        if self.claimed_by_id not in (None, editor.id):
            if not self.has_lapsed(now) and not (take_over and editor.holds(Role.CHIEF_EDITOR)):
                self._refuse_claimed(now)
            self._give(editor, taken_from=self.claimed_by)
            self._go("claim")
        elif self.claimed_by_id is None:
            self._give(editor)
            self._go("claim")
        self.claimed_until = until

    def renew(self, editor: Principal, until: datetime) -> None:
        """Whoever works on it keeps it: each act of the claimer moves the end of the claim."""
        if self.state == CLAIMED and self.claimed_by_id == editor.id:
            self.claimed_until = until

    def has_lapsed(self, now: datetime) -> bool:
        """Whether another editor may take the claim over."""
        return self.state == CLAIMED and (self.claimed_until is None or self.claimed_until <= now)

    def hand_over(self, editor: Principal, to_id: str, to_name: str, note: str, until: datetime) -> None:
        """Give the claim to a colleague; the chief editor may do it for one who is away."""
        self._require_held("hand_over", editor)
        if to_id in {str(self.author_id), str(self.signer_id)}:
            raise Conflict("不得移交给该信息的起草人或签发人。", "Its author or signer cannot decide on it.")
        self._go("hand_over")
        self.claimed_by_id, self.claimed_by, self.claimed_until = to_id, to_name, until
        self.taken_from, self.handed_by, self.handover_note = None, editor.name, note

    def release(self, editor: Principal) -> None:
        """Give the claim back; the chief editor may do it for one who is away."""
        self._require_held("release", editor)
        self._go("release")
        self._drop_claim()

    def decide(self, act: str, editor: Principal, now: datetime, remarks: str | None = None) -> None:
        """Decide as the claimer, claiming in the same act when nobody has. Raises `Conflict`, `Forbidden`."""
        self._require_undecided(act)
        self._require_not_own(editor)
        if self.state != DECIDED:
            self._require_claimer(editor, now)
        self._drop_claim()
        self.claimed_by_id, self.claimed_by, self.decided_at = editor.id, editor.name, now
        self._go(act)
        self.decision, self.remarks = MOVES[act].decision, remarks

    def undo(self, editor: Principal, now: datetime, until: datetime) -> ReportState:
        """Take back one's own decision of the last minutes; the item is in one's hands again. Which it was."""
        undone = self.undoable(editor, now)
        self._go("undo")
        self.decision = self.remarks = self.decided_at = None
        self.claimed_until = until
        return undone

    def undoable(self, editor: Principal, now: datetime) -> ReportState:
        """The decision that this editor may undo now. Raises `Conflict` saying why not."""
        if self.state != DECIDED or self.decision in (None, ReportState.WITHDRAWN):
            raise Conflict("该信息没有可以撤销的处理决定。", "There is no decision to undo; the report is not decided.")
        if self.claimed_by_id != editor.id:
            raise Conflict(
                f"处理决定由{self.claimed_by}作出，只能由其本人撤销。",
                f"{self.claimed_by} decided; only whoever decided undoes it.",
                extra={"decided_by": self.claimed_by},
            )
        if self.decided_at is None or now > self.decided_at + UNDO_WITHIN:
            raise Conflict("作出决定已超过10分钟，不能撤销。", "It was decided more than 10 minutes ago.")
        return ReportState(self.decision)

    def reopen(self) -> ReportState:
        """It waits again, after a decision that leaves open what becomes of it. Which it was. Raises `Conflict`."""
        if self.decision not in REOPENED:
            raise Conflict(
                "只有预采用、已上报、送阅、备查的信息可以放回待处理。",
                "Only what is pre-adopted, passed up, sent for reading or kept on file waits again.",
                extra={"decision": self.decision.value if self.decision else None},
            )
        undone = ReportState(self.decision)
        self._go("reopen")
        self._drop_claim()
        self._drop_note()
        self.decision = self.remarks = self.decided_at = None
        return undone

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
        self._drop_note()
        self.decision = self.remarks = self.decided_at = None
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
        self._drop_note()
        self.decision = ReportState.WITHDRAWN

    def _go(self, act: str) -> None:
        self.state = MOVES[act].after
        self.version += 1

    def _drop_claim(self) -> None:
        """What was promised stays with the report, whoever has it in hand."""
        self.claimed_by_id = self.claimed_by = self.claimed_until = self.taken_from = None

    def _drop_note(self) -> None:
        self.handed_by = self.handover_note = None

    def _give(self, editor: Principal, taken_from: str | None = None) -> None:
        self._drop_claim()
        self.claimed_by_id, self.claimed_by, self.taken_from = editor.id, editor.name, taken_from

    def _require_held(self, act: str, editor: Principal) -> None:
        if self.state not in MOVES[act].before:
            raise Conflict("该信息未被认领。", "The report is not claimed.")
        if self.claimed_by_id != editor.id and not editor.holds(Role.CHIEF_EDITOR):
            raise Conflict(
                f"该信息由{self.claimed_by}认领，只能由其本人或总编辑交出。",
                f"{self.claimed_by} has claimed it; only he or the chief editor gives it away.",
                extra={"claimed_by": self.claimed_by},
            )

    def _require_undecided(self, act: str) -> None:
        if self.state in MOVES[act].before or self.decision in MOVES[act].follows:
            return
        decision = self.decision or ReportState.AT_DESK
        if decision is ReportState.WITHDRAWN:
            raise Conflict(
                f"报送单位已撤回该信息，不能再处理；仍需要的，请单位重新报送。撤回理由：{self.amended_reason}",
                f"The unit has withdrawn this report; ask it for a new one if it is needed: {self.amended_reason}",
                extra={"decision": decision.value},
            )
        raise Conflict(
            f"该信息已由{self.claimed_by}处理：{decision.label}。",
            f"{self.claimed_by} has already decided on this report: {decision.value}.",
            extra={"decision": decision.value, "decided_by": self.claimed_by},
        )

    def _require_claimer(self, editor: Principal, now: datetime) -> None:
        if self.claimed_by_id not in (None, editor.id):
            self._refuse_claimed(now)

    def _refuse_claimed(self, now: datetime) -> None:
        extra = {"claimed_by": self.claimed_by, "lapsed": self.has_lapsed(now)}
        if self.has_lapsed(now):
            raise Conflict(
                f"该信息由{self.claimed_by}认领，认领已过时限，请先认领接手再处理。",
                f"The claim of {self.claimed_by} has lapsed; claim the report before you decide.",
                extra=extra,
            )
        raise Conflict(
            f"该信息已由{self.claimed_by}认领，请联系其处理、移交或放回。",
            f"The report is claimed by {self.claimed_by}; let them decide, hand over or release it.",
            extra=extra,
        )

    def _require_not_own(self, editor: Principal) -> None:
        if editor.same_person(self.author_id) or editor.same_person(self.signer_id):
            raise Forbidden("不得处理本人起草或签发的信息。", "Nobody decides on a report he wrote or signed himself.")
