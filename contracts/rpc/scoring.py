"""What scoring answers: rules, ledger, bulletins."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Method, Strict, Text, command, query
from contracts.rpc.paging import ListQuery
from contracts.vocabulary import Role, UnitClass

Period = Annotated[
    str,
    Field(
        pattern=r"^(19|20|21)[0-9]{2}(-(0[1-9]|1[0-2])|-q[1-4])?$",
        description="a month 2026-11, a quarter 2026-q4 or a year 2026, in Asia/Shanghai",
    ),
]


class RecordRules(Strict):
    """Bring a version of the scoring rules into force from its `valid_from` on; the text is a rule file (YAML)."""

    text: Text = Field(max_length=200_000)


class Rules(Strict):
    rules_id: UUID
    place: str
    version: str
    valid_from: str
    text: str
    content_hash: str


class RulesPage(Strict):
    items: list[Rules]
    next_cursor: str | None = None


class LedgerEntry(Strict):
    """One posting; `reverses` names the entry it takes back. `explanation_zh` says what happened and which rule."""

    entry_id: UUID
    unit_id: UUID
    unit_name: str
    period: str
    points: Decimal
    rule: str
    rules_version: str
    cause: str
    title: str
    happened_at: Instant
    posted_at: Instant
    reverses: UUID | None
    explanation_zh: str


class ListLedger(ListQuery):
    unit_id: UUID | None = None
    period: Period | None = None


class LedgerPage(Strict):
    items: list[LedgerEntry]
    next_cursor: str | None = None


class BulletinLine(Strict):
    """A unit's line; equal points share a rank."""

    rank: int
    unit_id: UUID
    unit_name: str
    unit_class: UnitClass
    points: Decimal
    year_to_date: Decimal
    counts: dict[str, int]
    """How often each rule posted in the period."""


class LaterCorrection(Strict):
    """Points in this period that belong to an earlier month, because that month's bulletin had been issued."""

    unit_id: UUID
    unit_name: str
    month: str
    points: Decimal


class Bulletin(Strict):
    """The period's bulletin; `issued_at` None while it is a draft computed from the ledger as it stands."""

    bulletin_id: UUID | None
    period: str
    title: str
    lines: list[BulletinLine]
    rule_titles: dict[str, str]
    corrections: list[LaterCorrection]
    issued_at: Instant | None
    content_hash: str
    evidence: dict[str, str] | None


class PeriodQuery(Strict):
    period: Period


class BulletinPage(Strict):
    items: list[Bulletin]
    next_cursor: str | None = None


class BulletinFile(Strict):
    period: Period
    format: Annotated[str, Field(pattern="^(json|xlsx|pdf)$")]


class File(Strict):
    name: str
    media_type: str
    content_base64: str
    sha256: str


_ALL = (
    Role.INFORMATION_OFFICER, Role.RESPONSIBLE_LEADER, Role.API_CLIENT, Role.EDITOR, Role.CHIEF_EDITOR,
    Role.SCORING_OFFICER, Role.LEADER, Role.SECRETARY, Role.SUPERVISOR,
)

METHODS: dict[str, Method] = {
    "record_rules": command(RecordRules, Rules, Role.SCORING_OFFICER),
    "list_rules": query(ListQuery, RulesPage, *_ALL),
    "list_ledger": query(ListLedger, LedgerPage, *_ALL),
    "compute_bulletin": query(PeriodQuery, Bulletin, Role.SCORING_OFFICER, Role.CHIEF_EDITOR),
    "issue_bulletin": command(PeriodQuery, Bulletin, Role.CHIEF_EDITOR),
    "get_bulletin": query(PeriodQuery, Bulletin, *_ALL),
    "list_bulletins": query(ListQuery, BulletinPage, *_ALL),
    "get_bulletin_file": query(BulletinFile, File, *_ALL),
}
