"""R04: the severity of an accident follows from its figures by State Council Order 493; 以上 includes the number."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rpc.content import Figures
from contracts.vocabulary import IncidentCategory, Severity
from kernel.rule_files import WrongRules, read_rules
from services.intake.model.severity import (
    RULES_PATH,
    SeverityRules,
    Stated,
    below,
    proposed,
    severity_rules,
)

DAY = date(2026, 11, 24)
ACCIDENT = IncidentCategory.ACCIDENT
MILLION = 1_000_000
FIGURES = st.builds(
    Stated,
    dead=st.none() | st.integers(0, 60),
    seriously_hurt=st.none() | st.integers(0, 200),
    loss_yuan=st.none() | st.decimals(0, 200 * MILLION, places=2),
)


def severity(**figures: Any) -> Severity | None:
    return severity_rules().propose(ACCIDENT, Stated(**figures), DAY).severity


@pytest.mark.parametrize(
    ("figure", "limits"),
    [
        ("dead", (3, 10, 30)),
        ("seriously_hurt", (10, 50, 100)),
        ("loss_yuan", (10 * MILLION, 50 * MILLION, 100 * MILLION)),
    ],
)
def test_R04_the_number_itself_reaches_a_severity_and_one_less_does_not(figure: str, limits: tuple[int, ...]) -> None:
    ascending = (Severity.GENERAL, Severity.LARGER, Severity.MAJOR, Severity.SPECIALLY_MAJOR)
    for index, limit in enumerate(limits):
        assert severity(**{figure: limit - 1}) is ascending[index]
        assert severity(**{figure: limit}) is ascending[index + 1]


def test_R04_a_loss_a_fen_below_the_limit_does_not_reach_it() -> None:
    assert severity(loss_yuan=Decimal("9999999.99")) is Severity.GENERAL
    assert severity(loss_yuan=Decimal("10000000.00")) is Severity.LARGER


@given(stated=FIGURES, more=FIGURES)
def test_R04_more_dead_more_hurt_or_more_loss_never_lowers_the_severity(stated: Stated, more: Stated) -> None:
    def added(name: str) -> Any:
        one, two = getattr(stated, name), getattr(more, name)
        return one if two is None else (one or 0) + two

    raised = Stated(**{name: added(name) for name in ("dead", "seriously_hurt", "loss_yuan")})
    before = severity_rules().propose(ACCIDENT, stated, DAY).severity
    after = severity_rules().propose(ACCIDENT, raised, DAY).severity
    assert before is None or (after is not None and not below(after, before))


@given(stated=FIGURES)
def test_R04_the_severest_of_the_single_figures_counts(stated: Stated) -> None:
    single = [severity(**{name: value}) for name, value in stated.values().items()]
    found = severity_rules().propose(ACCIDENT, stated, DAY).severity
    assert found is min((each for each in single if each), key=tuple(Severity).index, default=None)


def test_R04_missing_people_are_not_counted_as_dead() -> None:
    figures = Figures(dead=2, missing=40)
    assert proposed(ACCIDENT, figures, datetime(2026, 11, 24, tzinfo=UTC)).severity is Severity.GENERAL


def test_R04_the_proposal_says_why_in_both_languages() -> None:
    found = severity_rules().propose(ACCIDENT, Stated(dead=30, seriously_hurt=2), DAY)
    assert found.explanation_zh == (
        "根据“国务院令第493号”（《生产安全事故报告和调查处理条例》第三条，“以上”含本数），"
        "死亡30人，达到30人以上，为特别重大事故。"
    )
    assert "dead 30 is 30 or more: specially major" in found.explanation_en
    lowest = severity_rules().propose(ACCIDENT, Stated(loss_yuan=Decimal("200.50")), DAY)
    assert "直接经济损失200.5元，不足10000000元，为一般事故" in lowest.explanation_zh


@pytest.mark.parametrize("category", [each for each in IncidentCategory if each is not ACCIDENT])
def test_R04_for_other_categories_a_person_states_the_severity(category: IncidentCategory) -> None:
    found = severity_rules().propose(category, Stated(dead=100), DAY)
    assert (found.severity, "判断填写" in found.explanation_zh) == (None, True)


def test_R04_without_figures_or_before_the_order_nothing_is_proposed() -> None:
    assert severity_rules().propose(ACCIDENT, Stated(), DAY).severity is None
    assert severity_rules().propose(ACCIDENT, Stated(dead=30), date(2007, 5, 31)).severity is None
    assert severity_rules().propose(ACCIDENT, Stated(dead=30), date(2007, 6, 1)).severity is Severity.SPECIALLY_MAJOR


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("dead: 30", "dead: 10", "dead of specially_major is not more than that of major"),
        ("severity: major,", "severity: general,", "larger does not stand below general"),
        ("valid_from: 2007-06-01", "valid_from: soon", "rules.0.valid_from"),
        ("dead: 3,", "dead: 0,", "rules.0.thresholds.2.dead"),
        ("rules:", "rules: [", "not readable as YAML"),
    ],
)
def test_R04_a_wrong_file_of_severities_is_named_with_its_place(
    tmp_path: Path, old: str, new: str, named: str
) -> None:
    path = tmp_path / "severities.yaml"
    path.write_text(RULES_PATH.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(WrongRules, match=named):
        read_rules(path, SeverityRules)
