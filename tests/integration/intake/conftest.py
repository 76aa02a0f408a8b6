"""One running intake with two units in its directory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Table

from contracts.events.gateway import ReportAccepted, WatermarkAdvanced
from contracts.model import EventData
from contracts.rpc import drafts as drafts_rpc
from contracts.rpc import intake as intake_rpc
from contracts.rpc.content import Content
from contracts.rpc.deadlines import Deadline, ListDeadlines
from contracts.vocabulary import DeadlineKind, Role
from deploy.postgres import EmbeddedPostgres
from kernel.ids import new_id
from kernel.outbox import kernel_metadata
from kernel.parking import discard_held
from kernel.principal import Principal
from kernel.testing import ServiceHarness, SettableClock
from services.intake.model.base import intake_metadata
from services.intake.service import IntakeService
from tests.factories.intake import OCCURRED, PersonFactory, UnitFactory

SWEEP = "remind of urgent reports and decide what was missed"
SWEEP_FOLLOW_UPS = "remind of follow-ups and decide what was missed"


@dataclass
class Office:
    """Intake as its tests speak of it."""

    harness: ServiceHarness
    clock: SettableClock

    def open(self) -> None:
        """Begin anew: empty tables, two units, five minutes after the occurrence."""
        with self.harness.database.engine.begin() as connection:
            for table in _emptied():
                connection.execute(table.delete())
        self.clock.at = OCCURRED + timedelta(minutes=5)
        for unit in (UnitFactory.district(), UnitFactory.bureau()):
            self.call("record_unit", unit, PersonFactory.administrator())

    def call(self, method: str, request: Any, who: Principal) -> Any:
        return self.harness.call(method, request, who)

    def save(
        self, content: Content, who: Principal, draft_id: UUID | None = None, version: int | None = None
    ) -> drafts_rpc.Draft:
        request = drafts_rpc.SaveDraft(draft_id=draft_id or new_id(), version=version, content=content)
        draft: drafts_rpc.Draft = self.call("save_draft", request, who)
        return draft

    def offer(self, draft: drafts_rpc.Draft, who: Principal) -> drafts_rpc.Draft:
        request = drafts_rpc.OfferDraft(draft_id=draft.draft_id, version=draft.version)
        offered: drafts_rpc.Draft = self.call("offer_draft", request, who)
        return offered

    def draft(self, draft_id: UUID, who: Principal) -> drafts_rpc.Draft:
        draft: drafts_rpc.Draft = self.call("get_draft", drafts_rpc.DraftId(draft_id=draft_id), who)
        return draft

    def report(self, report_id: UUID, who: Principal) -> intake_rpc.Report:
        report: intake_rpc.Report = self.call("get_report", intake_rpc.ReportId(report_id=report_id), who)
        return report

    def deadlines(
        self, who: Principal, kind: DeadlineKind = DeadlineKind.URGENT_REPORT, **filters: Any
    ) -> list[Deadline]:
        items: list[Deadline] = self.call("list_deadlines", ListDeadlines(kind=kind, **filters), who).items
        return items

    def accept(self, *accepted: ReportAccepted) -> None:
        for each in accepted:
            self.harness.deliver(each, each.report_id, each.version)

    def watermark(self, up_to: datetime, accepted_total: int) -> None:
        self.harness.deliver(WatermarkAdvanced(up_to=up_to, accepted_total=accepted_total), "watermark")

    def discard_parked(self) -> None:
        """An operator and a second person give up the one parked event."""
        (parked,) = [row for row in self.harness.held() if row.state == "parked"]
        operator = PersonFactory.of_the_city(Role.OPERATOR)
        with self.harness.database.work(operator) as work:
            discard_held(work, parked.id, reason="重复录入", second_person_id=new_id())
        self.harness.run_job("advance the watermark")

    def sweep_at(self, instant: datetime) -> None:
        self.clock.at = instant
        self.harness.run_job(SWEEP)

    def sweep_follow_ups_at(self, instant: datetime) -> None:
        self.clock.at = instant
        self.harness.run_job(SWEEP_FOLLOW_UPS)

    def told(self, event: type[EventData]) -> list[Any]:
        """Data of the events of this type written so far."""
        return [each.data for each in self.harness.outbox(event)]


def _emptied() -> list[Table]:
    """Every table but the evidence, which only ever grows; DELETE, as TRUNCATE waits for the disk at each table."""
    tables = [*kernel_metadata.sorted_tables, *intake_metadata.sorted_tables]
    return [table for table in reversed(tables) if not table.name.startswith("evidence")]


@pytest.fixture(scope="session")
def intake(postgres: EmbeddedPostgres) -> Iterator[ServiceHarness]:
    """One intake for all tests here: making a database takes longer than most of them."""
    harness = ServiceHarness(IntakeService, postgres.create_database("intake_office", owner="test_intake"))
    yield harness
    harness.close()


@pytest.fixture
def office(intake: ServiceHarness) -> Office:
    """Intake with nothing in it but two units, five minutes after the occurrence."""
    office = Office(intake, intake.clock)
    office.open()
    return office
