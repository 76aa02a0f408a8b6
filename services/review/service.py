"""What the city's desk does: its commands, queries, consumed events, timed work and figures."""

from __future__ import annotations

from contracts.events.intake import RegistrationAdvanced, ReportReclassified, ReportRegistered, UnitRecorded
from contracts.rpc import findings as finding_rpc
from contracts.rpc import instructions as instruction_rpc
from contracts.rpc import issues as issue_rpc
from contracts.rpc import supervision as supervision_rpc
from contracts.rpc.scoring import File
from contracts.services import RPC
from contracts.topology import CONSUMES, PUBLISHES
from kernel.database import Database, Work
from kernel.deadlines.calendar import WorkingCalendar
from kernel.service import Event, Reading, Service, answers, carries_out, command, consumes, query
from kernel.settings import Settings
from services.review import (
    amendments,
    assignments,
    desk,
    documents,
    extensions,
    findings,
    instructions,
    issues,
    outcomes,
    publications,
    registration,
    secrecy,
    units,
)
from services.review.metrics import FIGURES
from services.review.queries import amendments as amendment_queries
from services.review.queries import assignments as assignment_queries
from services.review.queries import desk as desk_queries
from services.review.queries import findings as finding_queries
from services.review.queries import instructions as instruction_queries
from services.review.queries import issues as issue_queries
from services.review.queries import notices, supervision, timeliness
from services.review.queries import publications as publication_queries
from services.review.schedule import SCHEDULE


class ReviewService(Service):
    """The city's desk."""

    name = "review"
    methods = RPC["review"]
    publishes = PUBLISHES["review"]
    consumes_types = CONSUMES["review"]
    schedule = SCHEDULE
    figures = FIGURES

    def __init__(self, settings: Settings, database: Database) -> None:
        super().__init__(settings, database)
        self.calendar = WorkingCalendar.load(settings.calendar_dir)

    # Events of intake

    @consumes(UnitRecorded)
    def record_unit(self, work: Work, event: Event[UnitRecorded]) -> None:
        units.record_unit(work, event)

    @consumes(ReportRegistered)
    def take_document(self, work: Work, event: Event[ReportRegistered]) -> None:
        documents.take_document(work, event)

    @consumes(ReportReclassified)
    def follow_reclassification(self, work: Work, event: Event[ReportReclassified]) -> None:
        secrecy.follow_reclassification(work, event.data)

    @consumes(RegistrationAdvanced)
    def advance_registration(self, work: Work, event: Event[RegistrationAdvanced]) -> None:
        registration.advance_registration(work, event)

    # Desk

    list_queue = answers(desk_queries.list_queue)
    get_desk_item = answers(desk_queries.get_desk_item)
    open_desk_item = carries_out(desk.open_desk_item)
    claim_report = carries_out(desk.claim_report)
    release_report = carries_out(desk.release_report)
    return_report = carries_out(desk.return_report)
    keep_report = carries_out(desk.keep_report)
    decline_report = carries_out(desk.decline_report)
    adopt_report = carries_out(desk.adopt_report)
    withdraw_adoption = carries_out(desk.withdraw_adoption)
    record_outcome = carries_out(outcomes.record_outcome)

    # Corrections and withdrawals after publication

    list_amended_publications = answers(amendment_queries.list_amended_publications)
    decide_amended = carries_out(amendments.decide_amended)

    # Findings

    @command
    def propose_finding(self, work: Work, request: finding_rpc.ProposeFinding) -> finding_rpc.Finding:
        return findings.propose_finding(work, request, self.settings.finding_reply_working_days)

    reply_to_finding = carries_out(findings.reply_to_finding)
    decide_finding = carries_out(findings.decide_finding)
    list_findings = answers(finding_queries.list_findings)
    get_finding = answers(finding_queries.get_finding)

    # Publications and issues

    record_publication = carries_out(publications.record_publication)
    list_publications = answers(publication_queries.list_publications)
    open_issue = carries_out(issues.open_issue)
    get_issue = answers(issue_queries.get_issue)
    list_issues = answers(issue_queries.list_issues)

    @command
    def publish_issue(self, work: Work, request: issue_rpc.PublishIssue) -> issue_rpc.Issue:
        return issues.publish_issue(work, request, self.keyring)

    # Instructions and assignments

    @command
    def record_instruction(self, work: Work, request: instruction_rpc.RecordInstruction) -> instruction_rpc.Instruction:
        return instructions.record_instruction(work, request, self.calendar)

    @command
    def confirm_instruction(
        self, work: Work, request: instruction_rpc.ConfirmInstruction
    ) -> instruction_rpc.Instruction:
        return instructions.confirm_instruction(work, request, self.calendar)

    withdraw_instruction = carries_out(instructions.withdraw_instruction)
    present_instruction = carries_out(instructions.present_instruction)
    get_instruction = answers(instruction_queries.get_instruction)
    list_instructions = answers(instruction_queries.list_instructions)
    close_instruction = carries_out(instructions.close_instruction)
    list_assignments = answers(assignment_queries.list_assignments)
    get_assignment = answers(assignment_queries.get_assignment)
    receive_assignment = carries_out(assignments.receive_assignment)
    accept_feedback = carries_out(assignments.accept_feedback)

    @command
    def return_feedback(self, work: Work, request: instruction_rpc.ReturnFeedback) -> instruction_rpc.Assignment:
        return assignments.return_feedback(work, request, self.calendar)

    ask_extension = carries_out(extensions.ask_extension)
    grant_extension = carries_out(extensions.grant_extension)
    refuse_extension = carries_out(extensions.refuse_extension)
    feedback_timeliness = answers(timeliness.feedback_timeliness)

    # The ledger of supervision, and notices

    list_supervision_ledger = answers(supervision.list_supervision_ledger)
    export_supervision_ledger = answers(supervision.export_supervision_ledger)
    supervision_figures = answers(supervision.supervision_figures)
    lateness_by_leader = answers(supervision.lateness_by_leader)

    @query
    def get_assignment_notice(self, reading: Reading, request: supervision_rpc.NoticeOf) -> File:
        return notices.get_assignment_notice(reading, request, self.settings.font_dir)

    @query
    def get_chasing_notice(self, reading: Reading, request: supervision_rpc.NoticeOf) -> File:
        return notices.get_chasing_notice(reading, request, self.settings.font_dir)
