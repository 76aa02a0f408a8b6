"""What the city's desk does: its commands, queries, consumed events, timed work and figures."""

from __future__ import annotations

from contracts.events.intake import RegistrationAdvanced, ReportReclassified, ReportRegistered, UnitRecorded
from contracts.rpc import amendments as amendment_rpc
from contracts.rpc import findings as finding_rpc
from contracts.rpc import issue_papers as issue_paper_rpc
from contracts.rpc import review as rpc
from contracts.rpc.deadlines import TimelinessQuery, TimelinessTable
from contracts.rpc.paging import ListQuery
from contracts.rpc.scoring import File
from contracts.services import RPC
from contracts.topology import CONSUMES, PUBLISHES
from kernel.database import Work
from kernel.service import Event, Reading, Service, command, consumes, query
from services.review import (
    amendments,
    assignments,
    desk,
    documents,
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
from services.review.queries import issue_papers, timeliness
from services.review.queries import issues as issue_queries
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

    @query
    def list_queue(self, reading: Reading, request: rpc.ListQueue) -> rpc.QueuePage:
        return desk_queries.list_queue(reading, request)

    @query
    def get_desk_item(self, reading: Reading, request: rpc.ReportId) -> rpc.DeskItem:
        return desk_queries.get_desk_item(reading, request)

    @command
    def open_desk_item(self, work: Work, request: rpc.ReportId) -> rpc.DeskItem:
        return desk.open_desk_item(work, request)

    @command
    def claim_report(self, work: Work, request: rpc.ReportId) -> rpc.DeskItem:
        return desk.claim_report(work, request)

    @command
    def release_report(self, work: Work, request: rpc.ReportId) -> rpc.DeskItem:
        return desk.release_report(work, request)

    @command
    def return_report(self, work: Work, request: rpc.ReturnReport) -> rpc.DeskItem:
        return desk.return_report(work, request)

    @command
    def keep_report(self, work: Work, request: rpc.ReportId) -> rpc.DeskItem:
        return desk.keep_report(work, request)

    @command
    def decline_report(self, work: Work, request: rpc.DeclineReport) -> rpc.DeskItem:
        return desk.decline_report(work, request)

    @command
    def adopt_report(self, work: Work, request: rpc.Adopt) -> rpc.DeskItem:
        return desk.adopt_report(work, request)

    @command
    def withdraw_adoption(self, work: Work, request: rpc.WithdrawAdoption) -> rpc.DeskItem:
        return desk.withdraw_adoption(work, request)

    @command
    def record_outcome(self, work: Work, request: rpc.RecordOutcome) -> rpc.RecordedOutcome:
        return outcomes.record_outcome(work, request)

    # Corrections and withdrawals after publication

    @query
    def list_amended_publications(
        self, reading: Reading, request: ListQuery
    ) -> amendment_rpc.AmendedPublicationPage:
        return amendment_queries.list_amended_publications(reading, request)

    @command
    def decide_amended(
        self, work: Work, request: amendment_rpc.DecideAmended
    ) -> amendment_rpc.AmendedPublication:
        return amendments.decide_amended(work, request)

    # Findings

    @command
    def propose_finding(self, work: Work, request: finding_rpc.ProposeFinding) -> finding_rpc.Finding:
        return findings.propose_finding(work, request, self.settings.finding_reply_working_days)

    @command
    def reply_to_finding(self, work: Work, request: finding_rpc.ReplyToFinding) -> finding_rpc.Finding:
        return findings.reply_to_finding(work, request)

    @command
    def decide_finding(self, work: Work, request: finding_rpc.DecideFinding) -> finding_rpc.Finding:
        return findings.decide_finding(work, request)

    @query
    def list_findings(self, reading: Reading, request: finding_rpc.ListFindings) -> finding_rpc.FindingPage:
        return finding_queries.list_findings(reading, request)

    @query
    def get_finding(self, reading: Reading, request: finding_rpc.FindingId) -> finding_rpc.Finding:
        return finding_queries.get_finding(reading, request)

    # Publications and issues

    @command
    def record_publication(self, work: Work, request: rpc.RecordPublication) -> rpc.Publication:
        return publications.record_publication(work, request)

    @query
    def list_publications(self, reading: Reading, request: ListQuery) -> rpc.PublicationPage:
        return publication_queries.list_publications(reading, request)

    @command
    def open_issue(self, work: Work, request: rpc.OpenIssue) -> rpc.Issue:
        return issues.open_issue(work, request)

    @query
    def get_issue(self, reading: Reading, request: rpc.IssueId) -> rpc.Issue:
        return issue_queries.get_issue(reading, request)

    @query
    def list_issues(self, reading: Reading, request: rpc.ListIssues) -> rpc.IssuePage:
        return issue_queries.list_issues(reading, request)

    @query
    def get_issue_file(self, reading: Reading, request: issue_paper_rpc.IssuePaper) -> File:
        return issue_papers.get_issue_file(reading, request, self.settings.font_dir)

    @command
    def publish_issue(self, work: Work, request: rpc.PublishIssue) -> rpc.Issue:
        return issues.publish_issue(work, request, self.keyring)

    # Instructions and assignments

    @command
    def record_instruction(self, work: Work, request: rpc.RecordInstruction) -> rpc.Instruction:
        return instructions.record_instruction(work, request)

    @query
    def get_instruction(self, reading: Reading, request: rpc.InstructionId) -> rpc.Instruction:
        return instruction_queries.get_instruction(reading, request)

    @query
    def list_instructions(self, reading: Reading, request: ListQuery) -> rpc.InstructionPage:
        return instruction_queries.list_instructions(reading, request)

    @command
    def close_instruction(self, work: Work, request: rpc.InstructionId) -> rpc.Instruction:
        return instructions.close_instruction(work, request)

    @query
    def list_assignments(self, reading: Reading, request: rpc.ListAssignments) -> rpc.AssignmentPage:
        return assignment_queries.list_assignments(reading, request)

    @query
    def get_assignment(self, reading: Reading, request: rpc.AssignmentId) -> rpc.Assignment:
        return assignment_queries.get_assignment(reading, request)

    @command
    def receive_assignment(self, work: Work, request: rpc.AssignmentId) -> rpc.Assignment:
        return assignments.receive_assignment(work, request)

    @command
    def accept_feedback(self, work: Work, request: rpc.AssignmentId) -> rpc.Assignment:
        return assignments.accept_feedback(work, request)

    @command
    def return_feedback(self, work: Work, request: rpc.ReturnFeedback) -> rpc.Assignment:
        return assignments.return_feedback(work, request)

    @query
    def feedback_timeliness(self, reading: Reading, request: TimelinessQuery) -> TimelinessTable:
        return timeliness.feedback_timeliness(reading, request)
