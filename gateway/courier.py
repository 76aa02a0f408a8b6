"""The gateway's courier, `python -m gateway.courier`: relay, projections, receipt progress and the watermark.

One process beside the web workers; they accept without it, and what they accepted waits in the outbox.
"""

from __future__ import annotations

if __name__ == "__main__":
    from kernel.green import patch

    patch()  # before anything that opens a socket or a database is imported

from contracts import topology
from contracts.events.intake import (
    PersonRecorded,
    ReportAcknowledged,
    ReportReclassified,
    ReportRegistered,
    UnitRecorded,
)
from contracts.events.review import ReportAdopted, ReportKept, ReportNotUsed, ReportQueued, ReportReturned, ReportSeen
from contracts.topology import CONSUMES, PUBLISHES
from gateway import directory
from gateway.metrics import FIGURES
from gateway.receipts import progress
from gateway.schedule import SCHEDULE
from kernel.database import Work
from kernel.runner import run
from kernel.service import Event, Service, consumes


class Courier(Service):
    """What the gateway does between requests."""

    name = "gateway"
    publishes = PUBLISHES["gateway"]
    consumes_types = CONSUMES["gateway"]
    schedule = SCHEDULE
    figures = FIGURES

    @consumes(UnitRecorded)
    def keep_unit(self, work: Work, event: Event[UnitRecorded]) -> None:
        directory.keep_unit(work, event)

    @consumes(PersonRecorded)
    def keep_person(self, work: Work, event: Event[PersonRecorded]) -> None:
        directory.keep_person(work, event)

    @consumes(ReportRegistered, batch=True)
    def note_registered(self, work: Work, events: list[Event[ReportRegistered]]) -> None:
        progress.note_registered(work, events)

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

    @consumes(ReportAdopted)
    def note_adopted(self, work: Work, event: Event[ReportAdopted]) -> None:
        progress.note_decision(work, event, "adopted")

    @consumes(ReportKept)
    def note_kept(self, work: Work, event: Event[ReportKept]) -> None:
        progress.note_decision(work, event, "kept")

    @consumes(ReportNotUsed)
    def note_not_used(self, work: Work, event: Event[ReportNotUsed]) -> None:
        progress.note_decision(work, event, "not_used", event.data.reason)


if __name__ == "__main__":
    run(Courier, topology)
