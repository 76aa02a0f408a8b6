"""The five published rule sets as rule files, each with examples worked out by hand from the printed values."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from contracts.vocabulary import DeadlineKind, Kind, Level, Outcome
from services.scoring.causes import adoption_cause, deadline_cause, instruction_cause, outcome_cause
from services.scoring.model.causes import Cause, PublishedIssue
from services.scoring.model.rule_file import read_rules
from services.scoring.model.rulebook import Rulebook
from services.scoring.model.rules import RecordedRules, RulesInForce
from services.scoring.model.scoring import score
from tests.factories.scoring import NOVEMBER, ScoringFactory

EXAMPLES = Path(__file__).parents[3] / "examples" / "rules"
UNIT = uuid4()
REPORT = uuid4()


def rules(name: str) -> RulesInForce:
    text = (EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8")
    book: Rulebook = read_rules(text)
    return RulesInForce([RecordedRules(number=1, version=book.version, valid_from=book.valid_from, text=text)])


def adopted(
    publication: str, *, level: Level = Level.CITY, item_kind: str = "item", kind: Kind = Kind.DEVELOPMENT,
    share: str = "1",
) -> Cause:
    item = ScoringFactory.item(
        UNIT, report_id=REPORT, item_kind=item_kind, report_kind=kind, share=Decimal(share)
    )
    return adoption_cause(ScoringFactory.issue(item, publication_name=publication, level=level), item, 1)


def outcome(
    level: Level, outcome: Outcome = Outcome.ADOPTED, publication: str | None = None, *,
    item_kind: str | None = None, kind: Kind = Kind.DEVELOPMENT,
) -> Cause:
    return outcome_cause(
        ScoringFactory.outcome(
            UNIT, report_id=REPORT, level=level, outcome=outcome, publication=publication, item_kind=item_kind,
            report_kind=kind,
        ),
        1,
    )


def instructed(level: Level = Level.CITY, publication: str = "某刊", leader: str = "王市长") -> Cause:
    item = ScoringFactory.item(UNIT, report_id=REPORT)
    issue = ScoringFactory.issue(item)
    told = PublishedIssue(
        issue_id=issue.issue_id, publication_code="x", publication_name=publication, year=2026, number=1,
        published_at=NOVEMBER,
    )
    given = ScoringFactory.instruction(issue, item, level=level, leader=leader)
    return instruction_cause(given, told, item.title, 1)


def late(kind: DeadlineKind) -> Cause:
    return deadline_cause(ScoringFactory.missed(UNIT, kind=kind), 1, missed=True, reason=None)


CASES: list[tuple[str, str, list[Cause], str]] = [
    ("lianyungang", "city item", [adopted("昨日情况")], "3"),
    ("lianyungang", "city brief", [adopted("昨日情况", item_kind="brief")], "1"),
    ("lianyungang", "research", [adopted("政务建议", kind=Kind.RESEARCH)], "20"),
    ("lianyungang", "unlisted publication", [adopted("无名刊物")], "0"),
    (
        "lianyungang", "item, instruction on top, forwarded and adopted by the province",
        [
            adopted("昨日情况"), instructed(publication="昨日情况"), outcome(Level.PROVINCE, Outcome.FORWARDED),
            outcome(Level.PROVINCE, publication="信息简报"),
        ],
        "20",
    ),
    ("lianyungang", "province research", [outcome(Level.PROVINCE, publication="专报信息", kind=Kind.RESEARCH)], "30"),
    ("lianyungang", "state instruction", [outcome(Level.STATE, Outcome.INSTRUCTED)], "100"),
    ("guangyuan-2008", "picture", [adopted("门户网站", item_kind="picture")], "0.5"),
    ("guangyuan-2008", "important", [outcome(Level.PROVINCE, publication="川政晨讯", item_kind="important")], "5"),
    ("guangyuan-2008", "the higher of adoption and instruction", [adopted("政务晨讯"), instructed()], "5"),
    ("guangyuan-2008", "adoptions above it", [adopted("政务参阅"), adopted("政务晨讯"), instructed()], "7"),
    ("guangyuan-2008", "feedback late", [late(DeadlineKind.FEEDBACK)], "-10"),
    ("guangyuan-2008", "urgent report late costs nothing", [late(DeadlineKind.URGENT_REPORT)], "0"),
    (
        "changshan-2014", "county and city add up",
        [adopted("要情快报", level=Level.COUNTY), outcome(Level.CITY, publication="衢州政务信息动态")], "25",
    ),
    (
        "changshan-2014", "single item",
        [outcome(Level.CITY, publication="衢州政务信息动态", item_kind="single_item")], "50",
    ),
    ("luan-2013", "principal leader", [adopted("政务要情"), instructed(leader="市政府主要负责同志")], "40"),
    ("luan-2013", "other leader", [adopted("政务要情"), instructed(leader="赵副市长")], "10"),
    ("luan-2013", "forwarded and adopted", [outcome(Level.STATE, Outcome.FORWARDED), outcome(Level.STATE)], "110"),
    (
        "district-model", "full points in a combined item",
        [adopted("政务", level=Level.COUNTY, item_kind="combined", share="0.25")], "10",
    ),
    ("district-model", "a shared item", [adopted("政务", level=Level.COUNTY, share="0.33")], "3.30"),
    ("district-model", "research in the city's report", [
        outcome(Level.CITY, publication="政府专报", kind=Kind.RESEARCH)], "100"),
    ("district-model", "urgent report late", [late(DeadlineKind.URGENT_REPORT)], "-100"),
]


@pytest.mark.parametrize(("name", "what", "causes", "points"), CASES, ids=[f"{case[0]}: {case[1]}" for case in CASES])
def test_R19_published_rule_sets_score_as_printed(name: str, what: str, causes: list[Cause], points: str) -> None:
    awards = score(rules(name), causes)

    assert sum((award.points for award in awards.values()), Decimal(0)) == Decimal(points)


def test_R19_every_example_has_a_worked_case() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.yaml")} == {case[0] for case in CASES}
