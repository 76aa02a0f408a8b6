from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from contracts.vocabulary import DeadlineKind, Kind, Severity, UnitClass
from services.scoring.causes import adoption_cause, deadline_cause, instruction_cause
from services.scoring.model.causes import Cause, PublishedIssue
from services.scoring.model.explanation import counted_later
from services.scoring.model.rules import RecordedRules, RulesInForce
from services.scoring.model.scoring import Award, score
from tests.factories.scoring import NOVEMBER, ScoringFactory

UNIT = uuid4()
REPORT = uuid4()
SIX = "place: 某市\nversion: a\nvalid_from: 2026-01-01\nadoption:\n  - {level: city, points: 6}\n"
EIGHT = "place: 某市\nversion: b\nvalid_from: 2027-01-01\nadoption:\n  - {level: city, points: 8}\n"


def in_force(*texts: tuple[str, date]) -> RulesInForce:
    return RulesInForce(
        [RecordedRules(number=number, valid_from=day, text=text) for number, (text, day) in enumerate(texts)]
    )


def adopted(publication: str = "每日要情", at: datetime = NOVEMBER, **item_changes: Any) -> Cause:
    item = ScoringFactory.item(UNIT, **({"report_id": REPORT} | item_changes))
    return adoption_cause(ScoringFactory.issue(item, publication_name=publication, published_at=at), item, 1)


def points_of(awards: dict[str, Award]) -> Sequence[Decimal]:
    return [award.points for award in awards.values()]


@pytest.mark.parametrize(
    ("at", "points"),
    [
        (datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), 6),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), 8),  # midnight in Shanghai
        (datetime(2025, 12, 31, 15, 59, tzinfo=UTC), None),
    ],
)
def test_R19_eight_points_from_1_january_old_months_keep_six(at: datetime, points: int | None) -> None:
    rules = in_force((SIX, date(2026, 1, 1)), (EIGHT, date(2027, 1, 1)))

    assert points_of(score(rules, [adopted(at=at)])) == ([] if points is None else [Decimal(points)])


def test_R17_adopted_feedback_scores_like_any_adoption_and_a_rule_may_name_it() -> None:
    feedback = adopted(report_kind=Kind.FEEDBACK)
    named = SIX + "  - {level: city, report_kind: feedback, points: 3}\n"

    assert points_of(score(in_force((SIX, date(2026, 1, 1))), [feedback])) == [Decimal(6)]
    assert points_of(score(in_force((named, date(2026, 1, 1))), [feedback])) == [Decimal(3)]


def test_R19_of_two_versions_from_one_day_the_one_recorded_last_holds() -> None:
    rules = in_force((SIX, date(2026, 1, 1)), (EIGHT, date(2026, 1, 1)))

    assert points_of(score(rules, [adopted()])) == [Decimal(8)]


CRITERIA = """
place: 某市
version: a
valid_from: 2026-01-01
adoption:
  - {level: city, points: 1}
  - {level: city, publication: Ｄaily, points: 2}
  - {level: city, publication: daily, item_kind: brief, points: 3}
  - {level: city, publication: daily, item_kind: brief, unit_class: district, points: 4}
  - {level: city, publication: 参阅, report_kind: research, points: 5}
"""


@pytest.mark.parametrize(
    ("publication", "changes", "points"),
    [
        ("快报", {}, 1),
        ("Daily", {}, 2),
        ("Daily", {"item_kind": "brief"}, 3),
        ("Daily", {"item_kind": "brief", "unit_class": UnitClass.DISTRICT}, 4),
        (" 参阅 ", {"report_kind": Kind.RESEARCH}, 5),
    ],
)
def test_R19_the_most_specific_line_scores(publication: str, changes: dict[str, Any], points: int) -> None:
    item = ScoringFactory.item(UNIT, **changes)
    issue = ScoringFactory.issue(item, publication_name=publication, publication_code="x")

    awards = score(in_force((CRITERIA, date(2026, 1, 1))), [adoption_cause(issue, item, 1)])

    assert points_of(awards) == [Decimal(points)]


HIGHEST = """
place: 某市
version: a
valid_from: 2026-01-01
several_publications: highest
adoption:
  - {publication: 要情, points: 3}
  - {publication: 参阅, points: 10}
  - {publication: 快报, points: 10}
"""


def test_R19_only_the_highest_of_several_publications_scores_in_any_order() -> None:
    day = date(2026, 1, 1)
    causes = [adopted("要情"), adopted("参阅"), adopted("快报", at=datetime(2026, 11, 25, tzinfo=UTC))]

    winners = {tuple(score(in_force((HIGHEST, day)), order)) for order in permutations(causes)}

    assert winners == {(causes[1].cause,)}


def test_R19_units_of_a_combined_item_do_not_compete() -> None:
    other = ScoringFactory.item(uuid4(), report_id=REPORT)
    causes = [adopted("要情"), adoption_cause(ScoringFactory.issue(other, publication_name="参阅"), other, 1)]

    assert sorted(points_of(score(in_force((HIGHEST, date(2026, 1, 1))), causes))) == [3, 10]


@pytest.mark.parametrize(("share", "points"), [("0.5", "3"), ("0.3333", "2"), ("0.333", "2.00"), ("0.25", "1.5")])
def test_R08_a_combined_item_shares_its_points(share: str, points: str) -> None:
    awards = score(in_force((SIX, date(2026, 1, 1))), [adopted(share=Decimal(share))])

    assert points_of(awards) == [Decimal(points)]


def test_R19_what_was_withdrawn_scores_nothing() -> None:
    cause = adopted()
    cause.stands = False

    assert score(in_force((SIX, date(2026, 1, 1))), [cause]) == {}


def test_R19_a_posting_explains_itself() -> None:
    (award,) = score(in_force((SIX, date(2026, 1, 1))), [adopted(share=Decimal("0.5"))]).values()

    assert award.explanation_zh == (
        "2026年11月24日 09:30，《每日要情》2026年第12期采用信息“防汛工作进展”（回执号2026-0000001）；"
        "依据《某市》计分规则a版“市级采用”，计3分（分值6，按份额0.5折算）。"
    )


def test_R17_an_instruction_explains_itself() -> None:
    text = SIX + "instruction:\n  - {level: city, class: for_action, points: 5}\n"
    item = ScoringFactory.item(UNIT)
    issue = ScoringFactory.issue(item)
    told = PublishedIssue(publication_code="daily", publication_name="每日要情")
    cause = instruction_cause(ScoringFactory.instruction(issue, item), told, item.title, 1)

    (award,) = score(in_force((text, date(2026, 1, 1))), [cause]).values()

    assert award.explanation_zh == (
        "2026年11月24日 09:30，王市长对信息“防汛工作进展”作出批办性批示；"
        "依据《某市》计分规则a版“市级领导批办性批示”，计5分。"
    )


def test_R04_a_late_urgent_report_is_deducted_by_severity_and_explains_itself() -> None:
    text = SIX + (
        "deduction:\n  - {event: urgent report late, points: -5}\n"
        "  - {event: urgent report late, severity: major, points: -10}\n"
    )
    causes = [
        deadline_cause(ScoringFactory.missed(UNIT, severity=severity), 1, missed=True, reason=None)
        for severity in (Severity.GENERAL, Severity.MAJOR)
    ]

    mild, grave = score(in_force((text, date(2026, 1, 1))), causes).values()

    assert (mild.points, grave.points) == (-5, -10)
    assert grave.explanation_zh == (
        "2026年11月24日 09:30，紧急信息“化工厂火情”超过规定时限（自发生起3小时）；"
        "依据《某市》计分规则a版“重大紧急信息迟报”，扣10分。"
    )


def test_R17_late_feedback_is_not_an_urgent_report() -> None:
    text = SIX + "deduction:\n  - {event: urgent report late, points: -5}\n"
    cause = deadline_cause(ScoringFactory.missed(UNIT, kind=DeadlineKind.FEEDBACK), 1, missed=True, reason=None)

    assert score(in_force((text, date(2026, 1, 1))), [cause]) == {}


def test_R19_a_posting_for_an_issued_month_says_where_it_counts() -> None:
    assert counted_later("2026-11", "2026-12") == "（2026年11月通报已印发，计入2026年12月）"
