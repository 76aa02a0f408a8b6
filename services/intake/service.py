"""Intake: directory of units and people, drafts and their sign-off, registered reports, the urgent clock."""

from __future__ import annotations

from contracts.events.gateway import ReportAccepted, WatermarkAdvanced
from contracts.events.review import (
    AdoptionWithdrawn,
    ReportAdopted,
    ReportKept,
    ReportNotUsed,
    ReportQueued,
    ReportReturned,
)
from contracts.rpc import amendments as amendment_rpc
from contracts.rpc import chains as chain_rpc
from contracts.rpc import deadlines as deadline_rpc
from contracts.rpc import directory as directory_rpc
from contracts.rpc import drafts as drafts_rpc
from contracts.rpc import incidents as incident_rpc
from contracts.rpc import intake as intake_rpc
from contracts.rpc import secrecy as secrecy_rpc
from contracts.rpc import urgent as urgent_rpc
from contracts.services import RPC
from contracts.topology import CONSUMES, PUBLISHES
from kernel.database import Database, Work
from kernel.service import Event, Reading, Service, command, consumes, query
from kernel.settings import Settings
from services.intake import (
    acknowledgement,
    chains,
    directory,
    drafts,
    incidents,
    lateness,
    occurrences,
    pre_reports,
    reports,
    secrecy,
    watermark,
)
from services.intake.metrics import FIGURES
from services.intake.model.chain_contents import chain_contents
from services.intake.model.follow_up_limits import follow_up_limits
from services.intake.model.severity import severity_rules
from services.intake.model.time_limits import use_time_limits
from services.intake.queries import amendments as amendment_lists
from services.intake.queries import chains as chain_lists
from services.intake.queries import deadlines as deadline_lists
from services.intake.queries import directory as directory_lists
from services.intake.queries import drafts as draft_lists
from services.intake.queries import incidents as incident_lists
from services.intake.queries import occurrences as occurrence_lists
from services.intake.queries import pre_reports as pre_report_lists
from services.intake.queries import reports as report_lists
from services.intake.queries import secrecy as secrecy_lists
from services.intake.queries import severity
from services.intake.schedule import SCHEDULE


class IntakeService(Service):
    name = "intake"
    methods = RPC["intake"]
    publishes = PUBLISHES["intake"]
    consumes_types = CONSUMES["intake"]
    schedule = SCHEDULE
    figures = FIGURES

    def __init__(self, settings: Settings, database: Database) -> None:
        super().__init__(settings, database)
        use_time_limits(settings.time_limits_file)  # a wrong file of rules ends the start, not the first urgent report
        severity_rules()
        chain_contents()
        follow_up_limits()

    # Directory

    @command
    def record_unit(self, work: Work, request: directory_rpc.RecordUnit) -> directory_rpc.Unit:
        return directory.record_unit(work, request)

    @command
    def record_person(self, work: Work, request: directory_rpc.RecordPerson) -> directory_rpc.Person:
        return directory.record_person(work, request)

    @query
    def list_units(self, reading: Reading, request: directory_rpc.ListUnits) -> directory_rpc.UnitPage:
        return directory_lists.list_units(reading, request)

    @query
    def list_people(self, reading: Reading, request: directory_rpc.ListPeople) -> directory_rpc.PersonPage:
        return directory_lists.list_people(reading, request)

    # Drafts

    @command
    def save_draft(self, work: Work, request: drafts_rpc.SaveDraft) -> drafts_rpc.Draft:
        return drafts.save_draft(work, request)

    @command
    def offer_draft(self, work: Work, request: drafts_rpc.OfferDraft) -> drafts_rpc.Draft:
        return drafts.offer_draft(work, request, self.keyring.seal)

    @command
    def return_draft(self, work: Work, request: drafts_rpc.ReturnDraft) -> drafts_rpc.Draft:
        return drafts.return_draft(work, request)

    @command
    def drop_draft(self, work: Work, request: drafts_rpc.DraftId) -> drafts_rpc.Draft:
        return drafts.drop_draft(work, request)

    @query
    def get_draft(self, reading: Reading, request: drafts_rpc.DraftId) -> drafts_rpc.Draft:
        return draft_lists.get_draft(reading, request)

    @query
    def list_drafts(self, reading: Reading, request: drafts_rpc.ListDrafts) -> drafts_rpc.DraftPage:
        return draft_lists.list_drafts(reading, request)

    # Reports

    @query
    def list_reports(self, reading: Reading, request: intake_rpc.ListReports) -> intake_rpc.ReportPage:
        return report_lists.list_reports(reading, request)

    @query
    def get_report(self, reading: Reading, request: intake_rpc.ReportId) -> intake_rpc.Report:
        return report_lists.get_report(reading, request)

    @query
    def get_occurrence(
        self, reading: Reading, request: urgent_rpc.ReportOccurrenceQuery
    ) -> urgent_rpc.ReportOccurrence:
        return occurrence_lists.get_occurrence(reading, request)

    @command
    def correct_occurrence(
        self, work: Work, request: urgent_rpc.CorrectOccurrence
    ) -> urgent_rpc.ReportOccurrence:
        return occurrences.correct_occurrence(work, request)

    @command
    def rule_occurrence(self, work: Work, request: urgent_rpc.RuleOccurrence) -> urgent_rpc.ReportOccurrence:
        return occurrences.rule_occurrence(work, request)

    @command
    def record_pre_report(self, work: Work, request: urgent_rpc.RecordPreReport) -> urgent_rpc.PreReport:
        return pre_reports.record_pre_report(work, request)

    @query
    def get_pre_report(self, reading: Reading, request: urgent_rpc.PreReportId) -> urgent_rpc.PreReport:
        return pre_report_lists.get_pre_report(reading, request)

    @query
    def list_pre_reports(self, reading: Reading, request: urgent_rpc.ListPreReports) -> urgent_rpc.PreReportPage:
        return pre_report_lists.list_pre_reports(reading, request)

    @query
    def occurrence_heaping(self, reading: Reading, request: urgent_rpc.HeapingQuery) -> urgent_rpc.HeapingTable:
        return occurrence_lists.occurrence_heaping(reading, request)

    @command
    def acknowledge_report(self, work: Work, request: intake_rpc.ReportId) -> intake_rpc.Report:
        return acknowledgement.acknowledge_report(work, request)

    @query
    def get_chain(self, reading: Reading, request: intake_rpc.ReportId) -> chain_rpc.Chain:
        return chain_lists.get_chain(reading, request)

    @command
    def close_chain(self, work: Work, request: intake_rpc.ReportId) -> chain_rpc.Chain:
        return chains.close_chain(work, request)

    @consumes(ReportAccepted, batch=True)
    def register_reports(self, work: Work, events: list[Event[ReportAccepted]]) -> None:
        reports.register_reports(work, events)

    @consumes(WatermarkAdvanced)
    def hear_watermark(self, work: Work, event: Event[WatermarkAdvanced]) -> None:
        watermark.hear_watermark(work, event.data)

    @consumes(ReportQueued)
    def show_queued(self, work: Work, event: Event[ReportQueued]) -> None:
        reports.follow_desk(work, event)

    @consumes(ReportReturned)
    def show_returned(self, work: Work, event: Event[ReportReturned]) -> None:
        reports.follow_desk(work, event)

    @consumes(ReportAdopted)
    def show_adopted(self, work: Work, event: Event[ReportAdopted]) -> None:
        reports.follow_desk(work, event)

    @consumes(ReportKept)
    def show_kept(self, work: Work, event: Event[ReportKept]) -> None:
        reports.follow_desk(work, event)

    @consumes(ReportNotUsed)
    def show_not_used(self, work: Work, event: Event[ReportNotUsed]) -> None:
        reports.follow_desk(work, event)

    @consumes(AdoptionWithdrawn)
    def show_withdrawn(self, work: Work, event: Event[AdoptionWithdrawn]) -> None:
        reports.follow_desk(work, event)

    @query
    def propose_severity(self, reading: Reading, request: urgent_rpc.ProposeSeverity) -> urgent_rpc.SeverityProposal:
        return severity.propose_severity(reading, request)

    # Corrections and withdrawals

    @query
    def list_amendments(self, reading: Reading, request: intake_rpc.ReportId) -> amendment_rpc.Amendments:
        return amendment_lists.list_amendments(reading, request)

    # A wrong secrecy class

    @command
    def raise_secrecy(self, work: Work, request: secrecy_rpc.RaiseSecrecy) -> secrecy_rpc.Reclassification:
        return secrecy.raise_secrecy(work, request)

    @query
    def get_reclassification(self, reading: Reading, request: intake_rpc.ReportId) -> secrecy_rpc.Reclassification:
        return secrecy_lists.get_reclassification(reading, request)

    # Incidents

    @command
    def open_incident(self, work: Work, request: incident_rpc.OpenIncident) -> incident_rpc.IncidentRecord:
        return incidents.open_incident(work, request)

    @command
    def join_incident(self, work: Work, request: incident_rpc.JoinIncident) -> incident_rpc.IncidentRecord:
        return incidents.join_incident(work, request)

    @command
    def leave_incident(self, work: Work, request: incident_rpc.LeaveIncident) -> incident_rpc.IncidentRecord:
        return incidents.leave_incident(work, request)

    @query
    def list_incidents(self, reading: Reading, request: incident_rpc.ListIncidents) -> incident_rpc.IncidentPage:
        return incident_lists.list_incidents(reading, request)

    @query
    def get_incident(self, reading: Reading, request: incident_rpc.IncidentId) -> incident_rpc.IncidentRecord:
        return incident_lists.get_incident(reading, request)

    # Deadlines

    @query
    def list_deadlines(self, reading: Reading, request: deadline_rpc.ListDeadlines) -> deadline_rpc.DeadlinePage:
        return deadline_lists.list_deadlines(reading, request)

    @query
    def get_deadline(self, reading: Reading, request: deadline_rpc.DeadlineId) -> deadline_rpc.LateCase:
        return deadline_lists.get_deadline(reading, request)

    @command
    def explain_lateness(self, work: Work, request: deadline_rpc.ExplainLateness) -> deadline_rpc.LateCase:
        return lateness.explain_lateness(work, request)

    @command
    def decide_lateness(self, work: Work, request: deadline_rpc.DecideLateness) -> deadline_rpc.LateCase:
        return lateness.decide_lateness(work, request)

    @query
    def unit_timeliness(self, reading: Reading, request: deadline_rpc.Deadlines) -> deadline_rpc.UnitTimelinessTable:
        return deadline_lists.unit_timeliness(reading, request)

    @query
    def urgent_timeliness(
        self, reading: Reading, request: deadline_rpc.TimelinessQuery
    ) -> deadline_rpc.TimelinessTable:
        return deadline_lists.urgent_timeliness(reading, request)
