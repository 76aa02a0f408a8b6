"""What the city's desk does: its commands, queries, consumed events, timed work and figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from pydantic import BaseModel

from contracts.events.intake import RegistrationAdvanced, ReportReclassified, ReportRegistered, UnitRecorded
from contracts.rpc import desk as desk_rpc
from contracts.rpc import findings as finding_rpc
from contracts.rpc import issue_papers as issue_paper_rpc
from contracts.rpc import issues as issue_rpc
from contracts.rpc import notices as notice_rpc
from contracts.rpc import supervision as supervision_rpc
from contracts.rpc.notices import NoticeKind
from contracts.rpc.refused_attempts import RefusedAttemptPage
from contracts.rpc.scoring import File
from contracts.services import RPC
from contracts.topology import CONSUMES, PUBLISHES
from kernel.audit.attempts import told_as
from kernel.database import Database, Work
from kernel.deadlines.calendar import WorkingCalendar
from kernel.service import Event, Reading, Service, answers, carries_out, command, consumes, glances, query
from kernel.settings import Settings
from services.review import (
    adoptions,
    amendments,
    assignments,
    claims,
    combined,
    commission_upward,
    commissions,
    composition,
    desk,
    documents,
    extensions,
    feedback_items,
    findings,
    guidance,
    instructions,
    issue_withdrawals,
    issues,
    item_pictures,
    notices,
    outcomes,
    passings,
    proofs,
    publications,
    queue_views,
    readings,
    registration,
    research,
    research_plans,
    secrecy,
    units,
    verifications,
)
from services.review.metrics import figures
from services.review.nouns import NOUNS
from services.review.queries import adoptions as adoption_queries
from services.review.queries import amendments as amendment_queries
from services.review.queries import answered as answered_queries
from services.review.queries import assignments as assignment_queries
from services.review.queries import commissions as commission_queries
from services.review.queries import desk as desk_queries
from services.review.queries import findings as finding_queries
from services.review.queries import finished_steps as finished_queries
from services.review.queries import guidance as guidance_queries
from services.review.queries import (
    handover_sheets,
    issue_papers,
    issue_pictures,
    lateness,
    ledger_papers,
    supervision,
    timeliness,
    turns,
)
from services.review.queries import instructions as instruction_queries
from services.review.queries import issues as issue_queries
from services.review.queries import item_pictures as picture_queries
from services.review.queries import notices as notice_queries
from services.review.queries import office_steps as office_queries
from services.review.queries import point_answers as point_answer_queries
from services.review.queries import publications as publication_queries
from services.review.queries import readings as reading_queries
from services.review.queries import research as research_queries
from services.review.queries import verifications as verification_queries
from services.review.schedule import schedule

Request = TypeVar("Request", bound=BaseModel)
Reply = TypeVar("Reply", bound=BaseModel)


def carries_out_by_days(
    use_case: Callable[[Work, Request, WorkingCalendar], Reply],
) -> Callable[[ReviewService, Work, Request], Reply]:
    """A command that is one use case, which counts working days."""
    return command(lambda service, work, request: use_case(work, request, service.calendar))


def answers_by_days(
    reading_of: Callable[[Reading, Request, WorkingCalendar], Reply],
) -> Callable[[ReviewService, Reading, Request], Reply]:
    """A query that is one reading, which counts working days."""
    return query(lambda service, reading, request: reading_of(reading, request, service.calendar))


class ReviewService(Service):
    """The city's desk."""

    name = "review"
    methods = RPC["review"]
    publishes = PUBLISHES["review"]
    consumes_types = CONSUMES["review"]
    nouns = NOUNS
    schedule = schedule(WorkingCalendar())
    figures = figures(WorkingCalendar())

    @property
    def claim_lasts(self) -> timedelta:
        return timedelta(minutes=self.settings.claim_minutes)

    def __init__(self, settings: Settings, database: Database) -> None:
        super().__init__(settings, database)
        self.calendar = WorkingCalendar.load(settings.calendar_dir)
        self.schedule, self.figures = schedule(self.calendar), figures(self.calendar)

    # Events of intake

    @consumes(UnitRecorded)
    def record_unit(self, work: Work, event: Event[UnitRecorded]) -> None:
        units.record_unit(work, event)

    @consumes(ReportRegistered)
    def take_document(self, work: Work, event: Event[ReportRegistered]) -> None:
        documents.take_document(work, event, self.calendar)

    @consumes(ReportReclassified)
    def follow_reclassification(self, work: Work, event: Event[ReportReclassified]) -> None:
        secrecy.follow_reclassification(work, event.data)

    @consumes(RegistrationAdvanced)
    def advance_registration(self, work: Work, event: Event[RegistrationAdvanced]) -> None:
        registration.advance_registration(work, event)

    # Desk

    list_queue = glances(desk_queries.list_queue)
    get_desk_item = answers(desk_queries.get_desk_item)
    release_report = carries_out(claims.release_report)
    set_due = carries_out(claims.set_due)
    return_report = carries_out(desk.return_report)
    keep_report = carries_out(desk.keep_report)
    decline_report = carries_out(desk.decline_report)
    pre_adopt_report = carries_out(desk.pre_adopt_report)
    reopen_report = carries_out(desk.reopen_report)
    adopt_report = carries_out(adoptions.adopt_report)
    withdraw_adoption = carries_out(adoptions.withdraw_adoption)
    pass_up_report = carries_out(passings.pass_up_report)
    list_adoptions = answers(adoption_queries.list_adoptions)
    list_passings = answers(desk_queries.list_passings)
    record_outcome = carries_out(outcomes.record_outcome)

    @command
    def open_desk_item(self, work: Work, request: desk_rpc.ReportId) -> desk_rpc.DeskItem:
        return claims.open_desk_item(work, request, self.claim_lasts)

    @command
    def claim_report(self, work: Work, request: desk_rpc.ClaimReport) -> desk_rpc.DeskItem:
        return claims.claim_report(work, request, self.claim_lasts)

    @command
    def hand_over_report(self, work: Work, request: desk_rpc.HandOver) -> desk_rpc.DeskItem:
        return claims.hand_over_report(work, request, self.claim_lasts)

    @command
    def undo_decision(self, work: Work, request: desk_rpc.ReportId) -> desk_rpc.DeskItem:
        return desk.undo_decision(work, request, self.claim_lasts)

    list_queue_views = answers(queue_views.list_queue_views)
    save_queue_view = carries_out(queue_views.save_queue_view)
    remove_queue_view = carries_out(queue_views.remove_queue_view)
    get_handover_sheet = answers(handover_sheets.get_handover_sheet)

    # Sent to leaders for reading

    send_for_reading = carries_out(readings.send_for_reading)
    list_readings = answers(reading_queries.list_readings)
    get_reading = answers(reading_queries.get_reading)
    open_reading = carries_out(readings.open_reading)

    # Combined items

    combine_items = carries_out(combined.combine_items)
    divide_credit = carries_out(combined.divide_credit)
    separate_item = carries_out(combined.separate_item)
    revise_item = carries_out(combined.revise_item)

    # Pictures of items

    list_item_pictures = answers(picture_queries.list_item_pictures)
    get_item_picture = answers(issue_pictures.get_item_picture)
    add_picture = carries_out(item_pictures.add_picture)
    place_pictures = carries_out(item_pictures.place_pictures)

    # Corrections and withdrawals after publication

    list_amended_publications = answers(amendment_queries.list_amended_publications)
    decide_amended = carries_out(amendments.decide_amended)

    # Verification

    record_verification = carries_out(verifications.record_verification)
    list_verifications = answers(verification_queries.list_verifications)
    list_conclusions = answers(verification_queries.list_conclusions)

    # Findings

    @command
    def propose_finding(self, work: Work, request: finding_rpc.ProposeFinding) -> finding_rpc.Finding:
        return findings.propose_finding(work, request, self.settings.finding_reply_working_days, self.calendar)

    reply_to_finding = carries_out(findings.reply_to_finding)
    decide_finding = carries_out(findings.decide_finding)
    list_findings = answers(finding_queries.list_findings)
    get_finding = answers(finding_queries.get_finding)

    # Publications and issues

    record_publication = carries_out(publications.record_publication)
    list_publications = answers(publication_queries.list_publications)
    get_publication = answers(publication_queries.get_publication)
    open_issue = carries_out(issues.open_issue)
    get_issue = answers(issue_queries.get_issue)
    list_issues = answers(issue_queries.list_issues)
    arrange_issue = carries_out(composition.arrange_issue)
    proof_issue = carries_out(composition.proof_issue)
    recompose_issue = carries_out(composition.recompose_issue)
    comment_on_issue = carries_out(proofs.comment_on_issue)
    resolve_comment = carries_out(proofs.resolve_comment)
    sign_issue = carries_out(proofs.sign_issue)
    withdraw_issue = carries_out(issue_withdrawals.withdraw_issue)
    read_issue = carries_out(issues.read_issue)
    list_issue_readers = answers(issue_queries.list_issue_readers)

    @command
    def publish_issue(self, work: Work, request: issue_rpc.PublishIssue) -> issue_rpc.Issue:
        return issues.publish_issue(work, request, self.keyring)

    @query
    def get_issue_file(self, reading: Reading, request: issue_paper_rpc.IssuePaper) -> File:
        return issue_papers.get_issue_file(reading, request, self.settings.font_dir)

    # Instructions and assignments

    record_instruction = carries_out_by_days(instructions.record_instruction)
    confirm_instruction = carries_out_by_days(instructions.confirm_instruction)
    withdraw_instruction = carries_out_by_days(instructions.withdraw_instruction)
    present_instruction = carries_out_by_days(instructions.present_instruction)
    get_instruction = answers(instruction_queries.get_instruction)
    list_instructions = answers(instruction_queries.list_instructions)
    close_instruction = carries_out_by_days(instructions.close_instruction)
    list_turns = answers_by_days(turns.list_turns)
    list_assignments = answers(assignment_queries.list_assignments)
    get_assignment = answers(assignment_queries.get_assignment)
    receive_assignment = carries_out(assignments.receive_assignment)
    accept_feedback = carries_out_by_days(assignments.accept_feedback)
    return_feedback = carries_out_by_days(assignments.return_feedback)
    lay_feedback_on_desk = carries_out(feedback_items.lay_feedback_on_desk)
    ask_extension = carries_out(extensions.ask_extension)
    grant_extension = carries_out_by_days(extensions.grant_extension)
    refuse_extension = carries_out_by_days(extensions.refuse_extension)
    feedback_timeliness = answers(timeliness.feedback_timeliness)

    # Commissions

    issue_commission = carries_out_by_days(commissions.issue_commission)
    withdraw_commission = carries_out(commissions.withdraw_commission)
    close_commission = carries_out(commissions.close_commission)
    deliver_upward = carries_out(commission_upward.deliver_upward)
    get_commission = answers(commission_queries.get_commission)
    list_commissions = answers(commission_queries.list_commissions)
    list_commission_tasks = answers(commission_queries.list_commission_tasks)
    get_commission_task = answers(commission_queries.get_commission_task)
    excuse_unit = carries_out(commissions.excuse_unit)
    mark_answer = carries_out(commissions.mark_answer)

    # Guidance

    save_guidance = carries_out(guidance.save_guidance)
    issue_guidance = carries_out(guidance.issue_guidance)
    carry_over_points = carries_out(guidance.carry_over_points)
    get_guidance = answers(guidance_queries.get_guidance)
    list_guidance = answers(guidance_queries.list_guidance)
    answered_by_report = answers(answered_queries.answered_by_report)
    list_point_answers = answers(point_answer_queries.list_point_answers)

    # Research projects and rising topics

    start_project = carries_out(research.start_project)
    note_project = carries_out(research.note_project)
    complete_milestone = carries_out(research.complete_milestone)
    change_plan = carries_out(research_plans.change_plan)
    add_milestone = carries_out(research_plans.add_milestone)
    move_milestone = carries_out(research_plans.move_milestone)
    drop_milestone = carries_out(research_plans.drop_milestone)
    list_plan_changes = answers(research_queries.list_plan_changes)
    link_result = carries_out(research.link_result)
    finish_project = carries_out(research.finish_project)
    drop_project = carries_out(research.drop_project)
    get_project = answers(research_queries.get_project)
    list_projects = answers(research_queries.list_projects)
    rising_topics = answers(research_queries.rising_topics)

    # The ledger of supervision, and notices

    list_supervision_ledger = answers_by_days(supervision.list_supervision_ledger)
    export_supervision_ledger = answers_by_days(supervision.export_supervision_ledger)
    supervision_figures = answers_by_days(supervision.supervision_figures)
    list_office_cases = answers_by_days(office_queries.list_office_cases)
    list_finished_steps = answers(finished_queries.list_finished_steps)
    office_time = answers(finished_queries.office_time)
    lateness_by_leader = answers_by_days(lateness.lateness_by_leader)

    @query
    def print_supervision_ledger(self, reading: Reading, request: supervision_rpc.LedgerPaper) -> File:
        return ledger_papers.print_supervision_ledger(reading, request, self.calendar, self.settings.font_dir)

    issue_notice = carries_out(notices.issue_notice)

    @query
    def get_assignment_notice(self, reading: Reading, request: notice_rpc.NoticeOf) -> File:
        return notice_queries.get_notice(reading, request, NoticeKind.ASSIGNMENT, self.settings.font_dir)

    @query
    def get_chasing_notice(self, reading: Reading, request: notice_rpc.NoticeOf) -> File:
        return notice_queries.get_notice(reading, request, NoticeKind.CHASING, self.settings.font_dir)

    # Refused attempts

    list_refused_attempts = answers(told_as(RefusedAttemptPage))
