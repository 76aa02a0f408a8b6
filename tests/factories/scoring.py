"""Causes, rulebooks and a scoring office for tests of scoring."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from contracts.events.deadlines import DeadlineMissed, DeadlineReassessed
from contracts.events.intake import UnitRecorded
from contracts.events.review import AdoptionWithdrawn, InstructionGiven, IssuePublished, OutcomeRecorded, PublishedItem
from contracts.vocabulary import (
    DeadlineKind,
    DeadlineOutcome,
    InstructionClass,
    Kind,
    Level,
    Outcome,
    Role,
    Severity,
    UnitClass,
)
from kernel.principal import Principal

NOVEMBER = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


class ScoringFactory:
    """Events as scoring hears them; every method has a happy default and takes what the test is about."""

    @staticmethod
    def unit(unit_id: UUID, name: str, unit_class: UnitClass = UnitClass.BUREAU, **changes: Any) -> UnitRecorded:
        values = {"unit_id": unit_id, "name": name, "unit_class": unit_class, "valid_from": date(2008, 12, 1)}
        return UnitRecorded(**(values | changes))

    @staticmethod
    def item(unit_id: UUID, **changes: Any) -> PublishedItem:
        values = {
            "adoption_id": uuid4(),
            "report_id": uuid4(),
            "receipt_number": "2026-0000001",
            "unit_id": unit_id,
            "unit_class": UnitClass.BUREAU,
            "report_kind": Kind.DEVELOPMENT,
            "item_kind": "item",
            "title": "防汛工作进展",
            "share": Decimal(1),
        }
        return PublishedItem(**(values | changes))

    @staticmethod
    def issue(*items: PublishedItem, **changes: Any) -> IssuePublished:
        values = {
            "issue_id": uuid4(),
            "publication_code": "daily",
            "publication_name": "每日要情",
            "level": Level.CITY,
            "year": 2026,
            "number": 12,
            "published_at": NOVEMBER,
            "items": list(items),
        }
        return IssuePublished(**(values | changes))

    @staticmethod
    def withdrawal(item: PublishedItem, reason: str = "重复刊发") -> AdoptionWithdrawn:
        return AdoptionWithdrawn(
            report_id=item.report_id,
            receipt_number=item.receipt_number,
            unit_id=item.unit_id,
            title=item.title,
            adoption_id=item.adoption_id,
            reason=reason,
        )

    @staticmethod
    def outcome(unit_id: UUID, **changes: Any) -> OutcomeRecorded:
        values = {
            "report_id": uuid4(),
            "receipt_number": "2026-0000001",
            "unit_id": unit_id,
            "title": "防汛工作进展",
            "outcome_id": uuid4(),
            "unit_class": UnitClass.BUREAU,
            "report_kind": Kind.DEVELOPMENT,
            "level": Level.PROVINCE,
            "outcome": Outcome.ADOPTED,
            "happened_at": NOVEMBER,
        }
        return OutcomeRecorded(**(values | changes))

    @staticmethod
    def instruction(issue: IssuePublished, item: PublishedItem, **changes: Any) -> InstructionGiven:
        values = {
            "instruction_id": uuid4(),
            "issue_id": issue.issue_id,
            "report_id": item.report_id,
            "unit_id": item.unit_id,
            "unit_class": item.unit_class,
            "report_kind": item.report_kind,
            "level": Level.CITY,
            "leader": "王市长",
            "text": "请水利局抓好落实。",
            "instruction_class": InstructionClass.FOR_ACTION,
            "given_at": NOVEMBER,
        }
        return InstructionGiven(**(values | changes))

    @staticmethod
    def missed(unit_id: UUID, **changes: Any) -> DeadlineMissed:
        return DeadlineMissed(**(_deadline(unit_id) | {"decided_at": NOVEMBER} | changes))

    @staticmethod
    def reassessed(missed: DeadlineMissed, outcome: DeadlineOutcome = DeadlineOutcome.MET) -> DeadlineReassessed:
        values = missed.model_dump(exclude={"decided_at"})
        return DeadlineReassessed(
            **values,
            old_outcome=DeadlineOutcome.MISSED,
            new_outcome=outcome,
            old_due_at=missed.due_at,
            reason="经核实发生时间更正",
        )


def _deadline(unit_id: UUID) -> dict[str, Any]:
    return {
        "deadline_id": uuid4(),
        "kind": DeadlineKind.URGENT_REPORT,
        "subject_id": uuid4(),
        "unit_id": unit_id,
        "unit_class": UnitClass.BUREAU,
        "severity": Severity.LARGER,
        "title": "化工厂火情",
        "started_at": NOVEMBER,
        "due_at": NOVEMBER,
        "rule": "urgent",
        "rule_version": "2008-1",
        "explanation_zh": "自发生起3小时",
        "explanation_en": "3 hours from occurrence",
    }


def person(*roles: Role, unit_id: UUID | None = None, name: str = "李编辑") -> Principal:
    return Principal(str(uuid4()), name, unit_id, frozenset(roles))
