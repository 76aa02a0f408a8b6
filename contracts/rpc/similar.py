"""What intake answers on reports that are like another text (notice 二(一), 二(二)).

A unit learns of other units' reports only that there is one, of whom and when (access.md 3); the city's editors see
both texts.
"""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Method, Strict, Text, query
from contracts.rpc.roles import UNIT
from contracts.vocabulary import Kind, ReportState, Role


class SimilarToText(Strict):
    """A text being written, as far as it is; `report_id` and `follows_report_id` as in the content."""

    kind: Kind
    title: Text = Field(default="", max_length=200)
    body: Text = Field(default="", max_length=50_000)
    drill: bool = False
    report_id: UUID | None = None
    follows_report_id: UUID | None = None


class SimilarHint(Strict):
    """A registered report like the text, alike first; which one it is, is told of the reader's own unit only."""

    unit_name: str
    own: bool
    received_at: Instant
    minutes: int = Field(description="whole minutes between its first receipt and now")
    percent: int = Field(description="likeness, of 100")
    report_id: UUID | None
    number: str | None
    title: str | None


class SimilarHints(Strict):
    items: list[SimilarHint]


class SimilarReportsQuery(Strict):
    report_id: UUID


class Span(Strict):
    """Characters `begin` to before `end` of a text, counted in code points."""

    begin: int
    end: int


class EqualSentence(Strict):
    """A sentence that stands in both texts, punctuation aside."""

    here: Span
    there: Span


class SimilarReport(Strict):
    """Another report like the one asked about."""

    report_id: UUID
    number: str
    unit_name: str
    kind: Kind
    state: ReportState
    title: str
    received_at: Instant
    minutes: int = Field(description="whole minutes that its first receipt came after the other's; negative: before")
    percent: int = Field(description="likeness, of 100")
    incident_id: UUID | None
    """The incident that it was joined to, of a first report."""
    equal: list[EqualSentence]


class SimilarReports(Strict):
    """Alike first; at most 10."""

    items: list[SimilarReport]


class SimilarAmong(Strict):
    """Reports of one page of a list."""

    report_ids: list[UUID] = Field(max_length=200)


class SimilarGroups(Strict):
    """Reports of the page that are alike, two or more in a group, in the order of the page."""

    groups: list[list[UUID]]


METHODS: dict[str, Method] = {
    "similar_to_text": query(SimilarToText, SimilarHints, *UNIT),
    "similar_reports": query(SimilarReportsQuery, SimilarReports, Role.EDITOR, Role.CHIEF_EDITOR),
    "similar_among": query(SimilarAmong, SimilarGroups, Role.EDITOR, Role.CHIEF_EDITOR),
}
