"""Notify's table of contents: what it answers, what it consumes, what it sends."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from pydantic import BaseModel

from contracts.events import commissions, guidance, intake, issues, research, review, scoring, supervision
from contracts.events.deadlines import DeadlineApproaching, DeadlineMissed, DeadlineReassessed
from contracts.events.evidence import CheckpointDeclared
from contracts.rpc import notify as rpc
from contracts.rpc import secrecy as secrecy_rpc
from contracts.rpc.intake import ReportId
from contracts.rpc.paging import Done
from contracts.rpc.refused_attempts import RefusedAttemptPage
from contracts.services import RPC
from contracts.topology import CONSUMES, PUBLISHES
from contracts.vocabulary import Channel
from kernel.audit.attempts import told_as
from kernel.database import Database, Work
from kernel.principal import system_principal
from kernel.service import Event, Reading, Service, answers, command, consumes, consumes_each, query
from kernel.settings import Settings
from kernel.worker import Worker
from services.notify import acknowledgement_waits, duty_shifts, messages, secrecy
from services.notify.channels.drivers import drivers_from
from services.notify.deliveries.sending import deliver_next
from services.notify.metrics import FIGURES
from services.notify.nouns import NOUNS
from services.notify.queries import contacts as read_contacts
from services.notify.queries import duty_shifts as read_duty_shifts
from services.notify.queries import messages as read_messages
from services.notify.queries import secrecy as read_secrecy
from services.notify.recipients import contacts
from services.notify.schedule import SCHEDULE, calls_every


class NotifyService(Service):
    """Tells people by e-mail and SMS (R26)."""

    name = "notify"
    methods = RPC["notify"]
    publishes = PUBLISHES["notify"]
    consumes_types = CONSUMES["notify"]
    schedule = SCHEDULE
    figures = FIGURES
    nouns = NOUNS

    def __init__(self, settings: Settings, database: Database) -> None:
        super().__init__(settings, database)
        self.pause = timedelta(minutes=settings.acknowledgement_minutes)
        self.public_url = settings.public_url
        self.schedule = (*SCHEDULE, calls_every(self.pause, self.public_url))
        self.drivers = drivers_from(settings)
        self.workers = tuple(Worker(f"deliver {channel}", partial(self.deliver, channel)) for channel in Channel)

    def deliver(self, channel: Channel) -> int:
        return deliver_next(self.database, channel, self.drivers[channel], system_principal(self.name))

    @command
    def record_contact(self, work: Work, request: rpc.RecordContact) -> rpc.Contact:
        return contacts.record_contact(work, request)

    @query
    def get_contact(self, reading: Reading, request: rpc.ContactOf) -> rpc.Contact:
        return read_contacts.get_contact(reading, request)

    @command
    def retry_delivery(self, work: Work, request: rpc.RetryDelivery) -> rpc.Delivery:
        return messages.retry_delivery(work, request)

    @query
    def list_messages(self, reading: Reading, request: rpc.ListMessages) -> rpc.MessagePage:
        return read_messages.list_messages(reading, request)

    @query
    def list_told(self, reading: Reading, request: ReportId) -> secrecy_rpc.ToldPeople:
        return read_secrecy.list_told(reading, request)

    @command
    def record_duty_shift(self, work: Work, request: rpc.RecordDutyShift) -> rpc.DutyShift:
        return duty_shifts.record_duty_shift(work, request)

    @command
    def remove_duty_shift(self, work: Work, request: rpc.RemoveDutyShift) -> Done:
        return duty_shifts.remove_duty_shift(work, request)

    @query
    def list_duty_shifts(self, reading: Reading, request: rpc.ListDutyShifts) -> rpc.DutyShiftPage:
        return read_duty_shifts.list_duty_shifts(reading, request)

    @query
    def list_duty_officers(self, reading: Reading, request: rpc.ListDutyOfficers) -> rpc.DutyOfficers:
        return read_duty_shifts.list_duty_officers(reading, request)

    @consumes(intake.ReportRegistered)
    def call_duty_officer(self, work: Work, event: Event[intake.ReportRegistered]) -> None:
        self.tell_people(work, event)
        acknowledgement_waits.begin_wait(work, event.data, self.pause, self.public_url)

    @consumes(intake.ReportReclassified)
    def withhold_messages(self, work: Work, event: Event[intake.ReportReclassified]) -> None:
        secrecy.withhold_messages(work, event.data)
        self.tell_people(work, event)

    @consumes(intake.ReportAcknowledged)
    def end_wait(self, work: Work, event: Event[intake.ReportAcknowledged]) -> None:
        acknowledgement_waits.end_wait(work, event.data.report_id, event.data.acknowledged_at)

    @consumes(intake.ReportWithdrawn)
    def end_wait_for_withdrawn(self, work: Work, event: Event[intake.ReportWithdrawn]) -> None:
        acknowledgement_waits.end_wait(work, event.data.report_id, event.data.received_at)
        self.tell_people(work, event)

    list_refused_attempts = answers(told_as(RefusedAttemptPage))

    @consumes(intake.PersonRecorded)
    def project_person(self, work: Work, event: Event[intake.PersonRecorded]) -> None:
        contacts.project_person(work, event.data.person_id, event.version, event.data.model_dump(mode="json"))

    @consumes_each(
        intake.DraftOffered,
        intake.EndorsementRequested,
        intake.DraftEndorsed,
        intake.DraftReturned,
        intake.ChainClosed,
        intake.LatenessDecided,
        intake.ReportCorrected,
        review.AmendmentReceived,
        review.FindingProposed,
        review.FindingConfirmed,
        review.FindingDropped,
        review.ReportReturned,
        review.ReportAdopted,
        review.AdoptionWithdrawn,
        review.DecisionUndone,
        review.ReportHandedOver,
        review.ReadingRequested,
        review.IssuePublished,
        review.IssueWithdrawn,
        issues.IssueItemWithdrawn,
        review.AssignmentGiven,
        review.FeedbackAccepted,
        review.FeedbackReturned,
        review.FeedbackFlagged,
        review.AssignmentEscalated,
        supervision.NoticeIssued,
        supervision.OfficeStepMissed,
        review.ExtensionAsked,
        review.ExtensionGranted,
        review.ExtensionRefused,
        DeadlineApproaching,
        DeadlineMissed,
        DeadlineReassessed,
        commissions.CommissionIssued,
        commissions.CommissionWithdrawn,
        commissions.CommissionExcused,
        guidance.GuidanceIssued,
        research.ResearchProjectStarted,
        research.ResearchProjectChanged,
        scoring.BulletinIssued,
        CheckpointDeclared,
    )
    def tell_people(self, work: Work, event: Event[BaseModel]) -> None:
        data = event.data.model_dump(mode="json")
        messages.tell_people(work, event.type, event.id, data, self.public_url)
