"""What intake answers on chains of urgent information (notice 二(一))."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from contracts.model import Instant, Method, Strict, command, query
from contracts.rpc.content import ToTell
from contracts.rpc.intake import ReportId
from contracts.rpc.roles import READERS
from contracts.vocabulary import (
    ChainState,
    DeadlineOutcome,
    Element,
    Figure,
    Kind,
    ReportFlag,
    ReportState,
    Role,
    Severity,
)


class ChainStep(Strict):
    """One document of a chain in its newest signed version, placed by its first receipt; one whose `state` is withdrawn
    keeps its place and label, and counts for nothing."""

    report_id: UUID
    number: str
    kind: Kind
    label: str
    """首报, 续报1, 续报2, ..., 终报."""
    title: str
    state: ReportState
    received_at: Instant
    """Of its first receipt."""
    receipt_numbers: list[str]
    author_name: str
    signer_name: str
    elements: dict[Element, str]
    missing: list[ToTell]
    flags: list[ReportFlag]


class FigureStated(Strict):
    """A figure at the receipt that changed it."""

    figure: Figure
    value: Decimal
    change: Decimal | None
    """Against the value stated before; None for the first one."""
    received_at: Instant
    receipt_number: str
    report_id: UUID
    unit_name: str
    author_name: str
    signer_name: str


class NextStep(Strict):
    """What the unit owes next, and when it must have been received."""

    kind: Kind
    follows_upon: UUID
    """The report that the next one follows upon."""
    due_at: Instant
    outcome: DeadlineOutcome
    explanation_zh: str
    explanation_en: str


class Chain(Strict):
    """The chain of one unit's reports on one incident; the duty officer gets no names, elements, figures and flags."""

    first_report_id: UUID | None
    """None while the first report is unknown."""
    unit_id: UUID
    unit_name: str
    title: str
    severity: Severity | None
    drill: bool
    state: ChainState
    closed_at: Instant | None
    closed_by: str | None
    steps: list[ChainStep]
    missing: list[ToTell]
    """What the chain as a whole still has to tell."""
    figures: list[FigureStated]
    next_step: NextStep | None
    incident_id: UUID | None
    """The incident that it was joined to."""


METHODS: dict[str, Method] = {
    "get_chain": query(ReportId, Chain, *READERS),
    "close_chain": command(ReportId, Chain, Role.EDITOR, Role.CHIEF_EDITOR, Role.DUTY_OFFICER),
}
