"""A scoring service on a database of its own, spoken to in the words of the field."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from contracts.rpc import scoring as rpc
from contracts.rpc.paging import ListQuery
from contracts.vocabulary import Role
from kernel.database import Emitted
from kernel.principal import Principal
from kernel.testing import ServiceHarness, SettableClock
from services.scoring.queries.ledger import ledger_sums, recomputed_sums
from services.scoring.service import ScoringService
from tests.factories.scoring import ScoringFactory, person

SIX = """
place: 某市
version: six
valid_from: 2026-01-01
adoption: [{level: city, points: 6}]
outcome: [{level: province, points: 20}]
instruction: [{level: city, points: 5}]
deduction: [{event: urgent report late, points: -10}]
"""
EIGHT = SIX.replace("six", "eight").replace("points: 6", "points: 8").replace("2026-01-01", "2027-01-01")

CHIEF_EDITOR = person(Role.CHIEF_EDITOR, name="陈总编")
SCORING_OFFICER = person(Role.SCORING_OFFICER, name="计分员")


class ScoringOffice:
    """`water`, `police` and `civil` are units it knows; scored by six points an adoption."""

    def __init__(self, database_url: str, rules: str | None = SIX) -> None:
        self.harness = ServiceHarness(ScoringService, database_url, SettableClock())
        self.clock = self.harness.clock
        self.water, self.police, self.civil = (UUID(int=number) for number in (1, 2, 3))
        for unit_id, name in ((self.water, "水利局"), (self.police, "公安局"), (self.civil, "民政局")):
            self.hear(ScoringFactory.unit(unit_id, name))
        if rules:
            self.record_rules(rules)

    def hear(self, data: Emitted, version: int = 1) -> None:
        self.harness.deliver(data, uuid4(), version)

    def record_rules(self, text: str) -> rpc.Rules:
        reply: rpc.Rules = self.harness.call("record_rules", rpc.RecordRules(text=text), SCORING_OFFICER)
        return reply

    def adopt(self, unit_id: UUID, **issue_changes: Any) -> Any:
        """Publish one report of the unit; returns its item."""
        item = ScoringFactory.item(unit_id)
        self.hear(ScoringFactory.issue(item, **issue_changes))
        return item

    def issue(self, period: str, principal: Principal = CHIEF_EDITOR) -> rpc.Bulletin:
        reply: rpc.Bulletin = self.harness.call("issue_bulletin", rpc.PeriodQuery(period=period), principal)
        return reply

    def compute(self, period: str) -> rpc.Bulletin:
        reply: rpc.Bulletin = self.harness.call("compute_bulletin", rpc.PeriodQuery(period=period), CHIEF_EDITOR)
        return reply

    def points(self, period: str) -> dict[str, Decimal]:
        """Points by unit name as a bulletin of the period would say now."""
        return {line.unit_name: line.points for line in self.compute(period).lines if line.points}

    def ledger(self, principal: Principal = CHIEF_EDITOR, **query: Any) -> list[rpc.LedgerEntry]:
        """Newest first."""
        page: rpc.LedgerPage = self.harness.call("list_ledger", rpc.ListLedger(**query), principal)
        return page.items

    def rules(self) -> list[str]:
        page: rpc.RulesPage = self.harness.call("list_rules", ListQuery(), CHIEF_EDITOR)
        return [one.version for one in page.items]

    def file(self, period: str, kind: str) -> rpc.File:
        reply: rpc.File = self.harness.call(
            "get_bulletin_file", rpc.BulletinFile(period=period, format=kind), CHIEF_EDITOR
        )
        return reply

    def sums(self) -> tuple[dict[Any, Decimal], dict[Any, Decimal]]:
        """What the ledger says, and what causes and rules say."""
        with self.harness.database.reading() as session:
            return ledger_sums(session), recomputed_sums(session)

    def close(self) -> None:
        self.harness.close()


__all__ = ["CHIEF_EDITOR", "EIGHT", "SCORING_OFFICER", "SIX", "ScoringOffice"]
