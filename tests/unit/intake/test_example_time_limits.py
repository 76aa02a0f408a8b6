"""R04: the time limits of other places as files (examples/time-limits/), each loaded, with worked examples."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.vocabulary import Level, Severity
from kernel.rule_files import read_rules
from services.intake.model.time_limits import (
    RULES_PATH,
    Circumstances,
    Reckoned,
    TimeLimits,
    time_limits,
    use_time_limits,
)

EXAMPLES = Path(__file__).parents[3] / "examples" / "time-limits"
OCCURRED = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MINUTES = st.integers(0, 10_000).map(lambda minutes: minutes * MINUTE)


def limits(name: str) -> TimeLimits:
    return read_rules(EXAMPLES / f"{name}.yaml", TimeLimits)


def reckoned(name: str, severity: Severity, level: Level = Level.CITY, **facts: datetime) -> Reckoned:
    rule = limits(name).in_force(OCCURRED, severity, level)
    assert rule is not None
    return rule.reckon(Circumstances(OCCURRED, **facts))


def minutes(found: Reckoned) -> float:
    return (found.due.due_at - OCCURRED) / MINUTE


def test_R04_every_example_file_is_readable_and_named_in_the_readme() -> None:
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    names = sorted(path.stem for path in EXAMPLES.glob("*.yaml"))
    assert all(limits(name).rules and f"`{name}.yaml`" in readme for name in names)
    assert len(names) == 5


@pytest.mark.parametrize(
    ("severity", "due", "phone"),
    [
        (Severity.GENERAL, 10 + 120, None),
        (Severity.LARGER, 10 + 60, None),
        (Severity.MAJOR, 30, 30),
        (Severity.SPECIALLY_MAJOR, 30, 30),
    ],
)
def test_R04_wuhan_counts_from_learning_but_the_severest_from_the_occurrence_phone_first(
    severity: Severity, due: int, phone: int | None
) -> None:
    found = reckoned("wuhan", severity, learned_at=OCCURRED + 10 * MINUTE)
    assert minutes(found) == due
    assert found.phone_due_at == (OCCURRED + phone * MINUTE if phone else None)


def test_R04_without_a_time_of_learning_the_occurrence_is_used_and_the_limit_says_so() -> None:
    found = reckoned("wuhan", Severity.GENERAL)
    assert (found.started_by, minutes(found)) == ("occurrence", 120)
    assert found.due.limit_zh == "2小时（该规定自得知情况起算，未填写得知时间，按发生时间计）"
    assert "the occurrence is used" in found.due.limit_en


def test_R04_nobody_learns_before_it_occurred() -> None:
    found = reckoned("wuhan", Severity.GENERAL, learned_at=OCCURRED - 90 * MINUTE)
    assert found.started_at == OCCURRED


@pytest.mark.parametrize(
    ("known_after", "due", "words"), [(120, 240, "2小时，经电话预报并说明理由延长2小时"), (121, 120, "2小时")]
)
def test_R04_lanzhou_gives_more_time_for_a_pre_report_with_reasons_within_two_hours(
    known_after: int, due: int, words: str
) -> None:
    found = reckoned("lanzhou", Severity.LARGER, reason_known_at=OCCURRED + known_after * MINUTE)
    assert (minutes(found), found.due.limit_zh) == (due, words)


def test_R04_lanzhou_has_no_limit_for_general_incidents() -> None:
    assert limits("lanzhou").in_force(OCCURRED, Severity.GENERAL) is None


def test_R04_a_county_asks_for_twenty_minutes_by_phone_and_forty_in_writing() -> None:
    found = reckoned("county-2018", Severity.GENERAL)
    assert (found.phone_due_at, minutes(found)) == (OCCURRED + 20 * MINUTE, 40)


def test_R04_shandong_gives_one_hour_more_in_special_cases() -> None:
    plain = reckoned("shandong", Severity.MAJOR)
    special = reckoned("shandong", Severity.MAJOR, reason_known_at=OCCURRED + 30 * MINUTE)
    assert (minutes(plain), minutes(special)) == (120, 180)
    assert special.due.limit_en == "2 hours, extended by 1 hour for a pre-report with a reason"


def test_R04_a_clock_may_start_at_the_receipt_of_the_pre_report_else_at_learning_else_at_the_occurrence() -> None:
    called, learned = OCCURRED + 20 * MINUTE, OCCURRED + 10 * MINUTE
    found = [
        reckoned("on-receipt", Severity.MAJOR, called_at=called, learned_at=learned),
        reckoned("on-receipt", Severity.MAJOR, learned_at=learned),
        reckoned("on-receipt", Severity.MAJOR),
    ]
    assert [(each.started_by, minutes(each)) for each in found] == [
        ("receipt", 140), ("learning", 130), ("occurrence", 120),
    ]  # fmt: skip
    assert [("没有预报" in each.due.limit_zh) for each in found] == [False, True, True]


def test_R04_levels_stand_side_by_side() -> None:
    found = reckoned("on-receipt", Severity.MAJOR, Level.COUNTY, called_at=OCCURRED)
    assert minutes(found) == 60


@given(asked_after=MINUTES, learned_after=MINUTES)
def test_R04_a_reason_known_never_shortens_a_limit(asked_after: timedelta, learned_after: timedelta) -> None:
    facts = {"learned_at": OCCURRED + learned_after}
    for name, severity in (("lanzhou", Severity.MAJOR), ("shandong", Severity.MAJOR), ("wuhan", Severity.GENERAL)):
        plain = reckoned(name, severity, **facts)
        asked = reckoned(name, severity, reason_known_at=OCCURRED + asked_after, **facts)
        assert asked.due.due_at >= plain.due.due_at >= plain.started_at >= OCCURRED


def test_R04_a_city_uses_a_file_of_its_own() -> None:
    use_time_limits(EXAMPLES / "county-2018.yaml")
    try:
        assert [rule.rule for rule in time_limits().rules] == ["某县突发事件信息报告规定"]
    finally:
        use_time_limits(None)
    assert time_limits() == read_rules(RULES_PATH, TimeLimits)
