"""Balance of what units report: good news and bad (notice 二(三)), and the channels it comes from (三(三))."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Method, Strict, query
from contracts.rpc.fields import Day
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import UNIT
from contracts.vocabulary import Kind, Labelled, Leaning, ReportState, Role, SourceChannel, UnitClass

ONE_SIDED_FROM = 5
"""Reports of good news from which a unit without bad news is pointed out."""


class Stated(Labelled):
    """Whether a report says it at all."""

    STATED = "stated", "已注明"
    UNSTATED = "unstated", "未注明"


class BalanceQuery(Strict):
    """Reports first received on these days, China time, both ends included; without a day from the first, to the last.

    Counted are registered reports but drills, withdrawn ones and feedback.
    """

    since: Day | None = None
    until: Day | None = None
    unit_id: UUID | None = None
    unit_class: UnitClass | None = Field(default=None, description="class of the unit when it reported")


class UnitBalance(Strict):
    """What one unit reported; after a change of its class a row for each class."""

    unit_id: UUID
    unit_name: str
    """As it is called now."""
    unit_class: UnitClass
    good_news: int
    bad_news: int
    neutral: int
    unstated: int
    reports: int
    adopted: int
    one_sided: bool
    """Five reports of good news or more, and none of bad."""


class ChannelBalance(Strict):
    """What came by one channel; None for reports that name none."""

    channel: SourceChannel | None
    reports: int
    adopted: int


class ReportBalance(Strict):
    units: list[UnitBalance]
    """In the official order; a unit sees itself only."""
    channels: list[ChannelBalance]


class ListBalanced(ListQuery, BalanceQuery):
    """The reports behind a number: the same words as the table's, and what the number counts."""

    leaning: Leaning | None = None
    leaning_said: Stated | None = None
    channel: SourceChannel | None = None
    channel_said: Stated | None = None
    adopted: bool | None = None


class BalancedReport(Strict):
    report_id: UUID
    number: str
    title: str
    unit_id: UUID
    unit_name: str
    kind: Kind
    state: ReportState
    leaning: Leaning | None
    channel: SourceChannel | None
    first_received_at: Instant


class BalancedPage(Strict):
    items: list[BalancedReport]
    next_cursor: str | None = None


_READERS = (*UNIT, Role.EDITOR, Role.CHIEF_EDITOR)

METHODS: dict[str, Method] = {
    "report_balance": query(BalanceQuery, ReportBalance, *_READERS),
    "list_balanced": query(ListBalanced, BalancedPage, *_READERS),
}
