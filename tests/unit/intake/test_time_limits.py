"""R04: time limits are dated data; the rule in force at the occurrence decides."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.vocabulary import Severity
from kernel.rule_files import WrongRules, read_rules
from services.intake.model.time_limits import (
    RULES_PATH,
    Circumstances,
    TimeLimits,
    time_limits,
)

FIRST_DAY = datetime(2008, 10, 23, 16, 0, tzinfo=UTC)
"""0:00 of 24 October 2008 in Shanghai."""
RULE = {
    "rule": "某规定",
    "valid_from": "2020-05-01",
    "severities": ["major"],
    "level": "city",
    "starts_at": "occurrence",
    "limit_in_writing": "PT2H",
    "source": "第三条",
}
NOTICE = RULE | {"rule": "通知", "valid_from": "2008-10-24", "severities": list(Severity), "limit_in_writing": "PT3H"}


@given(
    occurred_at=st.timedeltas(timedelta(0), timedelta(days=80 * 365)).map(lambda later: FIRST_DAY + later),
    severity=st.sampled_from(Severity),
)
def test_R04_by_the_notice_every_severity_is_due_three_hours_after_the_occurrence(
    occurred_at: datetime, severity: Severity
) -> None:
    rule = time_limits().in_force(occurred_at, severity)
    assert rule is not None
    assert rule.reckon(Circumstances(occurred_at)).due.due_at - occurred_at == timedelta(hours=3)


def test_R04_the_notice_begins_at_midnight_in_shanghai() -> None:
    before, after = (
        time_limits().in_force(FIRST_DAY + shift, Severity.GENERAL) for shift in (-timedelta(seconds=1), timedelta(0))
    )
    assert before is None
    assert after is not None


def test_R04_a_newer_rule_applies_from_its_day_and_to_its_severities_only() -> None:
    limits = TimeLimits.model_validate({"rules": [RULE, NOTICE]})

    def hours(day: date, severity: Severity) -> float:
        rule = limits.in_force(datetime(day.year, day.month, day.day, 4, tzinfo=UTC), severity)
        assert rule is not None
        return rule.limit_in_writing / timedelta(hours=1)

    assert hours(date(2020, 4, 30), Severity.MAJOR) == 3
    assert hours(date(2020, 5, 1), Severity.MAJOR) == 2
    assert hours(date(2020, 5, 1), Severity.GENERAL) == 3


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"limit_in_writing": "PT0S"}, "limit_in_writing"),
        ({"severities": ["huge"]}, "severities"),
        ({"severities": []}, "severities"),
        ({"starts_at": "whenever"}, "starts_at"),
        ({"valid_from": "soon"}, "valid_from"),
        ({"limit_by_pigeon": "PT1H"}, "limit_by_pigeon"),
        ({"limit_by_phone": "PT3H"}, "the phone comes first"),
        ({"extension": {"asked_within": "PT2H"}}, "rules.0.extension.extends_by"),
        ({"extension": {"asked_within": "PT2H", "extends_by": "PT0S"}}, "at least one minute"),
    ],
)
def test_R04_a_wrong_rule_file_is_named_with_its_place(tmp_path: Path, change: dict[str, object], named: str) -> None:
    path = tmp_path / "limits.yaml"
    path.write_text(repr({"rules": [RULE | change]}), encoding="utf-8")
    with pytest.raises(WrongRules, match=named):
        read_rules(path, TimeLimits)


def test_R04_two_rules_for_the_same_day_and_severity_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "limits.yaml"
    path.write_text(repr({"rules": [RULE, RULE]}), encoding="utf-8")
    with pytest.raises(WrongRules, match="two rules begin on 2020-05-01"):
        read_rules(path, TimeLimits)


@pytest.mark.parametrize("text", ["rules: [", "", "- 1"])
def test_R04_an_unreadable_rule_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "limits.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WrongRules):
        read_rules(path, TimeLimits)


def test_R04_every_rule_of_the_product_names_its_source() -> None:
    assert all(rule.source for rule in read_rules(RULES_PATH, TimeLimits).rules)
