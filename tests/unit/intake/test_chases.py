"""R05: after each report of a chain the next one is owed by a limit of the installation's own, until the final came."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from contracts.vocabulary import Element, Kind, Severity
from kernel.rule_files import WrongRules, read_rules
from services.intake.model.chain_contents import chain_contents
from services.intake.model.chases import Chase, chases
from services.intake.model.follow_up_limits import RULES_PATH, FollowUpLimits, follow_up_limits
from tests.unit.intake.test_chains import STATEMENTS, WITH_WITHDRAWALS, Statement, chain, said, taken_back

EVERYTHING = dict.fromkeys(Element, "已报")


def owed(*statements: Statement) -> list[Chase]:
    return list(chases(chain(*statements), chain_contents(), follow_up_limits()))


def first(severity: Severity = Severity.GENERAL, **changes: Any) -> Statement:
    return said(10, Kind.URGENT_FIRST, report=1, severity=severity, **changes)


@given(STATEMENTS, st.randoms())
def test_R05_the_order_of_arrival_never_changes_what_is_owed(statements: list[Statement], chance: Any) -> None:
    shuffled = list(statements)
    chance.shuffle(shuffled)
    assert owed(*shuffled) == owed(*statements)


@given(WITH_WITHDRAWALS, st.randoms())
def test_R07_with_withdrawals_too_the_order_never_changes_what_is_owed(said: list[Statement], chance: Any) -> None:
    shuffled = list(said)
    chance.shuffle(shuffled)
    assert owed(*shuffled) == owed(*said)


@given(WITH_WITHDRAWALS)
def test_R07_until_a_final_report_stands_somebody_is_waited_for(statements: list[Statement]) -> None:
    whole = chain(*statements)
    waiting = [each for each in owed(*statements) if each.settled_at is None]
    assert [each.report_id for each in waiting] == (
        [whole.steps[-1].report_id] if statements and whole.final is None else []
    )
    assert all(each.settled_at is None or each.started_at <= each.settled_at for each in owed(*statements))


def test_R07_after_a_withdrawal_the_next_follow_up_is_owed_anew() -> None:
    start, news = first(Severity.MAJOR), said(40)
    settled, waiting = owed(start, news, taken_back(news, 60))
    assert settled.settled_at == news.received_at
    assert (waiting.report_id, waiting.due.due_at - waiting.started_at) == (news.report_id, timedelta(hours=2))
    assert waiting.started_at - news.received_at == timedelta(minutes=20)


def test_R07_a_withdrawal_after_the_due_time_gives_no_new_one() -> None:
    start, news = first(Severity.MAJOR), said(40)
    assert owed(start, news, taken_back(news, 40 + 121))[1] == owed(start, news)[1]


def test_R07_a_withdrawn_final_report_ends_nothing() -> None:
    start, final = first(Severity.MAJOR), said(40, Kind.URGENT_FINAL, told=EVERYTHING, dead=0)
    assert [each.report_id for each in owed(start, final)] == [start.report_id]
    settled, waiting = owed(start, final, taken_back(final, 5000))
    assert (settled.settled_at, waiting.report_id) == (final.received_at, final.report_id)
    assert waiting.due.due_at == taken_back(final, 5000).received_at + timedelta(hours=2)


def test_R07_what_a_withdrawn_step_alone_had_told_shortens_the_time_of_the_one_that_waits() -> None:
    start, whole, last = first(Severity.MAJOR), said(40, told=EVERYTHING, dead=0), said(50)
    assert owed(start, whole, last)[-1].due.due_at - last.received_at == timedelta(days=7)
    withdrawal = taken_back(whole, 300)
    assert owed(start, whole, last, withdrawal)[-1].due.due_at == withdrawal.received_at + timedelta(hours=2)


@given(STATEMENTS)
def test_R05_nothing_is_owed_after_the_final_report(statements: list[Statement]) -> None:
    final = chain(*statements).final
    assert all(final is None or each.started_at < final.received_at for each in owed(*statements))


@given(STATEMENTS)
def test_R05_only_the_newest_report_waits_for_the_next_one(statements: list[Statement]) -> None:
    waiting = [each for each in owed(*statements) if each.settled_at is None]
    assert len(waiting) == (1 if statements and chain(*statements).final is None else 0)


@pytest.mark.parametrize(
    ("severity", "hours"),
    [(Severity.SPECIALLY_MAJOR, 2), (Severity.MAJOR, 2), (Severity.LARGER, 6), (Severity.GENERAL, 24)],
)
def test_R05_the_next_follow_up_is_due_by_severity(severity: Severity, hours: int) -> None:
    (chase,) = owed(first(severity))
    assert chase.due.due_at - chase.started_at == timedelta(hours=hours)


def test_R05_once_the_chain_lacks_nothing_only_the_final_report_is_owed() -> None:
    (chase,) = owed(first(Severity.MAJOR, dead=0, told=EVERYTHING))
    assert chase.due.due_at - chase.started_at == timedelta(days=7)


def test_R05_what_a_later_version_adds_after_the_due_time_excuses_nothing() -> None:
    start, told = first(Severity.MAJOR), {"report": 1, "version": 2, "dead": 0, "told": EVERYTHING}
    in_time, too_late = (said(minute, Kind.URGENT_FIRST, **told) for minute in (10 + 120, 10 + 121))  # type: ignore[arg-type]
    assert owed(start, in_time)[0].due.due_at - start.received_at == timedelta(days=7)
    assert owed(start, too_late)[0].due.due_at - start.received_at == timedelta(hours=2)


def test_R05_the_severity_known_at_the_receipt_counts() -> None:
    worse = said(30, severity=Severity.MAJOR)
    before, after = owed(first(Severity.GENERAL), worse)
    assert (before.severity, after.severity) == (Severity.GENERAL, Severity.MAJOR)


def test_R05_a_chain_without_a_severity_counts_as_general() -> None:
    (chase,) = owed(said(10, Kind.URGENT_FIRST))
    assert chase.due.due_at - chase.started_at == timedelta(hours=24)


RULE = {
    "rule": "某规定", "valid_from": "2020-05-01", "severities": ["major"], "follow_up": "PT2H", "final": "P7D",
    "source": "自定",
}  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "named"),
    [
        ([RULE | {"follow_up": "PT0S"}], "rules.0.follow_up"),
        ([RULE | {"severities": []}], "rules.0.severities"),
        ([RULE, RULE], "two rules begin on 2020-05-01 for major"),
    ],
)
def test_R05_a_wrong_file_of_limits_is_refused_with_place_and_problem(
    tmp_path: Path, rules: list[dict[str, Any]], named: str
) -> None:
    path = tmp_path / "follow-up-limits.yaml"
    path.write_text(yaml.safe_dump({"rules": rules}))
    with pytest.raises(WrongRules) as refused:
        read_rules(path, FollowUpLimits)
    assert named in str(refused.value)


def test_R05_the_limits_say_that_they_are_the_installations_own() -> None:
    assert all("自定" in rule.source for rule in read_rules(RULES_PATH, FollowUpLimits).rules)
