"""R07: a confirmed finding takes points where a rule names its kind, once, and none where no rule does."""

from __future__ import annotations

from uuid import uuid4

from contracts.events.review import FindingConfirmed
from contracts.rpc import scoring as rpc
from contracts.vocabulary import FindingKind, UnitClass
from tests.factories.scoring import NOVEMBER
from tests.factories.scoring_office import SCORING_OFFICER, SIX, ScoringOffice

RULES = SIX.replace("version: six", "version: found").replace(
    "{event: urgent report late, points: -10}", "{event: report concealed, points: -20}"
)


def test_R07_points_follow_the_rules_kind_once(office: ScoringOffice) -> None:
    office.record_rules(RULES.replace("2026-01-01", "2026-02-01"))
    for kind in FindingKind:
        found = FindingConfirmed(
            finding_id=uuid4(), kind=kind, unit_id=office.water, unit_class=UnitClass.BUREAU, title="某厂爆炸未报",
            reply_due_at=NOVEMBER, reason="事实清楚", decided_by="赵总编", decided_at=NOVEMBER,
        )
        office.hear(found)
        office.hear(found)
    (entry,) = office.harness.call("list_ledger", rpc.ListLedger(), SCORING_OFFICER).items
    assert (entry.points, "认定瞒报" in entry.explanation_zh) == (-20, True)
