"""Publications as data: head, columns, numbering, secrecy, who receives them and who signs them (R23)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from contracts.model import Method, Strict, Text, command, query
from contracts.rpc.fields import Name
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import DESK, OVERSIGHT
from contracts.vocabulary import Labelled, Level, Role, Secrecy

Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$", description="short name of a publication")]


class PublicationKind(Labelled):
    """Kinds of publications (glossary)."""

    DAILY_DIGEST = "daily_digest", "每日要情"
    SPECIAL_REPORT = "special_report", "专报"
    FLASH = "flash", "快报"
    REFERENCE = "reference", "参阅"
    BRIEF = "brief", "简讯"


class Numbering(Labelled):
    """How the issues of a publication are counted; supplements (增刊) count for themselves, by the year."""

    YEARLY = "yearly", "按年编号"
    TOTAL = "total", "累计编号"
    BOTH = "both", "按年编号并注总期数"


class RecipientKind(Labelled):
    """Whom a line of the distribution list names."""

    LEADER = "leader", "领导"
    POST = "post", "岗位"
    UNIT = "unit", "单位"
    READER = "reader", "其他读者"


_NAMED_BY = {RecipientKind.LEADER: "person_id", RecipientKind.POST: "role", RecipientKind.UNIT: "unit_id"}
"""Field that says who reads it here; another reader may have paper copies alone."""


class Recipient(Strict):
    """One line of a distribution list. `email`: told by e-mail that an issue is out, never what stands in it."""

    kind: RecipientKind
    name: Name
    copies: int = Field(default=1, ge=0, le=9_999, description="paper copies")
    person_id: UUID | None = None
    role: Role | None = None
    unit_id: UUID | None = None
    email: bool = False

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        allowed = {_NAMED_BY.get(self.kind, "person_id")}
        stated = {name for name in ("person_id", "role", "unit_id") if getattr(self, name) is not None}
        if stated - allowed or (self.kind in _NAMED_BY and not stated):
            wanted = " or ".join(allowed)
            raise ValueError(f"a recipient of kind {self.kind.value} is named by {wanted} and nothing else")
        return self


class SignerRole(Labelled):
    """Who may be a step of a sign-off chain; the responsible leader is the one of the city's own office."""

    EDITOR = Role.EDITOR.value, Role.EDITOR.label
    CHIEF_EDITOR = Role.CHIEF_EDITOR.value, Role.CHIEF_EDITOR.label
    RESPONSIBLE_LEADER = Role.RESPONSIBLE_LEADER.value, "办公厅分管负责人"
    LEADER = Role.LEADER.value, Role.LEADER.label


def _each_once(names: list[str]) -> list[str]:
    if len(set(names)) < len(names):
        raise ValueError("each column has a name of its own")
    return names


class RecordPublication(Strict):
    """Create a publication or change the one with this code. `version` (If-Match): the one seen, 412 if changed since.

    `numbering_from`: first day of another numbering, today when absent, never before. `total_before`: issues that
    were published before this system counted them.
    """

    code: Code
    name: Name
    level: Level = Level.CITY
    columns: Annotated[list[Name], AfterValidator(_each_once)] = Field(default_factory=list, max_length=20)
    kind: PublicationKind = PublicationKind.DAILY_DIGEST
    head_text: Text | None = Field(default=None, max_length=40, description="red head; the name when absent")
    issuing_body: Text | None = Field(default=None, max_length=100, description="who issues it, on the head line")
    numbering: Numbering = Numbering.YEARLY
    numbering_from: date | None = None
    total_before: int = Field(default=0, ge=0, le=1_000_000)
    secrecy: Secrecy = Secrecy.UNCLASSIFIED
    item_limit: int | None = Field(default=None, ge=50, le=50_000, description="characters of one item; a hint")
    distribution: list[Recipient] = Field(default_factory=list, max_length=500)
    sign_off_chain: list[SignerRole] = Field(default_factory=list, max_length=6, description="who signs, in order")
    version: int | None = Field(default=None, ge=0)


class NumberingPeriod(Strict):
    """From which day which numbering holds."""

    valid_from: date
    numbering: Numbering


class Publication(RecordPublication):
    version: int
    numberings: list[NumberingPeriod] = Field(default_factory=list)


class PublicationCode(Strict):
    code: Code


class PublicationPage(Strict):
    items: list[Publication]
    next_cursor: str | None = None


METHODS: dict[str, Method] = {
    "record_publication": command(RecordPublication, Publication, Role.CHIEF_EDITOR),
    "list_publications": query(ListQuery, PublicationPage, *DESK, *OVERSIGHT),
    "get_publication": query(PublicationCode, Publication, *DESK, *OVERSIGHT),
}
