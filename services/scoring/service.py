"""Scoring's table of contents: what it answers and what it hears."""

from __future__ import annotations

from contracts.events.deadlines import DeadlineMissed, DeadlineReassessed
from contracts.events.intake import ReportReclassified, UnitRecorded
from contracts.events.review import (
    AdoptionWithdrawn,
    FindingConfirmed,
    InstructionGiven,
    IssuePublished,
    OutcomeRecorded,
)
from contracts.rpc import scoring as rpc
from contracts.rpc.paging import ListQuery
from contracts.rpc.refused_attempts import RefusedAttemptPage
from contracts.services import RPC
from contracts.topology import CONSUMES, PUBLISHES
from kernel.audit.attempts import told_as
from kernel.database import Work
from kernel.service import Event, Reading, Service, answers, command, consumes, query
from services.scoring import bulletins, causes, findings, rules, secrecy, units
from services.scoring.metrics import FIGURES
from services.scoring.nouns import NOUNS
from services.scoring.queries import bulletins as bulletin_queries
from services.scoring.queries import files, ledger
from services.scoring.queries import rules as rule_queries
from services.scoring.schedule import SCHEDULE


class ScoringService(Service):
    """Rules, ledger, bulletins (notice 五(四))."""

    name = "scoring"
    methods = RPC["scoring"]
    publishes = PUBLISHES["scoring"]
    consumes_types = CONSUMES["scoring"]
    schedule = SCHEDULE
    figures = FIGURES
    nouns = NOUNS

    # Rules

    @command
    def record_rules(self, work: Work, request: rpc.RecordRules) -> rpc.Rules:
        return rules.record_rules(work, request)

    @query
    def list_rules(self, reading: Reading, request: ListQuery) -> rpc.RulesPage:
        return rule_queries.list_rules(reading, request)

    # Ledger

    @query
    def list_ledger(self, reading: Reading, request: rpc.ListLedger) -> rpc.LedgerPage:
        return ledger.list_ledger(reading, request)

    # Bulletins

    @query
    def compute_bulletin(self, reading: Reading, request: rpc.PeriodQuery) -> rpc.Bulletin:
        return bulletin_queries.compute_bulletin(reading, request)

    @command
    def issue_bulletin(self, work: Work, request: rpc.PeriodQuery) -> rpc.Bulletin:
        return bulletins.issue_bulletin(work, request, self.keyring)

    @query
    def get_bulletin(self, reading: Reading, request: rpc.PeriodQuery) -> rpc.Bulletin:
        return bulletin_queries.get_bulletin(reading, request)

    @query
    def list_bulletins(self, reading: Reading, request: ListQuery) -> rpc.BulletinPage:
        return bulletin_queries.list_bulletins(reading, request)

    @query
    def get_bulletin_file(self, reading: Reading, request: rpc.BulletinFile) -> rpc.File:
        return files.get_bulletin_file(reading, request, self.settings.font_dir)

    # Refused attempts

    list_refused_attempts = answers(told_as(RefusedAttemptPage))

    # What is heard

    @consumes(UnitRecorded, batch=True)
    def keep_units(self, work: Work, events: list[Event[UnitRecorded]]) -> None:
        units.keep_units(work, events)

    @consumes(IssuePublished)
    def post_adoptions(self, work: Work, event: Event[IssuePublished]) -> None:
        causes.post_adoptions(work, event)

    @consumes(AdoptionWithdrawn)
    def withdraw_points(self, work: Work, event: Event[AdoptionWithdrawn]) -> None:
        causes.withdraw_points(work, event)

    @consumes(OutcomeRecorded)
    def post_outcome(self, work: Work, event: Event[OutcomeRecorded]) -> None:
        causes.post_outcome(work, event)

    @consumes(InstructionGiven)
    def post_instruction(self, work: Work, event: Event[InstructionGiven]) -> None:
        causes.post_instruction(work, event)

    @consumes(DeadlineMissed)
    def post_deduction(self, work: Work, event: Event[DeadlineMissed]) -> None:
        causes.post_deduction(work, event)

    @consumes(DeadlineReassessed)
    def reassess_deduction(self, work: Work, event: Event[DeadlineReassessed]) -> None:
        causes.reassess_deduction(work, event)

    @consumes(ReportReclassified)
    def withhold_titles(self, work: Work, event: Event[ReportReclassified]) -> None:
        secrecy.withhold_titles(work, event.data)

    @consumes(FindingConfirmed)
    def post_finding(self, work: Work, event: Event[FindingConfirmed]) -> None:
        findings.post_finding(work, event)
