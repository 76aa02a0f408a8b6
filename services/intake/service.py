"""Intake: directory of units and people, drafts and their sign-off, registered reports, the urgent clock."""

from __future__ import annotations

from contracts.events.gateway import ReportAccepted, WatermarkAdvanced
from contracts.events.review import (
    AdoptionWithdrawn,
    DecisionUndone,
    ReadingRequested,
    ReportAdopted,
    ReportKept,
    ReportNotUsed,
    ReportPassedUp,
    ReportPreAdopted,
    ReportQueued,
    ReportReturned,
)
from contracts.rpc import drafts as drafts_rpc
from contracts.rpc import endorsements as endorsement_rpc
from contracts.rpc.refused_attempts import RefusedAttemptPage
from contracts.services import RPC
from contracts.topology import CONSUMES, PUBLISHES
from kernel.audit.attempts import told_as
from kernel.database import Database, Work
from kernel.service import Event, Service, answers, carries_out, command, consumes
from kernel.settings import Settings
from services.intake import (
    acknowledgement,
    chains,
    checks,
    directory,
    directory_files,
    drafts,
    endorsements,
    incidents,
    lateness,
    occurrences,
    plans,
    pre_reports,
    reports,
    secrecy,
    trainings,
    watermark,
)
from services.intake.metrics import FIGURES
from services.intake.model.chain_contents import chain_contents
from services.intake.model.checks.rules import use_writing_rules
from services.intake.model.follow_up_limits import follow_up_limits
from services.intake.model.report_structures import use_report_structures
from services.intake.model.severity import severity_rules
from services.intake.model.time_limits import use_time_limits
from services.intake.nouns import NOUNS
from services.intake.queries import amendments as amendment_lists
from services.intake.queries import balance, directory_export, edit_copies, severity, similar, similar_groups
from services.intake.queries import chains as chain_lists
from services.intake.queries import checks as check_lists
from services.intake.queries import deadlines as deadline_lists
from services.intake.queries import directory as directory_lists
from services.intake.queries import draft_versions as version_lists
from services.intake.queries import drafts as draft_lists
from services.intake.queries import endorsements as endorsement_lists
from services.intake.queries import incidents as incident_lists
from services.intake.queries import occurrences as occurrence_lists
from services.intake.queries import plans as plan_lists
from services.intake.queries import pre_reports as pre_report_lists
from services.intake.queries import report_structures as structure_lists
from services.intake.queries import report_versions as report_version_lists
from services.intake.queries import reports as report_lists
from services.intake.queries import secrecy as secrecy_lists
from services.intake.queries import trainings as training_lists
from services.intake.schedule import SCHEDULE


class IntakeService(Service):
    name = "intake"
    methods = RPC["intake"]
    publishes = PUBLISHES["intake"]
    consumes_types = CONSUMES["intake"]
    schedule = SCHEDULE
    figures = FIGURES
    nouns = NOUNS

    def __init__(self, settings: Settings, database: Database) -> None:
        super().__init__(settings, database)
        use_time_limits(settings.time_limits_file)  # a wrong file of rules ends the start, not the first urgent report
        use_writing_rules(settings.writing_rules_file)
        severity_rules()
        chain_contents()
        follow_up_limits()
        use_report_structures(settings.report_structures_file)

    # Directory

    record_unit = carries_out(directory.record_unit)
    record_person = carries_out(directory.record_person)
    list_units = answers(directory_lists.list_units)
    unit_tree = answers(directory_lists.unit_tree)
    get_unit = answers(directory_lists.get_unit)
    get_person = answers(directory_lists.get_person)
    list_staffing = answers(directory_lists.list_staffing)
    list_people = answers(directory_lists.list_people)
    check_import = answers(directory_files.check_import)
    import_directory = carries_out(directory_files.import_directory)
    export_directory = answers(directory_export.export_directory)

    # Plans of years

    record_plan = carries_out(plans.record_plan)
    get_plan = answers(plan_lists.get_plan)
    list_plans = answers(plan_lists.list_plans)
    export_plan = answers(plan_lists.export_plan)

    # Trainings

    record_training = carries_out(trainings.record_training)
    change_training = carries_out(trainings.change_training)
    remove_training = carries_out(trainings.remove_training)
    get_training = answers(training_lists.get_training)
    list_trainings = answers(training_lists.list_trainings)
    training_hours = answers(training_lists.training_hours)
    export_trainings = answers(training_lists.export_trainings)

    # Drafts

    save_draft = carries_out(drafts.save_draft)

    @command
    def offer_draft(self, work: Work, request: drafts_rpc.OfferDraft) -> drafts_rpc.Draft:
        return drafts.offer_draft(work, request, self.keyring.seal)

    @command
    def endorse_draft(self, work: Work, request: drafts_rpc.EndorseDraft) -> drafts_rpc.Draft:
        return drafts.endorse_draft(work, request, self.keyring.seal)

    @command
    def record_endorsement_rule(
        self, work: Work, request: endorsement_rpc.RecordEndorsementRule
    ) -> endorsement_rpc.EndorsementRule:
        return endorsements.record_endorsement_rule(work, request, self.keyring.seal)

    list_endorsement_rules = answers(endorsement_lists.list_endorsement_rules)
    return_draft = carries_out(drafts.return_draft)
    drop_draft = carries_out(drafts.drop_draft)
    get_draft = answers(draft_lists.get_draft)
    list_drafts = answers(draft_lists.list_drafts)
    list_draft_versions = answers(version_lists.list_draft_versions)
    get_draft_version = answers(version_lists.get_draft_version)
    draft_differences = answers(version_lists.draft_differences)
    compare_draft = answers(version_lists.compare_draft)
    list_report_structures = answers(structure_lists.list_report_structures)

    # Writing check

    check_text = answers(check_lists.check_text)
    draft_findings = answers(check_lists.draft_findings)
    list_writing_rules = answers(check_lists.list_writing_rules)
    mute_writing_rule = carries_out(checks.mute_writing_rule)
    unmute_writing_rule = carries_out(checks.unmute_writing_rule)

    # Reports

    list_reports = answers(report_lists.list_reports)
    get_report = answers(report_lists.get_report)
    get_occurrence = answers(occurrence_lists.get_occurrence)
    correct_occurrence = carries_out(occurrences.correct_occurrence)
    rule_occurrence = carries_out(occurrences.rule_occurrence)
    record_pre_report = carries_out(pre_reports.record_pre_report)
    get_pre_report = answers(pre_report_lists.get_pre_report)
    list_pre_reports = answers(pre_report_lists.list_pre_reports)
    occurrence_heaping = answers(occurrence_lists.occurrence_heaping)
    acknowledge_report = carries_out(acknowledgement.acknowledge_report)
    get_chain = answers(chain_lists.get_chain)
    close_chain = carries_out(chains.close_chain)

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

    @consumes(ReportPreAdopted)
    def show_pre_adopted(self, work: Work, event: Event[ReportPreAdopted]) -> None:
        reports.follow_desk(work, event)

    @consumes(ReportPassedUp)
    def show_passed_up(self, work: Work, event: Event[ReportPassedUp]) -> None:
        reports.follow_desk(work, event)

    @consumes(ReadingRequested)
    def show_for_reading(self, work: Work, event: Event[ReadingRequested]) -> None:
        reports.follow_desk(work, event)

    @consumes(DecisionUndone)
    def show_undone(self, work: Work, event: Event[DecisionUndone]) -> None:
        reports.follow_desk(work, event)

    @consumes(AdoptionWithdrawn)
    def show_withdrawn(self, work: Work, event: Event[AdoptionWithdrawn]) -> None:
        reports.follow_desk(work, event)

    propose_severity = answers(severity.propose_severity)

    # Balance of good and bad news

    report_balance = answers(balance.report_balance)
    list_balanced = answers(balance.list_balanced)

    # Corrections and withdrawals

    list_amendments = answers(amendment_lists.list_amendments)
    report_differences = answers(report_version_lists.report_differences)

    # A wrong secrecy class

    raise_secrecy = carries_out(secrecy.raise_secrecy)
    get_reclassification = answers(secrecy_lists.get_reclassification)

    # Incidents

    open_incident = carries_out(incidents.open_incident)
    join_incident = carries_out(incidents.join_incident)
    leave_incident = carries_out(incidents.leave_incident)
    list_incidents = answers(incident_lists.list_incidents)
    get_incident = answers(incident_lists.get_incident)

    # Similar reports

    similar_to_text = answers(similar.similar_to_text)
    similar_reports = answers(similar.similar_reports)
    similar_among = answers(similar_groups.similar_among)

    # The edit copy at the city's desk

    compare_edit_copy = answers(edit_copies.compare_edit_copy)

    # Deadlines

    list_deadlines = answers(deadline_lists.list_deadlines)
    get_deadline = answers(deadline_lists.get_deadline)
    explain_lateness = carries_out(lateness.explain_lateness)
    decide_lateness = carries_out(lateness.decide_lateness)
    unit_timeliness = answers(deadline_lists.unit_timeliness)
    urgent_timeliness = answers(deadline_lists.urgent_timeliness)

    # Refused attempts

    list_refused_attempts = answers(told_as(RefusedAttemptPage))
