"""R07: a report whose class was raised keeps its points and loses its title, in whatever order things are heard."""

from __future__ import annotations

from itertools import permutations

from contracts.events.intake import ReportReclassified
from contracts.rpc import scoring as rpc
from contracts.vocabulary import Secrecy
from tests.factories.scoring import NOVEMBER, ScoringFactory
from tests.factories.scoring_office import SCORING_OFFICER, ScoringOffice

WORD = "凤凰山军用机场"


def test_R07_points_stay_and_no_title_is_shown_in_any_order(office: ScoringOffice) -> None:
    for order in permutations(range(3)):
        _hear_in(office, order)
    page = office.harness.call("list_ledger", rpc.ListLedger(), SCORING_OFFICER)
    assert sorted(entry.points for entry in page.items) == [-10] * 6 + [6] * 6
    assert WORD not in page.model_dump_json()


def _hear_in(office: ScoringOffice, order: tuple[int, ...]) -> None:
    item = ScoringFactory.item(office.water, title=f"{WORD}扩建")
    late = ScoringFactory.missed(office.water, title=f"{WORD}起火", about_report_id=item.report_id)
    raised = ReportReclassified(
        report_id=item.report_id, number="2026-0000001", unit_id=office.water, secrecy=Secrecy.SECRET,
        known_as=[item.report_id], deadline_ids=[late.deadline_id], raised_by="王敏", raised_at=NOVEMBER,
    )
    issue = ScoringFactory.issue(item)
    heard = [issue, late, raised]
    for place in order:
        office.hear(heard[place])
