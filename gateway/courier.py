"""The gateway's courier, `python -m gateway.courier`: relay, projections, receipt progress, watermark and webhooks.

One process beside the web workers; they accept without it, and what they accepted waits in the outbox.
"""

from __future__ import annotations

if __name__ == "__main__":
    from kernel.green import patch

    patch()  # before anything that opens a socket or a database is imported

from contracts import topology
from contracts.events.commissions import CommissionIssued, CommissionWithdrawn
from contracts.events.intake import (
    OfferVoided,
    PersonRecorded,
    ReportAcknowledged,
    ReportReclassified,
    ReportRegistered,
    UnitRecorded,
)
from contracts.events.review import (
    AdoptionWithdrawn,
    AssignmentGiven,
    DecisionUndone,
    InstructionGiven,
    ReadingRequested,
    ReportAdopted,
    ReportKept,
    ReportNotUsed,
    ReportPassedUp,
    ReportPreAdopted,
    ReportQueued,
    ReportReturned,
    ReportSeen,
)
from contracts.topology import CONSUMES, PUBLISHES
from gateway import directory
from gateway.metrics import FIGURES
from gateway.receipts import offers, progress
from gateway.schedule import SCHEDULE
from gateway.webhooks import news
from gateway.webhooks.deliveries import deliver_next
from gateway.webhooks.targets import permitted
from kernel.database import Database, Work
from kernel.runner import run
from kernel.service import Event, Service, consumes, consumes_each
from kernel.settings import Settings
from kernel.worker import Worker

WEBHOOK_WORKERS = 4
"""So many systems of units may be slow at the same time before others wait for them."""


class Courier(Service):
    """What the gateway does between requests."""

    name = "gateway"
    publishes = PUBLISHES["gateway"]
    consumes_types = CONSUMES["gateway"]
    schedule = SCHEDULE
    figures = FIGURES

    def __init__(self, settings: Settings, database: Database) -> None:
        super().__init__(settings, database)
        permitted(settings.webhook_hosts)  # a list that cannot be read is told at the start, not at the first call
        self.workers = tuple(Worker("webhooks", self.deliver_news) for _ in range(WEBHOOK_WORKERS))

    def deliver_news(self) -> int:
        return deliver_next(self.database, self.settings)

    @consumes(UnitRecorded)
    def keep_unit(self, work: Work, event: Event[UnitRecorded]) -> None:
        directory.keep_unit(work, event)

    @consumes(PersonRecorded)
    def keep_person(self, work: Work, event: Event[PersonRecorded]) -> None:
        directory.keep_person(work, event)

    @consumes(OfferVoided)
    def note_voided(self, work: Work, event: Event[OfferVoided]) -> None:
        offers.note_voided(work, event)

    @consumes(ReportRegistered, batch=True)
    def note_registered(self, work: Work, events: list[Event[ReportRegistered]]) -> None:
        progress.note_registered(work, events)
        news.tell_registered(work, self.settings.public_url, events)

    @consumes(ReportAcknowledged)
    def note_acknowledged(self, work: Work, event: Event[ReportAcknowledged]) -> None:
        progress.note_acknowledged(work, event)

    @consumes(ReportReclassified)
    def note_reclassified(self, work: Work, event: Event[ReportReclassified]) -> None:
        progress.note_reclassified(work, event)

    @consumes(ReportQueued, batch=True)
    def note_queued(self, work: Work, events: list[Event[ReportQueued]]) -> None:
        progress.note_queued(work, events)

    @consumes(ReportSeen, batch=True)
    def note_seen(self, work: Work, events: list[Event[ReportSeen]]) -> None:
        progress.note_seen(work, events)

    @consumes(ReportReturned)
    def note_returned(self, work: Work, event: Event[ReportReturned]) -> None:
        progress.note_decision(work, event, "returned", event.data.remarks)
        news.tell_decided(work, self.settings.public_url, event, "returned")

    @consumes(ReportAdopted)
    def note_adopted(self, work: Work, event: Event[ReportAdopted]) -> None:
        progress.note_decision(work, event, "adopted")
        news.tell_decided(work, self.settings.public_url, event, "adopted")

    @consumes(ReportKept)
    def note_kept(self, work: Work, event: Event[ReportKept]) -> None:
        progress.note_decision(work, event, "kept")
        news.tell_decided(work, self.settings.public_url, event, "kept")

    @consumes(ReportNotUsed)
    def note_not_used(self, work: Work, event: Event[ReportNotUsed]) -> None:
        progress.note_decision(work, event, "not_used", event.data.reason)
        news.tell_decided(work, self.settings.public_url, event, "not_used")

    @consumes(ReportPreAdopted)
    def note_pre_adopted(self, work: Work, event: Event[ReportPreAdopted]) -> None:
        progress.note_decision(work, event, "pre_adopted")

    @consumes(ReportPassedUp)
    def note_passed_up(self, work: Work, event: Event[ReportPassedUp]) -> None:
        progress.note_decision(work, event, "passed_up")

    @consumes(ReadingRequested)
    def note_for_reading(self, work: Work, event: Event[ReadingRequested]) -> None:
        progress.note_decision(work, event, "for_reading")

    @consumes(AdoptionWithdrawn)
    def note_withdrawn(self, work: Work, event: Event[AdoptionWithdrawn]) -> None:
        progress.note_decision(work, event, None)
        news.tell_decided(work, self.settings.public_url, event, "at_desk")

    @consumes(DecisionUndone)
    def note_undone(self, work: Work, event: Event[DecisionUndone]) -> None:
        progress.note_decision(work, event, None)
        news.tell_decided(work, self.settings.public_url, event, "at_desk")

    @consumes(InstructionGiven)
    def tell_instructed(self, work: Work, event: Event[InstructionGiven]) -> None:
        news.tell_instructed(work, self.settings.public_url, event)

    @consumes(AssignmentGiven)
    def tell_assigned(self, work: Work, event: Event[AssignmentGiven]) -> None:
        news.tell_assigned(work, self.settings.public_url, event)

    @consumes_each(CommissionIssued, CommissionWithdrawn)
    def tell_commissioned(self, work: Work, event: Event[CommissionIssued] | Event[CommissionWithdrawn]) -> None:
        news.tell_commissioned(work, self.settings.public_url, event)


if __name__ == "__main__":
    run(Courier, topology)
