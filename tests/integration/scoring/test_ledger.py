from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from contracts.rpc.scoring import ListLedger, RecordRules
from contracts.vocabulary import DeadlineKind, DeadlineOutcome, Outcome, Role
from kernel.errors import Forbidden, Invalid, NotFound
from tests.factories.scoring import NOVEMBER, ScoringFactory, person
from tests.factories.scoring_office import EIGHT, SCORING_OFFICER, SIX, ScoringOffice


def test_R19_an_adoption_is_posted_with_event_date_rule_and_version(office: ScoringOffice) -> None:
    item = office.adopt(office.water)

    (entry,) = office.ledger()

    assert (entry.unit_name, entry.points, entry.period, entry.rule, entry.rules_version, entry.cause) == (
        "水利局", Decimal(6), "2026-11", "adoption.city", "six", f"adoption:{item.adoption_id}",
    )
    assert entry.explanation_zh == (
        "2026年11月24日 09:30，《每日要情》2026年第12期采用信息“防汛工作进展”（回执号2026-0000001）；"
        "依据《某市》计分规则six版“市级采用”，计6分。"
    )


def test_R19_a_doubled_event_posts_once(office: ScoringOffice) -> None:
    issue = ScoringFactory.issue(ScoringFactory.item(office.water))
    office.hear(issue)
    office.hear(issue)

    assert len(office.ledger()) == 1


def test_R11_a_withdrawn_adoption_is_reversed_and_says_why(office: ScoringOffice) -> None:
    item = office.adopt(office.water)
    (posting,) = office.ledger()
    office.hear(ScoringFactory.withdrawal(item), 2)

    reversal, _ = office.ledger()

    assert (reversal.points, reversal.reverses, reversal.period) == (Decimal(-6), posting.entry_id, "2026-11")
    assert reversal.explanation_zh == f"冲销：撤销采用（重复刊发）。原记：{posting.explanation_zh}"


def test_R11_a_withdrawal_heard_before_the_issue_leaves_the_same_ledger(office: ScoringOffice) -> None:
    item = ScoringFactory.item(office.water)
    office.hear(ScoringFactory.withdrawal(item), 2)
    office.hear(ScoringFactory.issue(item))

    assert [entry.points for entry in office.ledger()] == [Decimal(-6), Decimal(6)]


def test_R17_an_instruction_heard_before_its_issue_waits_and_then_counts(office: ScoringOffice) -> None:
    item = ScoringFactory.item(office.water)
    issue = ScoringFactory.issue(item)
    office.hear(ScoringFactory.instruction(issue, item))
    waiting = office.ledger()
    office.hear(issue)
    office.harness.retry()

    assert waiting == []
    assert sorted(entry.points for entry in office.ledger()) == [5, 6]
    assert {entry.title for entry in office.ledger()} == {"防汛工作进展"}


def test_R13_an_instruction_by_a_higher_level_scores_like_an_instruction(office: ScoringOffice) -> None:
    office.record_rules(SIX.replace("six", "upper").replace("level: city, points: 5", "level: province, points: 50"))
    office.hear(ScoringFactory.outcome(office.water, outcome=Outcome.INSTRUCTED))

    assert [entry.points for entry in office.ledger()] == [Decimal(50)]


def test_R04_a_late_urgent_report_costs_points_until_the_deadline_is_reassessed(office: ScoringOffice) -> None:
    missed = ScoringFactory.missed(office.water)
    office.hear(missed, 3)
    late = office.points("2026-11")
    office.hear(ScoringFactory.reassessed(missed), 4)

    assert (late, office.points("2026-11")) == ({"水利局": Decimal(-10)}, {})
    assert office.ledger()[0].explanation_zh.startswith("冲销：时限重新核定（经核实发生时间更正）。")


def test_R04_missed_heard_after_its_reassessment_costs_nothing(office: ScoringOffice) -> None:
    missed = ScoringFactory.missed(office.water)
    office.hear(ScoringFactory.reassessed(missed), 4)
    office.hear(missed, 3)

    assert office.points("2026-11") == {}


def test_R04_a_drill_costs_nothing_missed_or_reassessed(office: ScoringOffice) -> None:
    missed = ScoringFactory.missed(office.water).model_copy(update={"drill": True})
    office.hear(missed, 3)
    office.hear(ScoringFactory.reassessed(missed, DeadlineOutcome.MISSED).model_copy(update={"drill": True}), 4)

    assert (office.points("2026-11"), office.ledger()) == ({}, [])


@pytest.mark.parametrize("kind", [DeadlineKind.COMMISSION, DeadlineKind.RESEARCH_MILESTONE])
def test_R18_a_missed_deadline_that_no_rule_can_name_costs_nothing(office: ScoringOffice, kind: DeadlineKind) -> None:
    missed = ScoringFactory.missed(office.water, kind=kind)
    office.hear(missed, 3)
    office.hear(ScoringFactory.reassessed(missed), 4)

    assert (office.points("2026-11"), office.ledger()) == ({}, [])


def test_R04_a_deadline_missed_again_is_deducted_again(office: ScoringOffice) -> None:
    missed = ScoringFactory.missed(office.water)
    office.hear(missed, 3)
    office.hear(ScoringFactory.reassessed(missed), 4)
    office.hear(ScoringFactory.reassessed(missed, DeadlineOutcome.MISSED), 5)

    assert [entry.points for entry in office.ledger()] == [-10, 10, -10]


def test_R19_points_count_in_the_month_of_shanghai(office: ScoringOffice) -> None:
    office.adopt(office.water, published_at=datetime(2026, 11, 30, 15, 59, tzinfo=UTC))
    office.adopt(office.water, published_at=datetime(2026, 11, 30, 16, 0, tzinfo=UTC))

    assert [entry.period for entry in office.ledger()] == ["2026-12", "2026-11"]


def test_R19_eight_points_from_1_january_old_months_keep_six(office: ScoringOffice) -> None:
    office.adopt(office.water)
    office.adopt(office.water, published_at=datetime(2027, 1, 1, tzinfo=UTC))
    office.record_rules(EIGHT)
    office.adopt(office.police, published_at=datetime(2026, 12, 31, tzinfo=UTC))

    assert office.points("2026") == {"水利局": Decimal(6), "公安局": Decimal(6)}
    assert office.points("2027-01") == {"水利局": Decimal(8)}
    assert office.sums()[0] == office.sums()[1]


def test_R19_default_rules_score_until_others_are_recorded(migrated_database: Callable[[str], str]) -> None:
    office = ScoringOffice(migrated_database("scoring"), rules=None)
    office.adopt(office.water)

    assert (office.rules(), office.points("2026-11")) == (["2008-1"], {"水利局": Decimal(5)})
    office.close()


def test_R19_the_same_rules_twice_are_one_version(office: ScoringOffice) -> None:
    office.record_rules(SIX)

    assert office.rules() == ["six", "2008-1"]


def test_R19_a_wrong_rule_file_is_refused_with_line_and_field(office: ScoringOffice) -> None:
    with pytest.raises(Invalid) as caught:
        office.record_rules("place: 某市\nversion: x\nvalid_from: 2026-13-01\n")

    assert caught.value.detail_zh == "规则文件有误：第3行 valid_from：应为日期，例如 2026-01-01。"
    assert caught.value.extra["mistakes"][0]["line"] == 3


FORBIDDEN = [
    *(f"DELETE FROM {table}" for table in ("ledger", "bulletins", "rules")),
    *(f"TRUNCATE {table} CASCADE" for table in ("ledger", "bulletins", "rules")),
    "UPDATE ledger SET points = 100",
    "UPDATE bulletins SET document = ''",
    "UPDATE rules SET text = ''",
]


def test_R19_ledger_bulletins_and_rules_cannot_be_changed_even_by_their_owner(office: ScoringOffice) -> None:
    office.adopt(office.water)
    office.issue("2026-11")

    for statement in FORBIDDEN:
        with pytest.raises(IntegrityError, match="append-only"), office.harness.database.engine.begin() as connection:
            connection.execute(text(statement))


def test_R19_a_cause_scores_a_rule_once_even_by_hand(office: ScoringOffice) -> None:
    office.adopt(office.water)
    double = text(
        "INSERT INTO ledger (entry_id, unit_id, month, period, points, rule, rule_title, rules_version, cause, turn,"
        " title, happened_at, posted_at, explanation_zh) SELECT gen_random_uuid(), unit_id, month, period, points,"
        " rule, rule_title, rules_version, cause, turn, title, happened_at, posted_at, explanation_zh FROM ledger"
    )

    with pytest.raises(IntegrityError, match="ledger_once"), office.harness.database.engine.begin() as connection:
        connection.execute(double)


def test_access_a_unit_sees_its_own_lines_only(office: ScoringOffice) -> None:
    office.adopt(office.water)
    office.adopt(office.police)
    officer = person(Role.INFORMATION_OFFICER, unit_id=office.water)

    assert [entry.unit_name for entry in office.ledger(officer)] == ["水利局"]
    with pytest.raises(NotFound):
        office.ledger(officer, unit_id=office.police)


def test_access_a_unit_may_not_bring_rules_into_force(office: ScoringOffice) -> None:
    officer = person(Role.INFORMATION_OFFICER, unit_id=office.water)
    with pytest.raises(Forbidden):
        office.harness.call("record_rules", RecordRules(text=SIX), officer)


def test_R19_the_ledger_is_read_page_by_page(office: ScoringOffice) -> None:
    for minute in range(3):
        office.adopt(office.water, published_at=NOVEMBER + timedelta(minutes=minute))
    everything = office.ledger()

    first = office.harness.call("list_ledger", _page(), SCORING_OFFICER)
    second = office.harness.call("list_ledger", _page(first.next_cursor), SCORING_OFFICER)

    assert first.items + second.items == everything
    assert second.next_cursor is None


def test_R19_a_cursor_that_is_none_is_refused(office: ScoringOffice) -> None:
    with pytest.raises(Invalid) as caught:
        office.harness.call("list_ledger", _page("x"), SCORING_OFFICER)

    assert caught.value.pointer == "/cursor"


def _page(cursor: str | None = None) -> ListLedger:
    return ListLedger(limit=2, cursor=cursor)
