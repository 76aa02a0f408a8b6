"""What a report on the desk answers: commissions and points of guidance, as its versions name them (R18, R03)."""

from __future__ import annotations

from uuid import UUID

from contracts.model import Method, Strict, query
from contracts.rpc.commissions import Quality
from contracts.rpc.roles import DESK
from contracts.vocabulary import Labelled


class AnswerStanding(Labelled):
    """Whether a report that names a commission counts for it."""

    COUNTED = "counted", "计入"
    SURPLUS = "surplus", "约稿撤回后报来，不计"
    UNMATCHED = "unmatched", "没有这项约稿，不计"
    FOREIGN = "foreign", "约稿未下达该单位，不计"


class AnsweredCommission(Strict):
    commission_id: UUID
    standing: AnswerStanding
    subject: str | None
    """None where there is no such commission here (yet)."""
    task_id: UUID | None
    """The unit's part; None where nothing is asked of it."""
    quality: Quality | None


class AnsweredPoint(Strict):
    guidance_id: UUID
    title: str
    """Of the guidance."""
    point_id: UUID
    number: int
    text: str
    addressed: bool
    """Whether the guidance was issued to the report's unit: else it is counted nowhere."""


class Answered(Strict):
    commissions: list[AnsweredCommission]
    points: list[AnsweredPoint]


class AskAnswered(Strict):
    report_id: UUID


METHODS: dict[str, Method] = {"answered_by_report": query(AskAnswered, Answered, *DESK)}
